"""What a subscription knows of its socket: whether all that had come was read."""

from __future__ import annotations

import pytest

from dashboard.feed.frames import MESSAGE
from dashboard.feed.subscription import PARTIAL, READ_BYTES, Subscription
from dashboard.settings import Settings

CHANNEL = Settings().channel.encode()


def wire(raw: bytes) -> bytes:
    return b"*3\r\n$7\r\nmessage\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (len(CHANNEL), CHANNEL, len(raw), raw)


class PaperSocket:
    """Gives what has come, as much as is asked for and in no more than `most` at once; then nothing comes in time."""

    def __init__(self, came: bytes, most: int = 1 << 30):
        self._came, self._most = came, most

    def settimeout(self, seconds):
        pass

    def recv(self, size):
        if not self._came:
            raise TimeoutError
        size = min(size, self._most)
        given, self._came = self._came[:size], self._came[size:]
        return given


def subscription(came: bytes, scheme: str = "redis", most: int = 1 << 30) -> Subscription:
    made = Subscription(Settings(redis_url=f"{scheme}://127.0.0.1:1/0"))
    made._socket = PaperSocket(came, most)
    return made


def test_all_was_had_once_a_read_gives_less_than_there_was_room_for():
    one = subscription(wire(b"one") + wire(b"two"))
    assert not one.had_all
    assert (one.read(1.0)[2], one.had_all) == (b"one", True)
    assert (one.read(1.0)[2], one.had_all) == (b"two", False)  # of what was read before, and more may have come
    assert (one.read(1.0), one.had_all) == (None, True)


def test_of_more_than_one_read_takes_all_was_had_with_the_last():
    one = subscription(wire(b"x" * READ_BYTES) + wire(b"end"))
    assert (one.read(1.0), one.had_all) == (PARTIAL, False)
    kind, _, data = one.read(1.0)
    assert (kind, len(data), one.had_all) == (MESSAGE, READ_BYTES, True)


@pytest.mark.parametrize("most", [100, 1 << 14])
def test_over_tls_it_is_known_once_nothing_comes(most):
    """There a read gives what one record holds, and others may lie ready behind it."""
    one = subscription(wire(b"one"), scheme="rediss", most=most)
    assert (one.read(1.0)[2], one.had_all) == (b"one", False)
    assert (one.read(1.0), one.had_all) == (None, True)
