"""The ring is the queue: what of it is not written, whatever happens to it meanwhile."""

from __future__ import annotations

import numpy as np

from dashboard.history.backlog import Backlog, portions
from dashboard.history.samples import is_fast, rows_at_once
from dashboard.metrics.ring import Ring


def values(batch) -> list[float]:
    return batch.values[0].tolist() if len(batch) else []


def take(backlog: Backlog) -> list[float]:
    batch, cursor = backlog.take("s")
    backlog.advance("s", cursor)
    return values(batch)


def test_each_sample_is_taken_once_and_again_where_it_changed():
    ring = Ring()
    backlog = Backlog(ring)
    assert backlog.sources() == []
    ring.append("s", 1.0, {"a": 1.0})
    ring.append("s", 3.0, {"a": 3.0})
    assert backlog.sources() == ["s"]
    assert take(backlog) == [1.0, 3.0]
    assert backlog.sources() == [] and take(backlog) == []
    ring.append("s", 2.0, {"a": 2.0})
    ring.append("s", 3.0, {"b": 9.0})
    assert values(backlog.pending("s")[0]) == [2.0, 3.0]
    assert take(backlog) == [2.0, 3.0]


def test_what_could_not_be_written_is_taken_again():
    ring = Ring()
    backlog = Backlog(ring)
    ring.append("s", 1.0, {"a": 1.0})
    assert values(backlog.take("s")[0]) == [1.0]
    ring.append("s", 2.0, {"a": 2.0})
    assert take(backlog) == [1.0, 2.0]


def test_what_fell_out_before_it_was_written_is_counted():
    ring = Ring(rows=3)
    backlog = Backlog(ring)
    ring.append("s", 0.0, {"a": 0.0})
    assert take(backlog) == [0.0]
    for at in range(1, 11):
        ring.append("s", float(at), {"a": float(at)})
    assert take(backlog) == [8.0, 9.0, 10.0]
    assert backlog.dropped == 7


def test_a_source_that_fills_what_is_kept_of_it_presses_until_it_is_written():
    ring = Ring(rows=100)
    backlog = Backlog(ring)
    for at in range(25):
        ring.append("s", float(at), {"a": float(at)})
    assert not backlog.is_pressing()
    ring.append("s", 25.0, {"a": 25.0})
    ring.append("slow", 1.0, {"a": 1.0})
    assert backlog.is_pressing()
    take(backlog)
    assert not backlog.is_pressing()


def test_what_was_filed_before_our_clock_was_set_back_is_taken_and_counted_too():
    ring = Ring(rows=3, clock=lambda: 0.0)
    backlog = Backlog(ring)
    ring.append("s", 0.0, {"a": 0.0})
    assert take(backlog) == [0.0]
    for at in range(1_001, 1_011):
        ring.append("s", float(at), {"a": float(at)})
    assert take(backlog) == [1_008.0, 1_009.0, 1_010.0]
    assert backlog.dropped == 7


def test_what_came_from_the_database_is_not_written_there_again_unless_it_changed():
    ring = Ring()
    backlog = Backlog(ring)
    ring.append("s", 5.0, {"a": 5.0})
    backlog.filled("s", ring.prepend("s", np.array([1.0, 2.0]), {"a": np.array([1.0, 2.0])}))
    assert values(backlog.pending("s")[0]) == [5.0]
    ring.append("s", 2.0, {"b": 7.0})
    assert take(backlog) == [2.0, 5.0]
    assert take(backlog) == []


def test_another_database_gets_all():
    ring = Ring()
    backlog = Backlog(ring)
    backlog.filled("s", ring.prepend("s", np.array([1.0]), {"a": np.array([1.0])}))
    assert take(backlog) == []
    backlog.restart()
    assert take(backlog) == [1.0]


def test_a_source_that_was_pushed_out_and_comes_back():
    ring = Ring(sources=1)
    backlog = Backlog(ring)
    ring.append("s", 1.0, {"a": 1.0})
    assert take(backlog) == [1.0]
    ring.append("other", 1.0 + 100_000, {"a": 2.0})
    assert backlog.sources() == ["other"]
    ring.append("s", 1.0 + 300_000, {"a": 3.0})
    assert take(backlog) == [3.0]


def test_portions():
    ring = Ring()
    for at in range(5):
        ring.append("s", float(at), {"a": float(at)})
    batch, _ = Backlog(ring).take("s")
    assert [values(part) for part in portions(batch, 2)] == [[0.0, 1.0], [2.0, 3.0], [4.0]]


def test_which_sources_are_fast():
    def fast(*seconds: float) -> bool:
        return is_fast(np.array([round(second * 1e6) for second in seconds], dtype=np.int64))

    assert fast(*(step / 10 for step in range(20)))
    assert fast(0, 0.5, 1.0, 1.5)
    assert not fast(0, 0.5, 1.0)  # too few to tell
    assert not fast(0, 0.001, 0.002, 0.003)  # about one moment
    assert not fast(0, 0.001, 5, 5.001)  # two events every five seconds
    assert not fast(0, 1.1, 1.9, 3.0, 4.1)  # one a second, more or less
    assert fast(*(step / 1_000 for step in range(500)))  # half a second is enough of so many
    assert not fast(*(float(step) for step in range(500)))


def test_events_with_few_metrics_are_written_more_at_once():
    assert [rows_at_once(metrics) for metrics in (0, 1, 4, 10, 50, 500)] == [4_000, 4_000, 4_000, 2_500, 500, 500]
