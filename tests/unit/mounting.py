"""A console mounted into a plain host, where nothing may open a socket."""

from __future__ import annotations

import socket

from dashboard import Monitoring, Settings
from tests.unit.web_host import plain_host

QUIET = Settings(start_listener=False)


def mounted(settings=QUIET, **more):
    app = plain_host()
    return app, Monitoring(app, settings=settings, **more)


def refuse_sockets(monkeypatch):
    """Whoever opens one from now on has failed."""
    def refuse(*_, **__):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
