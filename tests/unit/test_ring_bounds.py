"""The ring's bounds: rows, metrics, sources. What is refused is counted, and what is dead makes room."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from dashboard.metrics.refused_names import REFUSED_NAMES_SHOWN, REFUSED_NAMES_TOLD_APART
from dashboard.metrics.ring import SOURCE_IDLE_S, Ring
from tests.unit.ring_model import Model, check


def test_sources_are_bounded_and_counted():
    ring = Ring(sources=2)
    outcomes = [ring.append(source, 1.0, {"a": 1.0}) for source in ("x", "y", "z", "z", "w")]
    assert outcomes == ["stored", "stored", "refused", "refused", "refused"]
    assert ring.sources() == ["x", "y"]
    assert ring.counters.sources_refused == 2 and ring.counters.sources_refused_examples == ("z", "w")


def test_a_source_silent_for_a_day_gives_its_place_to_a_new_one():
    ring = Ring(sources=2)
    for at in (1.0, 2.0, 3.0):
        ring.append("old", at, {"a": 1.0})
    ring.append("live", SOURCE_IDLE_S, {"a": 1.0})
    assert ring.append("new", SOURCE_IDLE_S + 3.0, {"a": 1.0}) == "refused"
    assert ring.append("new", SOURCE_IDLE_S + 4.0, {}) == "empty"
    assert ring.append("new", SOURCE_IDLE_S + 4.0, {"a": 1.0}) == "stored"
    assert ring.sources() == ["live", "new"]
    # A cursor of a source that went must not fit one that came later under any name.
    assert ring.since("new", 2) is None and len(ring.since("new", 3)) == 1


def test_metrics_are_bounded_and_the_good_ones_beside_are_kept():
    ring = Ring(metrics=2)
    assert ring.append("s", 1.0, {"a": 1.0, "b": 1.0, "c": 1.0}) == "stored"
    assert ring.append("s", 2.0, {"d": 1.0}) == "refused"
    assert ring.append("s", 1.0, {"e": 1.0}) == "refused"
    assert ring.append("s", 0.5, {"e": 1.0, "b": 2.0}) == "late"
    assert ring.metrics("s") == ["a", "b"] and ring.length("s") == 2
    counters = ring.counters
    assert (counters.cells_refused, counters.metrics_refused, counters.samples_refused) == (4, 3, 2)


@pytest.mark.parametrize("rows", [5, 100])
def test_dead_names_give_their_places_back(rows):
    ring = Ring(rows=rows, metrics=3)
    ring.append("s", 0.0, {"dead.1": 1.0, "dead.2": 1.0, "live": 1.0})
    for at in range(1, rows):
        ring.append("s", float(at), {"live": 1.0, "late-comer": 1.0})
    assert ring.metrics("s") == ["dead.1", "dead.2", "live"]
    ring.append("s", float(rows), {"live": 1.0, "late-comer": 1.0})
    assert ring.metrics("s") == ["live"]
    ring.append("s", float(rows + 1), {"live": 1.0, "late-comer": 1.0})
    assert ring.metrics("s") == ["late-comer", "live"]
    assert ring.latest("s")["late-comer"] == (rows + 1, 1.0)


def test_a_flood_of_names_takes_no_memory_beyond_the_bounds():
    ring = Ring(rows=1000, metrics=16)
    def flood(first: int, last: int) -> None:
        for event in range(first, last):
            ring.append("s", float(event), {"live": 1.0, f"name.{event}": 1.0})
    tracemalloc.start()
    flood(0, 20_000)
    before, _ = tracemalloc.get_traced_memory()
    flood(20_000, 60_000)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after < 1_000_000 and after - before < 50_000
    counters = ring.counters
    assert counters.metrics_refused == REFUSED_NAMES_TOLD_APART
    assert len(counters.metrics_refused_examples) == REFUSED_NAMES_SHOWN
    assert len(ring.metrics("s")) <= 16 and "live" in ring.metrics("s")
    assert np.isfinite(ring.window("s", ["live"]).columns["live"]).all()


@pytest.mark.parametrize("bound", ["rows", "metrics", "sources"])
def test_a_bound_below_one_is_an_error(bound):
    with pytest.raises(ValueError):
        Ring(**{bound: 0})


def test_the_span_of_what_is_kept():
    ring = Ring(rows=3)
    assert ring.span("pl") is None
    for at in (5.0, 3.0, 9.0):
        ring.append("pl", at, {"a": 1.0})
    assert ring.span("pl") == (3.0, 9.0)
    ring.append("pl", 7.0, {"a": 1.0})
    assert ring.span("pl") == (5.0, 9.0)


def test_metrics_that_come_alternately_take_little_memory():
    """Also beside others that always come, and late; and those that come all together get long blocks again."""
    ring, model = Ring(rows=4_096, metrics=512), Model(4_096)
    for at in range(10_000):
        sample = {f"m{at * 7 % 500}": float(at), "always": 1.0, "too": 2.0}
        assert ring.append("s", float(at), sample) == model.append(float(at), sample)
        if at % 100 == 50:
            for late in (at - 30.5, at - 30.5, at - 40.0):
                sample = {f"m{at * 11 % 500}": 1.0}
                assert ring.append("s", late, sample) == model.append(late, sample)
    check(ring, model)
    blocks = ring._tables["s"]._blocks
    assert sum(block.size * len(block.columns) * 8 for block in blocks) < 4_000_000  # of 16 MB in blocks of 1,024
    for at in range(10_000, 14_096):
        sample = dict.fromkeys(("a", "b"), float(at))
        assert ring.append("s", float(at), sample) == model.append(float(at), sample)
    check(ring, model)
    assert len(ring._tables["s"]._blocks) < 8
