import pytest

from dashboard.event_types import MetricUpdate, OtherEvent, Rejected
from dashboard.feed.coverage import Gap
from dashboard.feed.record import OTHER_KINDS, FeedRecord
from dashboard.named_numbers import NamedNumbers


class Clock:
    def __init__(self, now=1000.0):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def record(clock):
    return FeedRecord(clock=clock, raw_messages=3)


def update(received, time=None):
    return MetricUpdate(kind="metric_update", source="pl", time=time, received=received, key="k",
                        metrics=NamedNumbers(), facts={})


def novelty(kind="novelty", received=1.0):
    return OtherEvent(kind=kind, source="pl", time=None, received=received, key="k")


def rejected(reason="not-json", detail="", received=1.0):
    return Rejected(reason, detail, received)


def count(record, raw, event, outcome="accepted", via="redis"):
    record.count(via, [(raw, event, f"rejected:{event.reason}" if isinstance(event, Rejected) else outcome)])


def test_every_message_is_counted_once(record):
    count(record, b"a", update(1.0, time=0.5))
    count(record, b"a", update(2.0), "duplicate")
    count(record, b"b", rejected(received=3.0), via="http")
    count(record, b"c", rejected(received=4.0))
    count(record, b"d", novelty(received=5.0))
    seen = record.snapshot()
    assert (seen.received, seen.accepted, seen.duplicates) == (5, 2, 1)
    assert seen.rejected == {"not-json": 2}
    assert seen.unknown == {"novelty": 1}
    assert (seen.lag_s, seen.last_message_at) == (0.5, 5.0)
    assert seen.received == seen.accepted + sum(seen.rejected.values()) + seen.duplicates == record.received


def test_a_snapshot_does_not_change_afterwards(record):
    count(record, b"a", rejected())
    seen = record.snapshot()
    count(record, b"a", rejected())
    record.lost(1.0, "gone")
    assert (seen.received, seen.rejected, seen.gaps) == (1, {"not-json": 1}, ())


def test_names_of_unknown_kinds_are_bounded_in_number_and_length(record):
    for number in range(150):
        count(record, b"", novelty(f"{number:03}" + "k" * 500))
    count(record, b"", novelty("007" + "k" * 500))
    assert len(record.unknown) == 101
    assert record.unknown[OTHER_KINDS] == 50
    assert max(map(len, record.unknown)) == 80
    assert sum(record.unknown.values()) == 151


def test_the_last_raw_messages_are_kept_as_text(record):
    for text in ("one", "two", "drei €", "\x00"):
        count(record, text.encode(), update(7.0))
    assert [message.text for message in record.raw] == ["two", "drei €", "\x00"]
    message = record.raw[1]
    assert (message.received, message.via, message.size, message.outcome) == (7.0, "redis", 8, "accepted")
    assert (message.kind, message.source) == ("metric_update", "pl")


def test_raw_text_is_bounded_and_readable_whatever_came(record):
    count(record, b"\xff\xfe{", rejected("not-utf8"))
    count(record, b"x" + "é".encode() * 5000, update(1.0))
    broken, long = record.raw
    assert broken.text == "\ufffd\ufffd{"
    assert long.size == 10_001
    assert long.text == "x" + "é" * 2047  # the half character at the end of the head is not shown


def test_what_was_not_understood_is_kept_apart_and_bounded(record):
    for number in range(60):
        count(record, b"r%d" % number, rejected(detail="d" * 5000))
        count(record, b"u%d" % number, novelty())
        count(record, b"k", update(1.0))
    assert [message.text for message in record.raw_rejected] == [f"r{number}" for number in range(10, 60)]
    assert [message.text for message in record.raw_unknown] == [f"u{number}" for number in range(10, 60)]
    assert {message.detail for message in record.raw_rejected} == {"d" * 200}
    assert {(message.kind, message.detail) for message in record.raw_unknown} == {("novelty", "")}


def test_a_detail_can_be_sent_whatever_it_quotes(record):
    count(record, b"{", rejected("bad-body", "about \ud800"))
    assert record.raw_rejected[0].detail == "about ?"


def test_a_start_that_succeeds_is_no_gap(record, clock):
    record.connecting()
    clock.now += 1
    record.subscribed(("a warning",))
    assert (record.state, record.state_since, record.reason) == ("connected", 1001.0, None)
    assert record.gaps == ()
    assert record.reconnects == 0
    assert record.snapshot().warnings == ("a warning",)


def test_a_server_absent_at_start_is_a_gap_from_the_start(record, clock):
    clock.now = 1010.0
    record.connecting()
    clock.now = 1011.0
    record.failed("nobody there", 1012.0)
    assert record.gaps == (Gap(1010.0, None, "nobody there"),)
    assert (record.state, record.next_try_at, record.reason) == ("disconnected", 1012.0, "nobody there")
    clock.now = 1015.0
    record.failed("still loading", 1016.0)
    assert (record.state_since, record.reason) == (1011.0, "still loading")
    clock.now = 1020.0
    record.subscribed()
    assert record.gaps == (Gap(1010.0, 1020.0, "nobody there"),)
    assert record.next_try_at is None
    assert record.reconnects == 0


def test_a_lost_connection_is_a_gap_from_when_it_was_last_good(record, clock):
    record.connecting()
    record.subscribed()
    clock.now = 1100.0
    record.lost(1097.0, "did not answer")
    record.failed("refused", 1100.5)
    clock.now = 1103.0
    record.subscribed()
    assert record.gaps == (Gap(1097.0, 1103.0, "did not answer"),)
    assert record.reconnects == 1


def test_a_connection_that_speaks_again_is_no_reconnect(record, clock):
    record.connecting()
    record.subscribed(("kept",))
    record.lost(1000.0, "silent")
    clock.now = 1004.0
    record.resumed()
    assert record.gaps == (Gap(1000.0, 1004.0, "silent"),)
    assert (record.state, record.reconnects, record.warnings) == ("connected", 0, ("kept",))


def test_an_unseen_interruption_is_a_finished_gap(record, clock):
    record.connecting()
    record.subscribed()
    clock.now = 1050.0
    record.interrupted(1049.0, "replaced")
    assert record.gaps == (Gap(1049.0, 1050.0, "replaced"),)
    assert record.reconnects == 1


def test_a_stop_is_a_gap_only_when_started_again(record, clock):
    record.connecting()
    record.subscribed()
    clock.now = 1100.0
    record.stopped(1099.5, "stopped")
    assert record.gaps == ()
    assert (record.state, record.reason) == ("disconnected", "stopped")
    clock.now = 1200.0
    record.connecting()
    record.subscribed()
    assert record.gaps == (Gap(1099.5, 1200.0, "stopped"),)


def test_a_clock_set_back_makes_no_negative_gap(record, clock):
    record.connecting()
    record.subscribed()
    record.lost(1000.0, "gone")
    clock.now = 500.0
    record.subscribed()
    assert record.gaps == (Gap(1000.0, 1000.0, "gone"),)


def test_gaps_are_bounded_and_the_newest_stay(record, clock):
    record.connecting()
    record.subscribed()
    for number in range(600):
        clock.now += 1
        record.interrupted(clock.now, str(number))
    assert len(record.gaps) == 500
    assert record.gaps[-1].why == "599"


def test_new_locks_leave_the_counts(record):
    count(record, b"a", update(1.0))
    record._lock.acquire()  # as a thread of the parent may have at the fork
    record.reset_locks()
    assert record.snapshot().received == 1
