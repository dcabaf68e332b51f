"""The same application served by eventlet with everything patched, as Flask-SocketIO does it."""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402

import eventlet.wsgi  # noqa: E402

from tests.integration.hosts.feed_host import app  # noqa: E402


def serve():
    eventlet.wsgi.server(eventlet.listen(("127.0.0.1", int(sys.argv[1]))), app, log_output=False)


if "--reload" in sys.argv:
    from werkzeug._reloader import run_with_reloader
    run_with_reloader(serve, exclude_patterns=["*"])  # nothing is watched, see feed_host
else:
    serve()
