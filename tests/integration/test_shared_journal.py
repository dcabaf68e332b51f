"""The journal's scripts by themselves, against a real server: what is kept, once, and what leaves."""

from __future__ import annotations

import time

import pytest

from dashboard.feed.connection import connect
from dashboard.feed.coverage import Heard
from dashboard.feed.journal_scripts import journal_keys
from dashboard.feed.packed import Entry
from dashboard.feed.shared_journal import BEGINNING, EVERYBODY, SharedJournal
from dashboard.recorded_channel import RecordedChannel
from dashboard.settings import Settings

STREAM, INDEX, STATE, HEARD = journal_keys(Settings().key_prefix)


@pytest.fixture
def make_shared(redis_server):
    made = []

    def make(**options):
        made.append(SharedJournal(Settings(redis_url=redis_server.url, **options), connect, 2.0))
        return made[-1]

    yield make
    for shared in made:
        shared.close()


def entries(*numbers, received=None, size=10):
    received = time.time() if received is None else received
    return [Entry(f"{number:032x}", received, b"x" * size) for number in numbers]


def kept(shared):
    return [int(entry.key, 16) for entry in shared.entries_after(BEGINNING).entries]


def check_books(redis_server):
    """The index and the sum of bytes are those of the stream, exactly."""
    with redis_server.client() as client:
        stream = [fields for _, fields in client.xrange(STREAM)]
        assert client.smembers(INDEX) == {fields[b"k"] for fields in stream}
        assert int(client.hget(STATE, "bytes")) == sum(len(fields[b"b"]) for fields in stream)


def test_an_event_comes_back_as_it_went_in(redis_server, make_shared):
    shared = make_shared()
    raw = bytes(range(256))
    now = round(time.time(), 6)
    sent = [Entry("id-1", now - 60.123456, raw), Entry("f" * 32, now, b"")]
    sent = [entry._replace(received=round(entry.received, 6)) for entry in sent]
    assert shared.record(sent).added == 2
    portion = shared.entries_after(BEGINNING)
    assert list(portion.entries) == sent
    assert portion.complete and portion.reached == portion.state.last
    assert shared.keys_after(BEGINNING).keys == ("id-1", "f" * 32)
    assert shared.entries_after(portion.reached).entries == shared.entries_after(portion.reached).keys == ()
    assert shared.entries_after(BEGINNING, ["f" * 32]).entries == (sent[1],)
    assert shared.missing(["id-1", "id-2", "f" * 32]) == [False, True, False]


def test_what_is_there_is_not_written_again(redis_server, make_shared):
    one, other = make_shared(), make_shared()
    first = one.record(entries(1, 2))
    again = other.record(entries(2, 3, 3))
    assert (first.added, again.added, again.before) == (2, 1, first.state.last)
    assert again.state.epoch == first.state.epoch
    assert kept(one) == [1, 2, 3]
    check_books(redis_server)


def test_a_message_without_id_and_time_is_the_same_within_a_second(make_shared):
    shared = make_shared()
    now = int(time.time())
    heard = [Entry(f"{'a' * 32}@{now + later}", float(now + later), b"x") for later in (0, 1, 2, 3, 1)]
    assert shared.record(heard).added == 2
    assert [entry.received - now for entry in shared.entries_after(BEGINNING).entries] == [0.0, 2.0]


@pytest.mark.parametrize(("options", "size"), [
    ({"journal_events": 100}, 10), ({"journal_mb": 1.0}, 10_485)], ids=["events", "bytes"])
def test_the_oldest_leave_where_there_are_too_many(redis_server, make_shared, options, size):
    shared = make_shared(**options)
    for start in range(0, 350, 35):
        shared.record(entries(*range(start, start + 35), size=size))
        check_books(redis_server)
    assert kept(shared) == list(range(250, 350))
    assert shared.missing([f"{number:032x}" for number in (249, 250)]) == [True, False]


