"""What the journal's thread keeps: events in one string, compressed for a day, and those that wait."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.feed import chronicle as chronicles
from dashboard.feed import offered as offers
from dashboard.feed.chronicle import Chronicle
from dashboard.feed.known_keys import COPIES_EXPECTED, COPY_WITHIN_S, KnownKeys
from dashboard.feed.offered import Offered
from dashboard.feed.packed import Entry, pack, unpack
from dashboard.feed.shared_journal import Bounds

some = st.lists(st.builds(
    Entry, st.text("abcdef0123456789-@", min_size=1, max_size=40), st.floats(0, 4e9), st.binary(max_size=200)))


@given(some)
def test_what_is_packed_comes_out_again(entries):
    assert unpack(pack(entries)) == entries


def entry(number, received=None, size=100):
    return Entry(f"{number}", float(number if received is None else received), (b"%d" % number).ljust(size, b"x"))


def told(chronicle):
    return [int(each.key) for portion in chronicle.portions() for each in portion]


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(chronicles, "BLOCK_EVENTS", 10)


def test_a_chronicle_tells_everything_in_order_and_takes_little(small):
    chronicle = Chronicle(Bounds(1000, 10**6, 10**9))
    for number in range(95):
        chronicle.add(entry(number))
    assert told(chronicle) == list(range(95))
    assert len(chronicle) == 95
    assert chronicle.memory < 95 * 100 / 3


@pytest.mark.parametrize(("bounds", "now"), [
    (Bounds(50, 10**6, 10**9), 100.0),  # events
    (Bounds(1000, 5000, 10**9), 100.0),  # bytes
    (Bounds(1000, 10**6, 50.0), 100.0),  # seconds
])
def test_a_chronicle_forgets_what_the_journal_would_not_keep_and_no_more(small, bounds, now):
    chronicle = Chronicle(bounds)
    for number in range(100):
        chronicle.add(entry(number))
    chronicle.forget(now)
    assert told(chronicle) == list(range(50, 100))


def test_a_chronicle_of_what_cannot_be_compressed_is_bounded(small, monkeypatch):
    monkeypatch.setattr(chronicles, "COMPRESSED_MOST", 500)
    chronicle = Chronicle(Bounds(1000, 10**6, 10**9))
    for number in range(100):
        chronicle.add(entry(number))
    chronicle.forget(100.0)
    assert chronicle.memory <= 500
    assert 0 < len(chronicle) < 100


def test_a_chronicle_in_a_child_counts_anew():
    chronicle = Chronicle(Bounds(1000, 10**6, 10**9))
    chronicle.add(entry(1))
    chronicle._open_size = 7  # the parent was between two steps
    chronicle.repair()
    assert chronicle.memory == 100


def test_what_waits_goes_in_batches_and_leaves_when_it_is_known():
    offered = Offered()
    for number in range(5):
        offered.add([entry(number)])
    assert [each.key for each in offered.take()] == ["0", "1", "2", "3", "4"]
    assert offered.take() == []
    assert len(offered) == 5
    assert [each.key for each in offered.batch(2, 10**6)] == ["0", "1"]
    assert [each.key for each in offered.batch(9, 250)] == ["0", "1"]
    assert [each.key for each in offered.batch(9, 10)] == ["0"]  # one that is larger by itself must not block the way
    offered.forget(["0", "2", "unknown"])
    assert [each.key for each in offered.batch(9, 10**6)] == ["1", "3", "4"]
    offered.forget(["1", "3", "4"])
    assert len(offered) == offered._waiting_bytes == 0


@pytest.mark.parametrize(("name", "limit"), [("EVENTS_MOST", 3), ("BYTES_MOST", 250)])
def test_what_comes_too_fast_is_counted(monkeypatch, name, limit):
    monkeypatch.setattr(offers, name, limit)
    offered = Offered()
    for number in range(5):
        offered.add([entry(number)])
    assert (len(offered), offered.dropped) == (3, 2)
    offered.take()
    offered.add([entry(5)])
    assert offered.dropped == 2


def test_too_many_that_wait_leave_for_the_chronicle(monkeypatch):
    monkeypatch.setattr(offers, "WAITING_MOST", 3)
    offered = Offered()
    for number in range(3):
        offered.add([entry(number)])
    offered.take()
    assert not offered.overflowed
    offered.add([entry(4)])
    offered.take()
    assert offered.overflowed and len(offered) == 0
    offered.take()
    assert not offered.overflowed


def test_keys_are_forgotten_in_their_order():
    keys = KnownKeys(kept=3)
    for key in "abcd":
        keys.add(key)
    assert [key in keys for key in "abcd"] == [False, True, True, True]


def test_of_a_key_less_is_kept_than_its_text():
    keys, kept = KnownKeys(), 50_000
    tracemalloc.start()
    try:
        for number in range(kept + 1_000):
            keys.add(f"{number:032x}")
        assert tracemalloc.get_traced_memory()[0] < 100 * kept  # 130 with the text
    finally:
        tracemalloc.stop()
    assert len(keys) == kept and f"{kept:032x}" in keys and f"{0:032x}" not in keys


def test_a_key_with_a_second_is_known_in_the_next_and_the_one_before():
    keys = KnownKeys()
    keys.add("f00d@100")
    assert [f"f00d@{second}" in keys for second in (98, 99, 100, 101, 102)] == [False, True, True, True, False]
    assert "f00d@soon" not in keys


def test_a_copy_is_expected_once_and_not_for_long():
    keys = KnownKeys()
    keys.expect("a", 100.0)
    keys.expect("b", 100.0)
    keys.expect("f00d@100", 100.0)
    assert [keys.was_expected("a", 101.0) for _ in range(2)] == [True, False]
    assert not keys.was_expected("b", 100.0 + COPY_WITHIN_S + 1)
    assert keys.was_expected("f00d@101", 101.0)
    for number in range(COPIES_EXPECTED + 1):
        keys.expect(str(number), 100.0)
    assert not keys.was_expected("0", 100.0) and keys.was_expected("1", 100.0)


def test_keys_cut_in_the_middle_by_a_fork_are_repaired():
    keys = KnownKeys()
    keys.add("a")
    keys._keys.add(hash("half"))
    assert "half" in keys
    keys.repair()
    assert "half" not in keys and "a" in keys
