"""What was known before a start comes in front of what was heard since, within the same bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.metrics.ring import Ring
from tests.unit.ring_model import NAMES, Model, cells, check, rows_of, sample
from tests.unit.tape import made

earlier = made(60, 3, sample).map(dict)
later = made(60, 3, lambda tape: (tape.number(40, 100), cells(tape)))


def columns_of(samples: dict[int, dict[str, float]]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    times = sorted(samples)
    return np.array(times, dtype=float), {
        name: np.array([samples[at].get(name, math.nan) for at in times]) for name in NAMES}


@settings(deadline=None)
@given(earlier, later, later, st.integers(1, 40))
def test_the_ring_is_as_if_it_had_heard_it_all(before, heard, after, rows):
    ring, model = Ring(rows=rows), Model(rows)
    for at, values in heard:
        ring.append("s", float(at), values)
        model.append(float(at), values)
    oldest = min(model.kept, default=math.inf)
    numbers = ring.prepend("s", *columns_of(before))
    room = [at for at in sorted(before) if at < oldest][::-1][:rows - len(model.kept)]
    for at in room:
        model.kept[float(at)] = dict(before[at])
    assert numbers[1] - numbers[0] == len(room)
    check(ring, model)
    for at, values in after:
        assert ring.append("s", float(at), values) == model.append(float(at), values)
    check(ring, model)


def test_whoever_follows_takes_the_window_anew():
    ring = Ring()
    ring.append("s", 100.0, {"a": 1.0})
    cursor = ring.cursor("s")
    assert ring.prepend("s", np.array([1.0, 2.0]), {"a": np.array([5.0, 6.0])}) == (cursor, cursor + 2)
    news = ring.since("s", cursor)
    assert rows_of(news) == {1.0: {"a": 5.0}, 2.0: {"a": 6.0}}
    assert not news.in_order


def test_bounds_hold():
    ring = Ring(metrics=1, sources=1)
    ring.prepend("s", np.array([1.0]), {"a": np.array([5.0]), "b": np.array([6.0])})
    assert ring.metrics("s") == ["a"]
    assert ring.prepend("t", np.array([1.0]), {"a": np.array([5.0])}) == (0, 0)
    assert ring.sources() == ["s"]


@pytest.mark.parametrize("columns", [{}, {"a": np.array([math.nan])}])
def test_nothing_makes_no_source(columns):
    ring = Ring()
    assert ring.prepend("s", np.array([1.0]), columns) == (0, 0)
    assert ring.sources() == []
