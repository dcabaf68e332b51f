"""The ring is the last N samples by time, however they arrive; deltas joined equal the snapshot."""

from __future__ import annotations

import math
import sys
import threading

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.metrics.block import Block
from dashboard.metrics.ring import Ring
from dashboard.named_numbers import NamedNumbers

NAMES = ("a", "b", "c")
sample = st.tuples(
    st.integers(0, 60), st.dictionaries(st.sampled_from(NAMES), st.integers(0, 3).map(float), min_size=1))
# Sizes drawn first: left to itself a list is a handful of samples long, which fills no ring.
samples = st.integers(0, 100).flatmap(lambda size: st.lists(sample, min_size=size, max_size=size))


def rows_of(window) -> dict[float, dict[str, float]]:
    return {float(time): {name: float(column[row]) for name, column in window.columns.items()
                          if not math.isnan(column[row])}
            for row, time in enumerate(window.times)}


class Model:
    """The ring in ten lines: a dict by time, the oldest thrown out."""

    def __init__(self, rows: int) -> None:
        self.rows, self.kept = rows, {}

    def append(self, at: float, values: dict[str, float]) -> str:
        if at in self.kept:
            if values.items() <= self.kept[at].items():
                return "duplicate"
            self.kept[at] |= values
            return "merged"
        if len(self.kept) >= self.rows and at < min(self.kept):
            return "too-old"
        outcome = "late" if self.kept and at < max(self.kept) else "stored"
        self.kept[at] = dict(values)
        if len(self.kept) > self.rows:
            del self.kept[min(self.kept)]
        return outcome


def check(ring: Ring, model: Model) -> None:
    window = ring.window("s")
    assert rows_of(window) == model.kept
    assert list(window.times) == sorted(model.kept)
    assert ring.length("s") == len(model.kept) == len(window)
    assert ring.cursor("s") == window.cursor == max(window.numbers, default=0)
    assert len(set(window.numbers)) == len(window)
    newest = {name: (at, cells[name]) for at, cells in sorted(model.kept.items()) for name in cells}
    assert ring.latest("s") == newest
    assert ring.metrics("s") == sorted(newest)


ascending = st.integers(0, 60).flatmap(lambda size: st.lists(
    st.fixed_dictionaries({"a": st.integers(0, 3).map(float), "b": st.just(1.5)}), min_size=size, max_size=size))


@settings(deadline=None)
@given(samples, ascending, st.integers(1, 40), st.integers(1, 32))
def test_samples_filed_together_are_filed_as_one_by_one(mixed, regular, rows, together):
    """Regular ones are written column by column, the others between them are not."""
    appended = [*mixed, *((100.0 + number, values) for number, values in enumerate(regular)), *mixed[:5],
                *((200.0 + number, values) for number, values in enumerate(regular))]
    one, all_at_once = Ring(rows=rows), Ring(rows=rows)
    for at, values in appended:
        one.append("s", at, values)
    for first in range(0, len(appended), together):
        all_at_once.append_all("s", [
            (at, NamedNumbers.of(values)) for at, values in appended[first:first + together]])
    expected, found = one.window("s"), all_at_once.window("s")
    assert rows_of(found) == rows_of(expected)
    assert (list(found.times), list(found.numbers)) == (list(expected.times), list(expected.numbers))
    assert all_at_once.counters == one.counters
    assert all_at_once.latest("s") == one.latest("s")
    for cursor in range(0, expected.cursor, 7):
        news, its = one.since("s", cursor), all_at_once.since("s", cursor)
        assert (news is None) == (its is None) and (news is None or rows_of(news) == rows_of(its))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 90), st.sampled_from(["ab", "a", "abc", ""]), st.sampled_from(
    ["nothing", "cursor", "length", "window", "late", "latest", "prepend", "news"])), max_size=12), st.integers(1, 80))