def test_the_oldest_leave_when_they_are_a_day_old(redis_server, make_shared):
    shared = make_shared()
    now = time.time()
    shared.record(entries(1, 2, received=now - 86_500))
    assert kept(shared) == []
    shared.record(entries(3, received=now - 86_395))
    shared.record(entries(4, received=now))
    assert kept(shared) == [3, 4]
    check_books(redis_server)


def test_a_large_journal_is_read_in_portions(make_shared):
    shared = make_shared()
    for start in range(0, 20, 4):
        shared.record(entries(*range(start, start + 4), size=600_000))
    place, found, portions = BEGINNING, [], 0
    while True:
        portion = shared.entries_after(place)
        found += [int(entry.key, 16) for entry in portion.entries]
        place, portions = portion.reached or place, portions + 1
        if portion.complete:
            break
    assert found == list(range(20))
    assert portions > 1


def test_a_smaller_bound_takes_effect_step_by_step(redis_server, make_shared):
    make_shared().record(entries(*range(5000)))
    shared = make_shared(journal_events=100)
    sizes = []
    for number in range(5000, 5004):
        sizes.append(shared.record(entries(number)).state.events)
    assert sizes[-1] == 100 and sizes == sorted(sizes, reverse=True) and sizes[0] > 1000
    check_books(redis_server)


def test_entries_of_somebody_else_are_passed_over(redis_server, make_shared):
    shared = make_shared()
    shared.record(entries(1))
    with redis_server.client() as client:
        client.xadd(STREAM, {"what": "ever"})
        client.xadd(STREAM, {"k": "id-9", "r": "no number", "b": "y"})
        client.xadd(STREAM, {"k": b"\xff", "r": "nan", "b": "z"})
    shared.record(entries(2))
    found = shared.entries_after(BEGINNING).entries
    assert [entry.key for entry in found] == [f"{1:032x}", "id-9", "\ufffd", f"{2:032x}"]
    assert found[1].received == 0.0
    assert len(shared.keys_after(BEGINNING).keys) == 4


@pytest.fixture
def publishing(redis_server):
    """(publish at a time, by a source): a publisher of each source, which records since its first event."""
    with redis_server.client() as client:
        clock, channels, settings = [0.0], {}, Settings(journal_events=100)

        def publish(at, source):
            clock[0] = at
            if source not in channels:
                channels[source] = RecordedChannel(client, settings=settings, clock=lambda: clock[0])
            channels[source].publish("c", b'{"event_type": "METRIC_UPDATE", "source": "%s", "metrics": {"n": %d}}' % (
                source.encode(), at))

        yield publish


def covered(shared, now):
    """By source, from when to when it is told to have recorded all, in seconds from now."""
    return {name: [(span.since - now, span.until - now) for span in spans]
            for name, spans in shared.spans().items() if name != EVERYBODY}


def test_what_left_the_journal_while_no_console_was_there_covers_no_gap(publishing, make_shared):
    shared, now = make_shared(), int(time.time())
    shared.note({EVERYBODY: [Heard(now - 1_000, now - 600)]})
    for at in range(-800, -600):
        publishing(now + at, "it")
    publishing(now - 590, "gone")
    publishing(now - 580, "gone")
    assert covered(shared, now) == {"it": [(-800, -601)], "gone": [(-590, -580)]}
    for at in range(-550, 0):
        publishing(now + at, "it")
    assert covered(shared, now) == {"it": [(-800, -600), (-100, -1)]}
    shared.note({EVERYBODY: [Heard(now - 5, now)]})  # a console is there again, and has read what there was
    for at in range(5):
        publishing(now + at, "it")
    assert covered(shared, now) == {"it": [(-800, -600), (-100, 4)]}


