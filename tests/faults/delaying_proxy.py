"""Stands between a console and its Redis, and can make it slow."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time

CHUNK = 1 << 16


class DelayingProxy:
    """Listens on `port`. What Redis sends comes `delay_s` later; that may be changed at any time."""

    def __init__(self, upstream_port: int):
        self.delay_s = 0.0
        self._upstream_port = upstream_port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            try:
                upstream = socket.create_connection(("127.0.0.1", self._upstream_port), timeout=5)
            except OSError:
                client.close()  # as a Redis does that is about to end: nothing else can be said from here
                continue
            for each in (client, upstream):
                each.settimeout(None)
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            late: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
            for target, arguments in ((_pump, (client, upstream)), (self._hold, (upstream, late)),
                                      (_deliver, (late, client, upstream))):
                threading.Thread(target=target, args=arguments, daemon=True).start()

    def _hold(self, upstream: socket.socket, late: queue.SimpleQueue) -> None:
        while data := _received(upstream):
            late.put((time.monotonic() + self.delay_s, data))
        late.put((0.0, b""))


def _received(source: socket.socket) -> bytes:
    try:
        return source.recv(CHUNK)
    except OSError:
        return b""


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := _received(source):
            target.sendall(data)
    except OSError:
        pass
    _end(source, target)


def _deliver(late: queue.SimpleQueue, target: socket.socket, upstream: socket.socket) -> None:
    try:
        while (held := late.get())[1]:
            time.sleep(max(0.0, held[0] - time.monotonic()))
            target.sendall(held[1])
    except OSError:
        pass
    _end(target, upstream)


def _end(*ends: socket.socket) -> None:
    for each in ends:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