def test_whoever_looks_finds_all_that_was_filed(steps, rows):
    """Samples of a flood are held back until somebody looks: nobody can tell."""
    one, held, at, known = Ring(rows=rows), Ring(rows=rows), 0.0, 0
    for count, names, look in steps:
        appended = [(at + number, dict.fromkeys(names, at + number)) for number in range(count)]
        at += count
        held.append_all("s", [(moment, NamedNumbers.of(values)) for moment, values in appended])
        for moment, values in appended:
            one.append("s", moment, values)
        for ring in (one, held):
            if look == "late":
                ring.append("s", at - count - 0.5, {"a": 1.0})
            elif look == "prepend":
                ring.prepend("s", np.array([-at - 2.0, -at - 1.0]), {"a": np.array([1.0, 2.0])})
        if look in ("cursor", "length", "latest"):
            assert getattr(held, look)("s") == getattr(one, look)("s")
        elif look == "window":
            assert rows_of(held.window("s")) == rows_of(one.window("s"))
        elif look == "news":
            found, wanted = (ring.since("s", known) for ring in (held, one))
            assert (found is None) == (wanted is None) and (found is None or rows_of(found) == rows_of(wanted))
            known = one.cursor("s")
    assert rows_of(held.window("s")) == rows_of(one.window("s"))
    assert (held.counters, held.span("s"), held.metrics("s")) == (one.counters, one.span("s"), one.metrics("s"))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["ab", "a", "cd", "e"]), st.integers(1, 6)), max_size=40), st.integers(1, 9),
       st.integers(1, 4))
def test_names_in_turn_and_more_of_them_than_there_is_room_for(runs, rows, metrics):
    one, held, at = Ring(rows=rows, metrics=metrics), Ring(rows=rows, metrics=metrics), 0.0
    for names, count in runs:
        samples = [(at + number, dict.fromkeys(names, 1.0)) for number in range(count)]
        at += count
        held.append_all("s", [(moment, NamedNumbers.of(values)) for moment, values in samples])
        for moment, values in samples:
            one.append("s", moment, values)
    assert rows_of(held.window("s")) == rows_of(one.window("s"))
    assert (held.counters, held.metrics("s"), held.cursor("s")) == (one.counters, one.metrics("s"), one.cursor("s"))


def test_what_could_not_be_written_is_written_later(monkeypatch):
    ring, plain = Ring(), Block.publish_all
    ring.append("s", 0.0, {"a": 0.0})
    with monkeypatch.context() as patch:
        patch.setattr(Block, "publish_all", lambda *_: 1 / 0)
        for begin in (1, 101, 201):
            with pytest.raises(ZeroDivisionError):
                ring.append_all("s", [(float(at), NamedNumbers.of({"a": 1.0})) for at in range(begin, begin + 100)])
    assert Block.publish_all is plain
    assert ring.length("s") == 101  # the first that failed; those after it were not taken
    assert ring.cursor("s") == 101 and ring.latest("s")["a"] == (100.0, 1.0)


def test_what_is_no_number_is_left_out_of_samples_filed_together_too():
    ring = Ring()
    ring.append_all("s", [
        (float(at), NamedNumbers.of({"a": math.nan if at == 7 else 1.0, "b": 2.0})) for at in range(20)])
    assert rows_of(ring.window("s"))[7.0] == {"b": 2.0}
    assert ring.length("s") == 20


@settings(deadline=None)
@given(samples, st.integers(1, 40))
def test_equals_the_last_n_by_time_in_any_order_with_duplicates(appended, rows):
    ring, model = Ring(rows=rows), Model(rows)
    for at, values in appended:
        assert ring.append("s", at, values) == model.append(at, values)
    check(ring, model)
    counters = ring.counters
    assert counters.appended == len(appended) == (
        counters.stored + counters.late + counters.merged + counters.duplicates + counters.too_old + counters.empty
        + counters.samples_refused)


@settings(deadline=None)
@given(st.permutations(range(60)), st.integers(1, 60))
def test_the_order_of_arrival_does_not_matter(order, rows):
    ring = Ring(rows=rows)
    for at in order:
        ring.append("s", float(at), {"a": float(at)})
    assert list(ring.window("s").columns["a"]) == [float(at) for at in range(60 - rows, 60)]


