"""The web server of the stand-alone host: werkzeug's, with threads, meant for one machine and its few admins."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

BACKLOG = 128
IDLE_LIMIT_S = 60.0  # a silent kept-alive connection holds a thread no longer than this
CHECK_S = 1.0  # how often the processes beside the server are looked after
STOP_LIMIT_S = 5.0


class AddressInUse(RuntimeError):
    """The address cannot be listened on; the text says which and why."""


class QuietHandler(WSGIRequestHandler):
    """Keeps connections open between the page's requests, and logs errors alone."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_LIMIT_S

    def log_request(self, *_: object) -> None:
        """Nothing: an open page asks every few seconds."""

    def version_string(self) -> str:
        return "monitoring"


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises AddressInUse."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as problem:
        why = os.strerror(problem.errno) if problem.errno and problem.errno > 0 else problem.strerror
        raise AddressInUse(f"Cannot listen on {host} port {port}: {why}. Choose another PORT.") from None
    except OverflowError:
        raise AddressInUse(f"Cannot listen on {host} port {port}: there is no such port.") from None


@contextlib.contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, instead of what they did before. Main thread only."""
    stop = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def serve(app: Flask, listening: socket.socket, stop: threading.Event, look_after: Callable[[], None]) -> None:
    """Answer requests until `stop` is set; `look_after` is called every second in the calling thread."""
    host, port = listening.getsockname()[:2]
    server: BaseWSGIServer = make_server(
        host, port, app, threaded=True, request_handler=QuietHandler, fd=listening.fileno()
    )
    listening.close()  # the server has made a copy of its own
    server.daemon_threads = True  # a page that is still asking must not hold up the end
    thread = threading.Thread(target=server.serve_forever, name="monitoring-web", daemon=True)
    thread.start()
    try:
        while not stop.wait(CHECK_S):
            look_after()
    finally:
        server.shutdown()
        thread.join(STOP_LIMIT_S)
        server.server_close()
