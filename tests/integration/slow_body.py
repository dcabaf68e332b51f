"""A request whose body comes slowly: its first byte at once, the rest when it is told to."""

from __future__ import annotations

import socket

from tests.integration.mounted import Host
from tests.servers import WAIT_LIMIT_S


class SlowBody:
    """Is sent as far as its body's first byte."""

    def __init__(self, host: Host, path: str, body: bytes, *headers: str):
        self._rest = body[1:]
        self._connection = socket.create_connection(("127.0.0.1", host.port), WAIT_LIMIT_S)
        lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{host.port}", "Content-Type: application/json",
                 f"Content-Length: {len(body)}", *headers, "", ""]
        self._connection.sendall("\r\n".join(lines).encode() + body[:1])

    def complete(self) -> int:
        """Send what is left; the status of the answer."""
        self._connection.sendall(self._rest)
        return self.answer()

    def answer(self) -> int:
        """The status, once there is an answer; then the connection is closed."""
        with self._connection, self._connection.makefile("rb") as answer:
            return int(answer.readline().split()[1])

    def close(self) -> None:
        self._connection.close()
