"""What a history on real databases answers: tiers, the present beside the past, rates, gaps, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dashboard.history.answers import OFF, READY, UnknownMetric, UnknownSource, WindowError
from tests.integration.conftest import NOW
from tests.integration.history_process import Process


def test_tiers_say_what_the_samples_said(process):
    chance = np.random.default_rng(3)
    one = process()
    times = np.sort(chance.choice(np.arange(0, 36 * 3_600), 3_000, replace=False)) + NOW - 36 * 3_600
    values = chance.normal(size=3_000)
    for at, value in zip(times.tolist(), values.tolist(), strict=True):
        one.hear(at, a=value)
    one.store.step()
    fresh = process(rows=10)  # a process whose ring has nothing of it
    fresh.store.step()
    for points, tier in ((100, "30m"), (1_000, "1m"), (40, "1h")):
        answer = fresh.series("a", NOW - 36 * 3_600, NOW, points=points)
        assert answer.tier == tier
        line = answer.lines["a"]
        starts = np.floor(times / answer.step_s) * answer.step_s
        for start, mean, low, high, last, count in zip(
                line.times, line.mean, line.minimum, line.maximum, line.last, line.count, strict=True):
            held = values[starts == start]
            if math.isnan(mean):
                assert (len(held), count) == (0, 0)
                continue
            assert count == len(held)
            assert mean == pytest.approx(held.mean())
            assert (low, high, last) == (held.min(), held.max(), held[-1])
        assert line.count.sum() == 3_000


def test_past_and_present_join_without_a_hole(process):
    """What is not written yet comes from the ring, in raw answers and in buckets, and counts once."""
    one = process()
    for step in range(720):
        one.hear(NOW - 3_600 + step * 5, a=float(step))
        if step == 700:
            one.store.step()
    raw = one.series("a", NOW - 3_600, NOW)
    assert (raw.tier, raw.step_s) == ("raw", 0)
    assert raw.lines["a"].mean.tolist() == list(map(float, range(720)))
    before = one.series("a", NOW - 3_600, NOW, points=60)
    one.store.step()
    after = one.series("a", NOW - 3_600, NOW, points=60)
    assert before.tier == after.tier == "1m"
    for name in ("times", "mean", "minimum", "maximum", "last", "count"):
        assert getattr(before.lines["a"], name).tolist() == getattr(after.lines["a"], name).tolist()
    assert before.lines["a"].count.sum() == 720


def test_a_metric_that_only_the_ring_has_is_answered_too(process):
    one = process()
    one.hear(NOW - 5, a=1.0)
    one.store.step()
    one.hear(NOW - 4, b=2.0)
    one.hear(NOW - 4, source="new", c=3.0)
    assert one.values("b", NOW - 10, NOW) == [2.0]
    assert one.values("c", NOW - 10, NOW, source="new") == [3.0]
    assert one.values("b", NOW - 72 * 3_600, NOW) == [2.0]  # from a tier


def test_unknown_names_and_windows_are_refused(process):
    one = process()
    one.hear(NOW - 5, a=1.0)
    one.store.step()
    with pytest.raises(UnknownSource):
        one.series("a", NOW - 10, NOW, source="nobody")
    with pytest.raises(UnknownMetric, match="There is no metric b"):
        one.series("b", NOW - 10, NOW)
    with pytest.raises(UnknownSource):
        one.store.metrics.metrics("nobody")
    for start, end, words in ((NOW, NOW - 1, "end lies before start"), (math.nan, NOW, "are times"),
                              (NOW - 800 * 86_400, NOW, "longer than what is kept: 730 days"),
                              (NOW - 800 * 86_400, NOW - 799 * 86_400, "older than what is kept")):
        with pytest.raises(WindowError, match=words):
            one.series("a", start, end)
    answer = one.series("a", NOW - 10, NOW, points=10_000_000)
    assert answer.points == 10_000
    assert "10,000,000 points were asked for; 10,000 is the most." in answer.notes


def test_counters_are_rates_in_every_tier(process):
    one = process()
    name = "system.network_io.bytes_sent"
    for step in range(2_000):
        one.hear(NOW - 20_000 + step * 10, **{name: step * 1_000.0})
    one.store.step()
    for points in (5_000, 500, 50):
        line = one.series(name, NOW - 20_000, NOW, points=points).lines[name]
        assert line.is_rate
        assert np.nanmax(np.abs(line.mean - 100.0)) < 1e-9
        assert line.statistics.mean == pytest.approx(100.0)
    sent = one.series(name, NOW - 20_000, NOW, points=5_000, rates=False).lines[name]
    assert (sent.is_rate, sent.last[-1]) == (False, 1_999_000.0)


def test_rows_of_a_window_are_of_that_window_in_every_tier(process):
    """Whoever asks for one window after the other is told no row twice, and none that lies in the next."""
    one = process()
    for step in range(2_160):
        one.hear(NOW - 3 * 3_600 + step * 5, **{"a": float(step), "b" if step % 2 else "c": float(step)})
    one.store.step()
    edges = [NOW - 7_201, NOW - 3_592, NOW - 1_001, NOW - 1]  # no sample lies at one, which would be of both
    for points in (1_000, 100, 10):
        windows = [one.store.metrics.samples("pl", None, start, end, points)[0]
                   for start, end in zip(edges, edges[1:], strict=False)]
        for window, start, end in zip(windows, edges, edges[1:], strict=False):
            assert start <= window.times[0] and window.times[-1] <= end
            for values in window.columns.values():
                told = (NOW - 3 * 3_600 + values * 5)[~np.isnan(values)]
                assert len(told) > 1 and start <= told.min() and told.max() <= end
        times = np.concatenate([window.times for window in windows])
        assert (np.diff(times) > 0).all()


def test_gaps_stay_gaps(process):
    one = process()
    for step in range(720):
        if not 100 <= step < 160:
            one.hear(NOW - 3_600 + step * 5, a=1.0)
    one.store.step()
    for points in (1_000, 200, 60):
        line = one.series("a", NOW - 3_600, NOW, points=points).lines["a"]
        broken = line.times[np.isnan(line.mean)]
        assert len(broken) == 1, points
        assert NOW - 3_100 <= broken[0] <= NOW - 2_800


def test_what_there_is(process):
    one = process()
    one.hear(NOW - 90_000, a=1.0)
    one.hear(NOW - 10, a=2.0, b=5.0)
    one.hear(NOW - 5, source="other", c=1.0)
    one.store.step()
    one.hear(NOW - 1, a=3.0)
    one.hear(NOW - 1, source="young", d=4.0)
    assert [(info.name, info.first_at, info.last_at, info.metrics) for info in one.store.metrics.sources()] == [
        ("other", NOW - 5, NOW - 5, 1), ("pl", NOW - 90_000, NOW - 1, 2), ("young", NOW - 1, NOW - 1, 1)]
    fresh = process()
    for each, newest in ((one, (NOW - 1, 3.0)), (fresh, (NOW - 10, 2.0))):
        assert [(info.name, info.first_at, info.last_at, info.last) for info in each.store.metrics.metrics("pl")] == [
            ("a", NOW - 90_000, *newest), ("b", NOW - 10, NOW - 10, 5.0)]


def test_a_matrix_of_all_metrics(process):
    one = process()
    for step in range(100):
        one.hear(NOW - 500 + step * 5, a=float(step), b=2.0)
    one.hear(NOW - 2, c=7.0)
    one.store.step()
    found = one.store.metrics.matrix("pl", None, NOW - 500, NOW, 200)
    assert found.metrics == ("a", "b", "c")
    assert found.means.shape == (3, len(found.times)) == found.counts.shape
    assert np.isnan(found.means[2, :-1]).all() and found.means[2, -1] == 7.0
    few = one.store.metrics.matrix("pl", ["a"], NOW - 500, NOW, 10)
    assert (few.tier, few.step_s, few.counts.sum()) == ("1m", 60, 100)
    assert few.means[0, 0] == np.arange(few.counts[0, 0]).mean()


def test_statistics_of_a_window(process):
    one = process()
    for step in range(100):
        one.hear(NOW - 500 + step * 5, a=float(step))
    one.store.step()
    found = one.store.metrics.statistics("pl", ["a"], NOW - 500, NOW)["a"]
    assert (found.last, found.minimum, found.mean, found.maximum, found.change, found.count) == (
        99.0, 0.0, 49.5, 99.0, 99.0, 100)
    assert found.p95 == pytest.approx(94.05)


def test_names_no_database_can_hold(process):
    one = process()
    one.hear(NOW - 5, source="half \ud800 a pair", **{"nul\0": 1.0, "x" * 5_000: 2.0, "ü": 3.0})
    one.store.step()
    assert one.store.status.state == READY
    assert one.stored() == 3
    assert one.values("nul\0", NOW - 10, NOW, source="half \ud800 a pair") == [1.0]
    fresh = process()
    fresh.store.step()
    assert set(fresh.ring.metrics("half ? a pair")) == {"nul?", "x" * 500, "ü"}


def test_extreme_numbers(process):
    one = process()
    for step, value in enumerate((1.7e308, 1.7e308, -1.7e308, 5e-324)):
        one.hear(NOW - 50 + step, a=value)
    one.store.step()
    assert one.values("a", NOW - 100, NOW) == [1.7e308, 1.7e308, -1.7e308, 5e-324]
    line = one.series("a", NOW - 36 * 3_600, NOW, points=3).lines["a"]
    assert (line.minimum[0], line.maximum[0], line.count[0]) == (-1.7e308, 1.7e308, 4)


def test_switched_off_the_ring_answers():
    one = Process("off")
    one.hear(NOW - 5, a=1.0)
    one.store.start()
    assert one.store.stop()
    assert one.store.status.state == OFF
    answer = one.series("a", NOW - 10, NOW)
    assert (answer.from_store, answer.lines["a"].mean.tolist()) == (False, [1.0])
    assert [info.name for info in one.store.metrics.metrics("pl")] == ["a"]
    with pytest.raises(UnknownSource):
        one.series("a", NOW - 10, NOW, source="nobody")


def test_a_source_that_sends_many_times_a_second_is_read_in_seconds(process):
    """From buckets of its own, which all processes write as soon as one of them has found out."""
    one, two = process(), process()
    for step in range(12_000):
        at, value = NOW - 1_300 + step / 10, float(step % 100)
        one.hear(at, a=value)
        two.hear(at, a=value, b=1.0)
        if step in (50, 7_000):
            one.now = two.now = at
            one.store.step()
            two.store.step()
    one.now = two.now = NOW
    two.store.step()
    one.store.step()
    assert one.stored() == 24_000
    whole = one.series("a", NOW - 1_200, NOW, points=240)
    assert (whole.tier, whole.step_s, whole.notes) == ("5s", 5, ())
    assert set(whole.lines["a"].count[:-1].tolist()) == {50}
    assert whole.lines["a"].statistics.count == 11_000
    finer = one.series("a", NOW - 1_200, NOW, points=1_000)
    assert (finer.tier, finer.step_s) == ("5s", 5)
    assert "a point is 5 s wide" in finer.notes[0]
    assert one.series("a", NOW - 400, NOW - 300).tier == "raw"
    early = one.series("a", NOW - 1_300, NOW, points=400)  # from before it was found out
    assert (early.tier, early.step_s, early.notes) == ("5s", 5, ())
    assert set(early.lines["a"].count.tolist()) == {50}
    assert early.lines["a"].statistics.count == 12_000
