"""Availability by its definition, time in each health band, and the report over alerts and components."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.alerts.lifecycle import acknowledge, alerts_of, document_for, resolve, triggered
from dashboard.explore.availability import OUTAGES_MOST, SignsOfLife, availability
from dashboard.explore.report import BANDS, COMPONENTS_MOST, Evidence, health_bands, service_report
from dashboard.explore.series import coarsened
from dashboard.explore.span import Span
from tests.alert_events import NOW, trigger
from tests.unit.explore_series import any_numbers, of

HOUR = Span(10_000.0, 13_600.0)
INACTIVE_S = 60.0


def gap(start, end):
    return SimpleNamespace(start=start, end=end, why="Redis was away")


def heard(*spans, step_s=5.0, **more):
    """Samples every 5 s in each of the spans."""
    times = [np.arange(start, end, step_s) for start, end in spans]
    return SignsOfLife(np.concatenate(times) if times else np.empty(0), **{"known_since": 0.0, **more})


def seconds(signs, gaps=(), span=HOUR, **more):
    found = availability(span, signs, gaps, INACTIVE_S, **more)
    return found.up_s, found.down_s, found.stopped_s, found.unknown_s


def test_a_source_that_is_always_heard_is_up():
    found = availability(HOUR, heard((9_000, 14_000)), [], INACTIVE_S)
    assert (found.up_s, found.ratio, found.at_least, found.at_most, found.outages) == (3_600, 1, 1, 1, ())


def test_it_is_up_until_it_counts_as_inactive_and_then_down():
    found = availability(HOUR, heard((9_000, 11_000), (12_000, 14_000)), [], INACTIVE_S)
    assert (found.down_s, found.unknown_s) == (1_000 - 55, 0)  # the last sample was 5 s before
    assert found.outages == (Span(11_055, 12_000),)
    assert found.ratio == pytest.approx(1 - 945 / 3_600)


def test_a_pause_that_is_shorter_is_none():
    assert seconds(heard((9_000, 11_000), (11_050, 14_000))) == (3_600, 0, 0, 0)


def test_a_gap_of_the_feed_is_unknown_and_not_down():
    signs = heard((9_000, 11_000), (12_000, 14_000))
    assert seconds(signs, [gap(10_990, 11_995)]) == (3_600 - 945, 0, 0, 945)
    found = availability(HOUR, signs, [gap(10_990, 11_995)], INACTIVE_S)
    assert (found.ratio, found.at_least, found.at_most) == (1, pytest.approx(2_655 / 3_600), 1)


def test_after_a_gap_a_source_has_as_long_to_be_heard_as_ever():
    signs = heard((9_000, 11_000), (12_000, 14_000))
    up, down, _, unknown = seconds(signs, [gap(10_990, 11_500)])
    assert (down, unknown) == (12_000 - 11_560, 11_560 - 11_055)
    assert up == 3_600 - down - unknown


def test_what_was_had_back_from_a_gap_is_up():
    assert seconds(heard((9_000, 14_000)), [gap(10_500, 12_500)]) == (3_600, 0, 0, 0)


def test_a_gap_that_lasts_is_unknown_to_the_end():
    assert seconds(heard((9_000, 12_000)), [gap(11_990, None)]) == (2_055, 0, 0, 1_545)


def test_before_it_was_known_or_anybody_listened_nothing_is_known():
    signs = heard((12_000, 14_000), known_since=12_000.0)
    assert seconds(signs) == (1_600, 0, 0, 2_000)
    assert seconds(heard((12_000, 14_000), known_since=None)) == (1_600, 0, 0, 2_000)
    assert seconds(heard((12_000, 14_000))) == (1_600, 2_000, 0, 0)  # known of old, and silent
    assert seconds(heard((12_000, 14_000)), [gap(9_000, 11_000)]) == (1_600, 940, 0, 1_060)


def test_a_source_never_heard_again_is_down_and_one_never_heard_is_unknown():
    assert seconds(heard()) == (0, 3_600, 0, 0)
    assert availability(HOUR, heard(known_since=None), [], INACTIVE_S).ratio is None


def test_a_source_that_said_it_stops_is_stopped_and_not_down():
    signs = heard((9_000, 11_020), (12_000, 14_000), lifecycle=[(11_000, "stopping"), (11_010, "stopped")])
    assert seconds(signs) == (2_600, 0, 1_000, 0)
    assert availability(HOUR, signs, [], INACTIVE_S).ratio == pytest.approx(2_600 / 3_600)
    begun = heard((9_000, 11_020), (12_000, 14_000), lifecycle=[(11_000, "stopped"), (11_500, "starting")])
    assert seconds(begun) == (2_600, 500, 500, 0)
    for_ever = heard((9_000, 11_000), lifecycle=[(10_990, "stopped")])
    assert seconds(for_ever) == (990, 0, 2_610, 0)


def test_buckets_are_up_for_as_long_as_they_are_wide():
    signs = SignsOfLife(np.array([9_960.0, 10_020.0, 10_080.0, 10_200.0]), 60.0, 0.0)
    found = availability(Span(10_000, 10_260), signs, [], INACTIVE_S)
    assert (found.up_s, found.outages) == (200, (Span(10_140, 10_200),))


def test_buckets_narrower_than_a_source_may_be_silent_make_no_outage_of_its_pauses():
    """As of a source that sends more than once a second, a window of which is read in buckets of 5 s."""
    signs = SignsOfLife(np.concatenate([np.arange(9_900, 10_000, 5.0), np.arange(10_050, 10_100, 5.0)]), 5.0, 0.0)
    found = availability(Span(10_000, 10_200), signs, [], INACTIVE_S)
    assert (found.up_s, found.outages) == (155, (Span(10_155, 10_200),))


def test_of_many_outages_the_longest_are_named_in_order():
    times = np.concatenate([np.arange(0, 15_000, 100.0), [16_000.0]])
    found = availability(Span(0, 16_000), SignsOfLife(times, None, 0.0), [], INACTIVE_S)
    assert (len(found.outages), found.outages_left_out) == (OUTAGES_MOST, 50)
    assert found.outages[-1].length_s == 1_040
    assert list(found.outages) == sorted(found.outages, key=lambda one: one.start)


moments = st.floats(9_000, 14_500)


@settings(deadline=None)
@given(st.lists(moments, max_size=40), st.lists(st.tuples(moments, st.one_of(st.none(), moments)), max_size=5),
       st.lists(st.tuples(moments, st.sampled_from(["stopped", "running", "starting"])), max_size=5),
       st.sampled_from([None, 30.0]), st.one_of(st.none(), moments))
def test_every_second_has_one_state(times, gaps, lifecycle, step_s, known_since):
    signs = SignsOfLife(np.array(sorted(times)), step_s, known_since, lifecycle)
    gaps = [gap(start, None if end is None else max(start, end)) for start, end in gaps]
    found = availability(HOUR, signs, gaps, INACTIVE_S)
    parts = (found.up_s, found.down_s, found.stopped_s, found.unknown_s)
    assert min(parts) >= 0
    assert sum(parts) == pytest.approx(3_600)
    assert 0 <= found.at_least <= found.at_most <= 1 + 1e-9
    assert found.ratio is None or found.at_least - 1e-9 <= found.ratio <= 1
    assert sum(outage.length_s for outage in found.outages) == pytest.approx(found.down_s)
    without_gaps = availability(HOUR, signs, [], INACTIVE_S)
    assert found.down_s <= without_gaps.down_s + 1e-6
    assert found.up_s == pytest.approx(without_gaps.up_s)


def test_a_score_counts_until_the_next_one_and_not_for_ever():
    scores = of([9_990, 10_000, 10_030, 10_090, 10_300], [10, 95, 80, 0, 50], "health.score")
    found = health_bands(Span(10_000, 10_310), scores, INACTIVE_S)
    assert found == {"excellent": 30, "healthy": 60, "degraded": 0, "unhealthy": 10, "critical": 60, "unknown": 150}


def test_the_bands_are_those_of_the_scores():
    scores = of(np.arange(10) * 10.0, [100, 90, 89.9, 75, 74.9, 60, 59.9, 40, 39.9, 0], "health.score")
    found = health_bands(Span(0, 100), scores, INACTIVE_S)
    assert found == {"excellent": 20, "healthy": 20, "degraded": 20, "unhealthy": 20, "critical": 20, "unknown": 0}


def test_without_a_score_all_is_unknown():
    assert health_bands(HOUR, None, INACTIVE_S)["unknown"] == 3_600
    assert health_bands(HOUR, of([], []), INACTIVE_S)["unknown"] == 3_600
    buckets = coarsened(of([10_000, 10_010, 10_120], [95, 85, 50]), 60)  # from 9,960 on
    assert health_bands(Span(10_000, 10_180), buckets, INACTIVE_S)["excellent"] == 20
    rare = coarsened(of(np.arange(10_000, 10_200, 30.0), [95] * 7), 5)  # one in six of such buckets has a score
    assert health_bands(Span(10_000, 10_200), rare, INACTIVE_S)["excellent"] == 200


@settings(deadline=None)
@given(any_numbers, st.floats(0.5, 200))
def test_the_bands_fill_the_window(values, step_s):
    found = health_bands(HOUR, of(9_900 + np.arange(len(values)) * step_s, values), INACTIVE_S)
    assert tuple(found) == BANDS
    assert sum(found.values()) == pytest.approx(3_600)


def lived(alert_id, at, *, taken=None, over=None, level="WARNING", component="db", source="TickStockPL"):
    event = trigger(alert_id, at, level=level, component=component, source=source)
    document = triggered(document_for(event), event)
    key = alerts_of(document)[-1].key
    if taken is not None:
        document = acknowledge(document, key, "anna", at + taken)
    if over is not None:
        document = resolve(document, key, "anna", at + over)
    return alerts_of(document)[-1]


def report(alerts, span=None):
    span = span or Span(NOW, NOW + 3_600)
    times = np.arange(span.start - 60, span.end, 5.0)
    evidence = [Evidence("TickStockPL", SignsOfLife(times, None, 0.0), of(times, np.full(len(times), 92.0))),
                Evidence("simulator", SignsOfLife(np.empty(0)))]
    return service_report(span, evidence, [gap(NOW - 100, NOW + 60), gap(NOW + 30, NOW + 90)], alerts, INACTIVE_S)


def test_the_report_tells_of_sources_alerts_and_components():
    found = report([
        lived("a", NOW + 10, taken=20, over=100), lived("b", NOW + 50, level="CRITICAL", component="net"),
        lived("old", NOW - 5_000, over=5_100, component="net"), lived("older", NOW - 9_000, over=10),
        lived("later", NOW + 4_000)])
    real, simulated = found.sources
    assert (real.availability.ratio, real.bands["excellent"], real.simulated) == (1, 3_600, False)
    assert (simulated.availability.ratio, simulated.bands["unknown"], simulated.simulated) == (None, 3_600, True)
    assert (found.alerts.all.count, found.alerts.all.acknowledged, found.alerts.all.resolved) == (2, 1, 1)
    assert found.alerts.all.mean_acknowledge_s == pytest.approx(20)
    assert found.alerts.all.median_resolve_s == pytest.approx(100)
    assert list(found.alerts.by_level) == ["CRITICAL", "WARNING"]
    assert (found.alerts.open_at_start, found.alerts.open_at_end) == (1, 1)
    worst, next_one = found.components
    assert (worst.component, worst.worst_level, worst.alerts) == ("net", "CRITICAL", 2)
    assert worst.by_level == {"CRITICAL": 1, "WARNING": 1}
    assert worst.open_s == pytest.approx(3_550 + 50)  # what overlaps counts once
    assert (next_one.component, next_one.open_s) == ("db", pytest.approx(100))
    assert found.gaps_s == 90


def test_components_are_bounded_and_those_of_two_sources_are_two():
    alerts = [lived(str(number), NOW + number, component=f"c{number:02}", over=10 + number) for number in range(30)]
    alerts += [lived("x", NOW, component="c29", source="other", over=5_000)]
    found = report(alerts)
    assert (len(found.components), found.components_left_out) == (COMPONENTS_MOST, 11)
    assert [(one.source, one.component) for one in found.components[:2]] == [("other", "c29"), ("TickStockPL", "c29")]


def test_nothing_is_no_error():
    found = service_report(HOUR, [], [], [], INACTIVE_S)
    assert (found.sources, found.components, found.alerts.all.count, found.alerts.by_level) == ((), (), 0, {})
    assert found.alerts.all.mean_resolve_s is None
