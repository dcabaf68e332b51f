"""Bytes of a subscribed connection (RESP2) to frames. Pure.

redis-py's reader is made for answers to commands: it asks the socket's timeout twice a message, keeps all it has read
for as long as the next message has begun to arrive (a flood is held in memory whole), and cannot say that a long
message is still coming. Here a message costs about a microsecond, and what was taken is forgotten.
"""

from __future__ import annotations

import redis

MESSAGE, SUBSCRIBED, UNSUBSCRIBED, PONG = b"message", b"subscribe", b"unsubscribe", b"pong"
LINE_END = b"\r\n"


class _Incomplete(Exception):
    def __init__(self, missing: int):
        self.missing = missing


class Frames:
    """`feed` what was read, then take frames with `next` until it gives None."""

    def __init__(self, channel: str):
        self._channel = channel.encode()
        self._prefix = b"*3\r\n$7\r\nmessage\r\n$%d\r\n%s\r\n$" % (len(self._channel), self._channel)
        self._buffer = b""
        self._at = 0
        self._waiting: list[bytes] = []  # pieces of a long frame are joined once, when it is there
        self._missing = 0

    def feed(self, data: bytes) -> None:
        """Take in what the socket gave."""
        self._waiting.append(data)
        self._missing -= len(data)
        if self._missing <= 0:
            self._buffer = b"".join((self._buffer[self._at:], *self._waiting))
            self._waiting.clear()
            self._at = self._missing = 0

    def next(self) -> list | None:
        """The next [kind, channel, data]; None when it is not yet complete.

        Raises redis.ResponseError for an error of the server, redis.InvalidResponse for what is not the protocol.
        """
        if self._missing:
            return None
        buffer, at = self._buffer, self._at
        try:
            if buffer.startswith(self._prefix, at):
                data, self._at = self._bulk(at + len(self._prefix))
                return [MESSAGE, self._channel, data]
            frame, self._at = self._value(at)
        except _Incomplete as error:
            self._missing = error.missing
            return None
        except ValueError:
            raise redis.InvalidResponse("not the Redis protocol") from None
        if not isinstance(frame, list) or not frame:
            raise redis.InvalidResponse("no frame of a subscription")
        return frame

    def _line(self, at: int) -> tuple[bytes, int]:
        end = self._buffer.find(LINE_END, at)
        if end < 0:
            raise _Incomplete(1)
        return self._buffer[at:end], end + 2

    def _bulk(self, at: int) -> tuple[bytes | None, int]:
        length, begin = self._line(at)
        size = int(length)
        if size < 0:
            return None, begin
        end = begin + size
        if len(self._buffer) < end + 2:
            raise _Incomplete(end + 2 - len(self._buffer))
        return self._buffer[begin:end], end + 2

    def _value(self, at: int) -> tuple[list | bytes | int | None, int]:
        if at >= len(self._buffer):
            raise _Incomplete(1)
        kind = self._buffer[at:at + 1]
        if kind == b"$":
            return self._bulk(at + 1)
        line, at = self._line(at + 1)
        if kind == b"-":
            raise redis.ResponseError(line.decode("utf-8", "replace"))
        if kind == b"+":
            return line, at
        if kind == b":":
            return int(line), at
        if kind != b"*":
            raise ValueError
        values = []
        for _ in range(int(line)):
            value, at = self._value(at)
            values.append(value)
        return values, at
