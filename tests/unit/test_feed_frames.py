import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from dashboard.events import parse
from dashboard.feed.frames import Frames
from dashboard.reading.oversize import HEAD_BYTES, size_of

CHANNEL = "tickstock:monitoring"


def encoded(value):
    if isinstance(value, int):
        return b":%d\r\n" % value
    if isinstance(value, bytes):
        return b"$%d\r\n%s\r\n" % (len(value), value)
    if value is None:
        return b"$-1\r\n"
    return b"*%d\r\n%s" % (len(value), b"".join(map(encoded, value)))


def read(stream, *cuts):
    """The frames of a stream that arrives in pieces, cut at these places."""
    frames, found, begin = Frames(CHANNEL), [], 0
    for end in [*sorted(cuts), len(stream)]:
        frames.feed(stream[begin:end])
        begin = end
        while (frame := frames.next()) is not None:
            found.append(frame)
    return found


data = st.one_of(st.binary(max_size=50), st.sampled_from([b"", b"\r\n", b"*3\r\n$7\r\nmessage\r\n", b"x" * 5000]))
sent = st.one_of(
    st.builds(lambda body: [b"message", CHANNEL.encode(), body], data),
    st.builds(lambda channel, body: [b"message", channel, body], data, data),
    st.builds(lambda count: [b"subscribe", CHANNEL.encode(), count], st.integers()),
    st.just([b"unsubscribe", None, 0]),
    st.builds(lambda text: [b"pong", text], data))


@given(st.lists(sent, max_size=8), st.data())
def test_frames_come_out_as_they_went_in_however_they_are_cut(frames, draw):
    stream = b"".join(map(encoded, frames))
    cuts = draw.draw(st.lists(st.integers(0, len(stream)), max_size=20))
    assert read(stream, *cuts) == frames


@given(st.lists(sent, max_size=8), st.integers(0, 3), st.data())
def test_messages_taken_together_are_those_that_come_one_by_one(frames, most, draw):
    stream = b"".join(map(encoded, frames))
    cuts = draw.draw(st.lists(st.integers(0, len(stream)), max_size=20))
    reader, found, begin = Frames(CHANNEL), [], 0
    for end in [*sorted(cuts), len(stream)]:
        reader.feed(stream[begin:end])
        begin = end
        while (frame := reader.next()) is not None:
            together = reader.messages(most)
            assert len(together) <= most
            found += [frame, *([b"message", CHANNEL.encode(), each] for each in together)]
    assert found == frames


def test_a_message_that_is_not_there_yet_is_not_taken_with_others():
    one = encoded([b"message", CHANNEL.encode(), b"one"])
    for end in range(len(one)):
        frames = Frames(CHANNEL)
        frames.feed(one + one + one[:end])
        assert frames.next()[2] == b"one" and frames.messages(9) == [b"one"]
        frames.feed(one[end:])
        assert frames.messages(9) == [b"one"]


def test_byte_by_byte():
    frames = [[b"subscribe", CHANNEL.encode(), 1], [b"message", CHANNEL.encode(), b"one"], [b"pong", b""]]
    stream = b"".join(map(encoded, frames))
    assert read(stream, *range(len(stream))) == frames


def test_nothing_is_kept_of_what_was_taken():
    frames, one = Frames(CHANNEL), encoded([b"message", CHANNEL.encode(), b"x" * 600])
    for _ in range(1000):
        frames.feed(one[-10:] + one[:-10] if frames._buffer else one + one[:-10])
        while frames.next():
            pass
    assert len(frames._buffer) <= 2 * len(one)


def test_an_error_of_the_server_is_raised():
    with pytest.raises(redis.ResponseError, match="NOPERM"):
        read(b"-NOPERM this user has no permissions\r\n")


@pytest.mark.parametrize("stream", [
    b"HTTP/1.1 400 Bad Request\r\n", b"$x\r\n", b"*x\r\n", b"*0\r\n", b"+PONG\r\n", b":1\r\n",
    encoded([b"message", CHANNEL.encode(), b""]).replace(b"$0", b"$z")])
def test_what_is_not_the_protocol_of_a_subscription_is_refused(stream):
    with pytest.raises(redis.InvalidResponse):
        read(stream)


@pytest.mark.parametrize("piece", [1_000, 1 << 16, 3_000_000])
def test_of_a_message_that_is_too_long_only_its_beginning_is_kept(piece):
    long = bytes(range(256)) * 4_097
    frames = [[b"message", CHANNEL.encode(), b"before"], [b"message", CHANNEL.encode(), long],
              [b"message", CHANNEL.encode(), b"after"], [b"message", CHANNEL.encode(), long], [b"pong", b"x"]]
    stream = b"".join(map(encoded, frames))
    reader, found, kept = Frames(CHANNEL), [], 0
    for start in range(0, len(stream), piece):
        reader.feed(stream[start:start + piece])
        kept = max(kept, len(reader._buffer) + sum(map(len, reader._waiting)))
        assert reader.missing <= len(long) + 2
        while (frame := reader.next()) is not None:
            found.append(frame)
    assert [frame[-1][:10] for frame in found] == [frame[-1][:10] for frame in frames]
    assert [size_of(frame[-1]) for frame in found] == [len(frame[-1]) for frame in frames]
    if piece < 100_000:
        assert kept < 2 * 70_000 and found[1][2] == long[:HEAD_BYTES]
        assert found[1][2].size == len(long)
    read = parse(found[1][2], 1.0)
    assert (read.reason, read.detail) == ("too-large", f"{len(long)} bytes, at most 1048576")
