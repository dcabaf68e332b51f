"""An application with the whole console mounted: users, CSRF protection, a few pages of its own. Imports start nothing.

Every answer says which process gave it, in the header X-Process.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import time

from flask import Flask, jsonify
from flask_login import login_user

from dashboard import Monitoring
from tests.unit.web_host import User, plain_host

FEED, ALERTS = "monitoring-feed", "monitoring-alerts"


def build(mounted: bool = True) -> Flask:
    """The factory."""
    app = plain_host(protect=True)
    began = time.perf_counter()
    if mounted:
        Monitoring(app)
    mounted_in_s = time.perf_counter() - began

    @app.get("/enter/<name>")
    def enter(name):
        login_user(User(name))
        return name

    @app.get("/own")
    def own():
        names = [thread.name for thread in threading.enumerate()]
        return jsonify(mounted_in_s=mounted_in_s, feeds=names.count(FEED), alerts=names.count(ALERTS))

    @app.get("/fork")
    def fork():
        """What a host does that computes in children: none of them is a console's business."""
        child = multiprocessing.get_context("fork").Process(target=_compute)
        child.start()
        called = subprocess.run([sys.executable, "-c", "print('called')"], preexec_fn=os.setsid,
                                capture_output=True, text=True, timeout=10)
        child.join(10)
        return jsonify(exitcode=child.exitcode, called=called.stdout.strip())

    @app.after_request
    def sign(response):
        response.headers["X-Process"] = str(os.getpid())
        return response

    return app


def _compute() -> None:
    time.sleep(1.0)  # long enough that a feed would have started
    feeds = [thread for thread in threading.enumerate() if thread.name == FEED]
    sys.exit(len(feeds))
