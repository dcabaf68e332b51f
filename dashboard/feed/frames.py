"""Bytes of a subscribed connection (RESP2) to frames. Pure.

redis-py's reader is made for answers to commands: it asks the socket's timeout twice a message, keeps all it has read
for as long as the next message has begun to arrive (a flood is held in memory whole), and cannot say that a long
message is still coming. Here a message costs about a microsecond, and what was taken is forgotten. A message that is
too long to be an event is not even put together: only its beginning is kept. A few of them, read slowly, are more than
the server holds back before it cuts a subscriber off.
"""

from __future__ import annotations

import redis

from dashboard.reading.decoding import MAX_BYTES
from dashboard.reading.oversize import HEAD_BYTES, Oversize

MESSAGE, SUBSCRIBED, UNSUBSCRIBED, PONG = b"message", b"subscribe", b"unsubscribe", b"pong"
LINE_END = b"\r\n"
LONG_BYTES = 1 << 16  # still to come of one frame: worth a look whether it is worth waiting for


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
        self._head, self._size, self._left = b"", 0, 0  # of a message that is too long; `_left` bytes are to come

    @property
    def missing(self) -> int:
        """Bytes of a long frame that are still to come, as far as is known; 0: none is known of."""
        return self._left or self._missing

    def feed(self, data: bytes) -> None:
        """Take in what the socket gave."""
        if self._left:
            data = self._passed(data)
            if not data:
                return
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
        if self._size:
            return self._too_long()
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
            if error.missing > LONG_BYTES and buffer.startswith(self._prefix, at):
                self._pass_over(at + len(self._prefix))
            return None
        except ValueError:
            raise redis.InvalidResponse("not the Redis protocol") from None
        if not isinstance(frame, list) or not frame:
            raise redis.InvalidResponse("no frame of a subscription")
        return frame

    def messages(self, most: int) -> list[bytes]:
        """What of the channel's messages follows at once, at most so many; the frame behind them is left to `next`."""
        found: list[bytes] = []
        if self._size or self._missing:
            return found
        buffer, prefix, at = self._buffer, self._prefix, self._at
        to_length, size = len(prefix), len(buffer)
        while len(found) < most and buffer.startswith(prefix, at):
            line_end = buffer.find(LINE_END, at + to_length)
            length = buffer[at + to_length:line_end]
            if line_end < 0 or not length.isdigit() or (end := line_end + 2 + int(length)) + 2 > size:
                break
            found.append(buffer[line_end + 2:end])
            at = end + 2
        self._at = at
        return found

    def _pass_over(self, at: int) -> None:
        """If this message is too long, what is left of it is let go of as it comes."""
        length, begin = self._line(at)
        if int(length) > MAX_BYTES:
            self._head, self._size, self._left = self._buffer[begin:begin + HEAD_BYTES], int(length), self._missing
            self._buffer, self._at, self._missing = b"", 0, 0

    def _passed(self, data: bytes) -> bytes:
        """What of `data` is behind the message that is too long."""
        if len(self._head) < HEAD_BYTES:
            self._head += data[:HEAD_BYTES]
        behind = data[self._left:]
        self._left = max(0, self._left - len(data))
        return behind

    def _too_long(self) -> list | None:
        """The message that is too long, once all of it has gone by."""
        if self._left:
            return None
        message = Oversize.of(self._head, self._size)
        self._head, self._size = b"", 0
        return [MESSAGE, self._channel, message]

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
