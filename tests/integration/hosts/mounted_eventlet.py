"""The application served by Flask-SocketIO on eventlet, everything patched."""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402

from flask_socketio import SocketIO  # noqa: E402

from tests.integration.hosts.mounted_host import build  # noqa: E402

app = build()
socketio = SocketIO(app, async_mode="eventlet")


@socketio.on("ping_host")
def answer(number):
    return number


socketio.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_output=False)
