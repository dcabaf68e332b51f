"""A small Flask application that listens, as a module of its own: run it, or let gunicorn load it.

`/feed` tells which process answers and what its feed has taken in.
"""

from __future__ import annotations

import os
import sys
import threading

from flask import Flask, jsonify

from dashboard.feed.intake import Intake
from dashboard.feed.listener import Listener
from dashboard.feed.record import FeedRecord
from dashboard.settings import Settings


class Nobody:
    """Takes every event and keeps none."""

    def apply_all(self, events):
        pass

    def append_all(self, source, samples):
        pass


record = FeedRecord()
listener = Listener(Settings.from_env(), Intake(Nobody(), Nobody(), None, record), record)


def listen_in_the_child():
    listener.reset_after_fork()
    listener.start()


os.register_at_fork(after_in_child=listen_in_the_child)
listener.start()
app = Flask(__name__)


@app.get("/feed")
def feed():
    names = [thread.name for thread in threading.enumerate()]
    return jsonify(pid=os.getpid(), alive=listener.alive, accepted=record.accepted,
                   threads=sum(name.startswith("monitoring-feed") for name in names),
                   state=record.state, reason=record.reason)


if __name__ == "__main__":
    # Nothing is watched: whoever edits a file while the tests run would restart this process.
    app.run(port=int(sys.argv[1]), use_reloader="--reload" in sys.argv, exclude_patterns=["*"])