@settings(deadline=None)
@given(samples, st.integers(1, 40), st.integers(1, 9))
def test_deltas_joined_onto_an_earlier_window_equal_the_snapshot(appended, rows, read_each):
    ring = Ring(rows=rows)
    held, cursor = {}, 0
    for index, (at, values) in enumerate([*appended, (61, {"a": 1.0})]):
        ring.append("s", at, values)
        if index % read_each and index != len(appended):
            continue
        delta = ring.since("s", cursor)
        snapshot = ring.window("s")
        if delta is None:
            held = rows_of(snapshot)
        else:
            news = rows_of(delta)
            append_only = not held or not news or min(news) > max(held)
            assert delta.in_order == append_only
            held = held | news
        oldest = snapshot.times[0]
        held = {time: cells for time, cells in held.items() if time >= oldest}
        assert held == rows_of(snapshot)
        assert delta is None or delta.cursor == snapshot.cursor
        cursor = snapshot.cursor


@settings(deadline=None)
@given(samples, st.integers(-5, 65), st.integers(-5, 65))
def test_window_takes_the_samples_between_two_times(appended, start, end):
    ring = Ring(rows=40)
    for at, values in appended:
        ring.append("s", at, values)
    everything = rows_of(ring.window("s"))
    window = ring.window("s", start=start, end=end)
    assert rows_of(window) == {at: cells for at, cells in everything.items() if start <= at <= end}


def test_blocks_of_a_large_ring_keep_everything_in_order():
    ring = Ring(rows=6000)
    order = np.random.default_rng(7).permutation(9000)
    for at in order:
        ring.append("s", float(at), {"a": float(at), f"rare.{at // 1000}": 1.0})
    window = ring.window("s", ["a"])
    assert np.array_equal(window.columns["a"], np.arange(3000.0, 9000.0))
    assert ring.metrics("s") == ["a", *(f"rare.{n}" for n in range(3, 9))]


def test_since_says_when_it_cannot_tell():
    ring = Ring(rows=3)
    assert len(ring.since("s", 0)) == 0 and ring.since("s", 1) is None
    for at in range(5):
        ring.append("s", float(at), {"a": 1.0})
    assert ring.since("s", 6) is None
    assert ring.since("s", 1) is None
    assert list(ring.since("s", 2).times) == [2.0, 3.0, 4.0]
    assert len(ring.since("s", 5)) == 0 and ring.since("s", 5).in_order


def test_a_sample_merged_after_it_was_read_is_not_in_order():
    ring = Ring()
    ring.append("s", 1.0, {"a": 1.0})
    ring.append("s", 2.0, {"a": 2.0})
    ring.append("s", 2.0, {"b": 2.0})
    assert ring.since("s", 1).in_order
    delta = ring.since("s", 2)
    assert not delta.in_order and rows_of(delta) == {2.0: {"a": 2.0, "b": 2.0}}


def test_numbers_that_are_none_are_left_out():
    ring = Ring()
    assert ring.append("s", 1.0, {"a": math.nan, "b": math.inf, "c": 0.0}) == "stored"
    assert ring.append("s", 2.0, {"a": math.nan}) == "empty"
    assert ring.append("t", 2.0, {}) == "empty"
    assert ring.append("s", math.nan, {"a": 1.0}) == "refused"
    assert ring.sources() == ["s"] and ring.metrics("s") == ["c"] and ring.latest("s") == {"c": (1.0, 0.0)}


def test_unknown_sources_and_metrics_are_empty_not_errors():
    ring = Ring()
    assert ring.metrics("x") == [] and ring.length("x") == 0 and ring.cursor("x") == 0 and ring.latest("x") == {}
    assert len(ring.window("x", ["a"])) == 0 and list(ring.window("x", ["a"]).columns) == ["a"]
    assert ring.frame("x").empty
    ring.append("s", 1.0, {"a": 1.0})
    assert np.isnan(ring.window("s", ["nobody", "a", "a"]).columns["nobody"]).all()


def test_frame_has_a_utc_index_and_gaps():
    ring = Ring()
    ring.append("s", 1_700_000_000.25, {"a": 1.0})
    ring.append("s", 1_700_000_005.25, {"b": 2.0})
    frame = ring.frame("s")
    expected = pd.DataFrame({"a": [1.0, np.nan], "b": [np.nan, 2.0]}, index=frame.index)
    pd.testing.assert_frame_equal(frame, expected)
    assert str(frame.index.tz) == "UTC"
    assert frame.index[0] == pd.Timestamp("2023-11-14T22:13:20.250Z")
    assert ring.frame("s", ["b"], start=1_700_000_001.0).shape == (1, 1)


