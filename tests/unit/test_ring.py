"""What a ring answers and keeps, sample by sample, and to many readers at once."""

from __future__ import annotations

import math
import sys
import threading
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from dashboard.metrics.block import Block
from dashboard.metrics.ring import Ring
from dashboard.named_numbers import NamedNumbers
from tests.unit.ring_model import rows_of


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


def test_blocks_of_a_large_ring_keep_everything_in_order():
    ring = Ring(rows=6000)
    order = np.random.default_rng(7).permutation(9000)
    for at in order:
        ring.append("s", float(at), {"a": float(at), f"rare.{at // 1000}": 1.0})
    window = ring.window("s", ["a"])
    assert np.array_equal(window.columns["a"], np.arange(3000.0, 9000.0))
    assert ring.metrics("s") == ["a", *(f"rare.{n}" for n in range(3, 9))]


def test_how_many_there_are_is_told_without_a_window():
    ring = Ring(rows=6000)
    for at in range(9000):
        ring.append("s", float(at), {"a": 1.0})
    ring.append("s", 5000.5, {"a": 1.0})
    for start, end in ((0, 9000), (2999, 3002), (4095.5, 5000.5), (8999, 8999), (8999.5, 9e9), (7, 3), (0, 3500)):
        assert ring.count("s", start, end) == len(ring.window("s", ["a"], start, end))
    assert ring.count("nobody", 0, 9000) == 0


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


def test_a_day_told_late_copies_little_and_keeps_few_blocks(monkeypatch):
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


def test_what_was_filed_before_our_clock_was_set_back_is_not_the_newest():
    now = [0.0]
    ring = Ring(clock=lambda: now[0])
    for now[0], at, values in ((0.0, 0.0, {"a": 1.0, "b": 1.0}), (3_600.0, 3_600.0, {"a": 2.0, "c": 2.0}),
                               (10.0, 10.0, {"a": 3.0})):
        ring.append("s", at, values)
    assert ring.latest("s") == {"a": (10.0, 3.0), "b": (0.0, 1.0)}
    assert list(rows_of(ring.window("s"))) == list(rows_of(ring.window("s", start=-60.0))) == [0.0, 10.0]
    assert len(ring.window("s", end=3_600.0)) == 3
    now[0] = 3_600.0
    assert ring.latest("s")["a"] == (3_600.0, 2.0) and len(ring.window("s")) == 3


def test_the_newest_up_to_now_are_found_without_a_copy_of_all_that_is_kept():
    rows, names = 20_000, [f"m.{number}" for number in range(50)]
    ring = Ring(clock=lambda: rows)
    columns = {name: np.arange(float(rows)) for name in names} | {"rare": np.full(rows, np.nan)}
    columns["rare"][3] = 7.0
    ring.prepend("s", np.arange(float(rows)), columns)
    ring.append("s", rows + 3_600.0, dict.fromkeys([*names, "rare", "new"], -1.0))
    tracemalloc.start()
    try:
        found = ring.latest("s")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == dict.fromkeys(names, (rows - 1.0, rows - 1.0)) | {"rare": (3.0, 7.0)}
    assert peak < 500_000  # of 8 MB


def test_for_one_answer_a_source_stands_still_from_when_it_is_first_asked_for():
    ring = Ring()
    ring.append("s", 1.0, {"a": 1.0})
    ring.append("later", 1.0, {"a": 1.0})
    still = ring.still()
    assert still.span("s") == (1.0, 1.0)
    for source in ("s", "later"):
        ring.append_all(source, [(float(at), NamedNumbers.of({"a": 2.0, "b": 2.0})) for at in range(2, 90)])
    assert (still.cursor("s"), still.metrics("s"), still.count("s", 0, 99)) == (1, ["a"], 1)
    assert rows_of(still.since("s", 0)) == rows_of(still.window("s", end=99.0)) == {1.0: {"a": 1.0}}
    assert still.latest("s") == {"a": (1.0, 1.0)} and still.epoch == ring.epoch
    assert (still.cursor("later"), still.span("later")) == (89, (1.0, 89.0))
    assert still.cut("nobody") is None and still.sources() == ring.sources()


def test_samples_that_come_in_their_order_need_not_be_looked_at_one_by_one():
    ring = Ring(rows=3_000)
    for begin in range(0, 4_000, 50):
        ring.append_all("s", [(float(at), NamedNumbers.of({"a": 1.0})) for at in range(begin, begin + 50)])
    assert len(blocks := [block for block, _, _ in ring.cut("s").parts]) > 2
    assert all(block.as_heard for block in blocks)
    ring.append("s", 3_000.5, {"a": 2.0})
    assert not all(block.as_heard for block, _, _ in ring.cut("s").parts)


def test_news_of_a_block_in_which_a_sample_was_changed_are_looked_for_one_by_one():
    ring = Ring()
    ring.append_all("s", [(float(at), NamedNumbers.of({"a": 1.0})) for at in range(100)])
    cursor = ring.cursor("s")
    ring.append("s", 40.0, {"b": 2.0})
    ring.append("s", 60.5, {"a": 3.0})
    ring.append("s", 100.0, {"a": 4.0})
    news = ring.since("s", cursor)
    assert rows_of(news) == {40.0: {"a": 1.0, "b": 2.0}, 60.5: {"a": 3.0}, 100.0: {"a": 4.0}} and not news.in_order
    newest = ring.since("s", ring.cursor("s") - 1)
    assert rows_of(newest) == {100.0: {"a": 4.0}} and newest.in_order