def test_a_source_that_goes_on_after_it_was_forgotten_covers_what_is_kept(publishing, make_shared):
    """`seldom` was there before the consoles left, `later` has come since; both are pushed out, and send again."""
    shared, now = make_shared(), int(time.time())
    shared.note({EVERYBODY: [Heard(now - 1_000, now - 600)]})
    for at, source in ((-700, "seldom"), (-590, "seldom"), (-580, "later")):
        publishing(now + at, source)
    for at in range(-550, -50):
        publishing(now + at, "it")
    assert covered(shared, now) == {"it": [(-150, -51)], "seldom": [(-700, -600), (-150, -150)]}
    for source in ("seldom", "later"):
        publishing(now - 50, source)
    assert covered(shared, now) == {
        "it": [(-148, -51)], "seldom": [(-700, -600), (-148, -50)], "later": [(-148, -50)]}
    shared.note({EVERYBODY: [Heard(now - 40, now)]})  # what it has read stays covered from here on
    for at in range(-40, 200):
        publishing(now - 40 + at / 10, "it")
    publishing(now, "seldom")
    publishing(now, "later")
    found = covered(shared, now)
    assert (found["seldom"], found["later"]) == ([(-700, -600), (-148, 0)], [(-148, 0)])


def test_a_source_that_was_forgotten_covers_nothing_of_it_once_a_console_is_there(publishing, make_shared):
    shared, now = make_shared(), int(time.time())
    shared.note({EVERYBODY: [Heard(now - 1_000, now - 600)]})
    for at, source in ((-700, "seldom"), (-590, "seldom"), (-580, "later")):
        publishing(now + at, source)
    for at in range(-550, -50):
        publishing(now + at, "it")
    shared.note({EVERYBODY: [Heard(now - 40, now)]})
    for source in ("seldom", "later"):
        publishing(now, source)
    found = covered(shared, now)
    assert (found["seldom"], found["later"]) == ([(-700, -600), (-150, 0)], [(-148, 0)])


def test_one_that_sends_less_often_than_the_journal_keeps_covers_what_is_kept(redis_server, publishing, make_shared):
    """Each of its events is the only one, and pushes out the one before."""
    shared, now = make_shared(), int(time.time())
    shared.record([])
    with redis_server.client() as client:
        client.hset(STATE, "events", 1)
    shared.note({EVERYBODY: [Heard(now - 1_000, now - 600)]})
    for at in (-700, -500, -300, -100):
        publishing(now + at, "it")
    assert covered(shared, now) == {"it": [(-700, -600), (-100, -100)]}
    publishing(now - 50, "later")
    publishing(now - 40, "later")
    assert covered(shared, now) == {"it": [(-700, -600), (-40, -40)], "later": [(-40, -40)]}


def test_what_a_console_has_read_stays_covered_when_it_leaves_the_journal(publishing, make_shared):
    shared, now = make_shared(), int(time.time())
    for at in range(-300, 0):
        shared.note({EVERYBODY: [Heard(now - 1_000, now + at)]})
        publishing(now + at, "it")
    assert covered(shared, now) == {"it": [(-300, -1)]}
    assert shared.record([]).state.events == 100


def test_a_gap_is_known_for_a_day_after_it_has_ended(make_shared):
    shared, now, day = make_shared(), int(time.time()), 86_400
    longest = [Heard(now - 9 * day, now - 8 * day), Heard(now - 5 * day, now - 3 * day, "stopped")]
    shared.note({EVERYBODY: longest})
    shared.note({EVERYBODY: [Heard(now - 10, now)]})  # there again after three days
    assert shared.spans() == {EVERYBODY: [longest[1], Heard(now - 10, now)]}
    shared.note({EVERYBODY: [Heard(now - 2 * day, now)]})  # and so it was two days ago
    assert shared.spans() == {EVERYBODY: [Heard(now - 2 * day, now)]}


def test_what_covers_a_gap_of_a_source_is_known_as_long_as_the_gap(publishing, make_shared):
    shared, now, day = make_shared(), int(time.time()), 86_400
    shared.note({EVERYBODY: [Heard(now - 9 * day, now - 3 * day), Heard(now - 10, now)],
                 "it": [Heard(now - 6 * day, now - 4 * day), Heard(now - 2 * day, now - 1.5 * day)]})
    publishing(now - 5, "it")
    publishing(now, "it")
    assert covered(shared, now) == {"it": [(-2 * day, -1.5 * day), (-5, 0)]}
    shared.note({EVERYBODY: [Heard(now - 3 * day, now)]})
    publishing(now, "it")
    assert covered(shared, now) == {"it": [(-5, 0)]}