def test_what_a_reader_holds_never_changes():
    ring = Ring(rows=8)
    for at in range(8):
        ring.append("s", float(at), {"a": float(at)})
    window = ring.window("s")
    before = window.columns["a"].copy()
    for at in (2.0, 3.5, 9.0, 10.0):
        ring.append("s", at, {"a": -1.0})
    assert np.array_equal(window.columns["a"], before)
    window.columns["a"][:] = 99.0
    assert 99.0 not in ring.window("s").columns["a"]


@pytest.fixture
def eager_switching():
    """Threads change places every few bytecodes, so that a torn row has every chance to be seen."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("eager_switching")
def test_one_writer_and_many_readers_see_no_torn_rows():
    ring, names = Ring(rows=500, metrics=20), [f"m{n}" for n in range(12)]
    done, torn = threading.Event(), []

    def read() -> None:
        cursor = 0
        while not done.is_set():
            news = ring.since("s", cursor)
            for window in (ring.window("s"), news):
                if window is None or not window.columns:
                    continue
                cells = np.array(list(window.columns.values()))
                if not (cells == cells[0]).all() or not (np.diff(window.times) > 0).all():
                    torn.append(cells)
            cursor = ring.cursor("s") if news is None else news.cursor
            values = {value for _, value in ring.latest("s").values()}
            if len(values) > 1:
                torn.append(values)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for count in range(6_000):
        # In order, and now and then late (between two others) or another version of the newest.
        ring.append("s", float(count), dict.fromkeys(names, float(count)))
        if count % 50 == 10:
            ring.append("s", count - 5.5, dict.fromkeys(names, float(count)))
        if count % 50 == 20:
            ring.append("s", float(count), dict.fromkeys(names, count + 0.5))
    done.set()
    for reader in readers:
        reader.join(10)
    assert not torn
    assert ring.counters.stored == 6_000 and ring.counters.late == ring.counters.merged == 120


def test_after_a_fork_the_lock_and_the_epoch_are_new():
    ring = Ring(epoch="first")
    ring.append("s", 1.0, {"a": 1.0})
    ring._lock.acquire()  # what a child inherits when another thread was appending
    ring.reset_locks()
    assert ring.epoch != "first" and ring.append("s", 2.0, {"a": 1.0}) == "stored"
    assert Ring().epoch != Ring().epoch


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=8), st.integers(1, 60), st.integers(1, 9))
def test_runs_of_late_samples_are_put_in_their_place(runs, rows, live_each):
    """As a journal tells them: in order, while newer ones go on arriving."""
    ring, model, live = Ring(rows=rows), Model(rows), 1000
    for start, length in runs:
        for at in range(start, start + length):
            for when in (at, live) if at % live_each == 0 else (at,):
                cells = {"a": float(when)}
                assert ring.append("s", float(when), cells) == model.append(float(when), cells)
            live += 1
    check(ring, model)


def test_a_day_told_late_copies_little_and_keeps_few_blocks(monkeypatch):
    from dashboard.metrics.block import Block

    taken = []
    take = Block.take
    monkeypatch.setattr(Block, "take", lambda self, first, last: taken.append(last - first) or take(self, first, last))
    ring = Ring(rows=20_000)
    for at in range(30_000, 30_005):
        ring.append("s", float(at), {"a": 1.0})
    for at in range(10_000):
        assert ring.append("s", float(at), {"a": float(at)}) == "late"
    blocks = ring._tables["s"]._blocks
    assert len(taken) < 60 and len(blocks) < 15
    assert list(ring.window("s").times) == [*range(10_000), *range(30_000, 30_005)]


def test_short_runs_everywhere_do_not_multiply_the_blocks():
    ring = Ring(rows=4096)
    for at in range(0, 40_000, 10):
        ring.append("s", float(at), {"a": 1.0})
    for at in [*range(5, 35_000, 1000)] * 3:
        for step in range(3):
            ring.append("s", float(at + step), {"a": 2.0})
    table = ring._tables["s"]
    assert len(table._blocks) <= table._most_blocks + 1
