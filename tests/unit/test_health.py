"""Liveness, lifecycle, bands and the headline, as pure functions."""

from __future__ import annotations

import pytest

from dashboard.events import Component, HealthReport
from dashboard.health import (
    Lifecycle,
    headline,
    lifecycle_in_effect,
    lifecycle_word,
    liveness,
    merge_components,
    score_band,
    word_status,
)


@pytest.mark.parametrize(("age_s", "word"), [
    (0, "active"), (29.9, "active"), (30, "delayed"), (59.9, "delayed"), (60, "inactive"), (1e6, "inactive"),
    (-4, "active"), (-60, "delayed")])
def test_liveness_follows_receive_time_alone(age_s, word):
    assert liveness(1000.0, 1000.0 + age_s, 30, 60) == word


def test_nothing_heard_is_inactive_and_limits_are_settings():
    assert liveness(None, 5.0, 30, 60) == "inactive"
    assert liveness(0.0, 5.0, 4, 6) == "delayed"


def test_a_lifecycle_word_overrides_active_but_silence_is_silence():
    assert liveness(0.0, 5.0, 30, 60, "stopping") == "stopping"
    assert liveness(0.0, 45.0, 30, 60, "stopped") == "stopped"
    assert liveness(0.0, 60.0, 30, 60, "stopped") == "inactive"


def _said(state: str, since: float = 100.0, time: float | None = 100.0) -> Lifecycle:
    return Lifecycle(state, state, since, time)


@pytest.mark.parametrize(("last_received", "held"), [(100, True), (110, True), (129.9, True), (130, False)])
def test_a_stop_holds_for_thirty_seconds_of_signs_of_life(last_received, held):
    for state in ("stopping", "stopped"):
        said = _said(state, time=None)
        assert lifecycle_in_effect(said, last_received, None) == (state if held else None)


def test_a_stop_that_reaches_us_late_does_not_silence_a_source_that_moved_on():
    said = _said("stopped", since=500.0, time=100.0)
    assert lifecycle_in_effect(said, 500.0, 129.0) == "stopped"
    assert lifecycle_in_effect(said, 500.0, 130.0) is None


def test_a_start_holds_until_anything_follows():
    assert lifecycle_in_effect(_said("starting"), 100.0, 100.0) == "starting"
    assert lifecycle_in_effect(_said("starting"), 100.5, 100.0) is None


@pytest.mark.parametrize("lifecycle", [None, _said("running"), Lifecycle("odd", None, 100.0)])
def test_nothing_else_overrides(lifecycle):
    assert lifecycle_in_effect(lifecycle, 100.0, 100.0) is None


@pytest.mark.parametrize(("score", "band"), [
    (100, "excellent"), (90, "excellent"), (89.9, "healthy"), (75, "healthy"), (74.9, "degraded"), (60, "degraded"),
    (59.9, "unhealthy"), (40, "unhealthy"), (39.9, "critical"), (0, "critical"), (None, None)])
def test_score_bands(score, band):
    assert score_band(score) == band


@pytest.mark.parametrize("word", [None, 5, "", "whatever", ["ok"]])
def test_words_nobody_agreed_on(word):
    assert word_status(word) == "unknown"
    assert lifecycle_word(word) is None


def test_words_ignore_case_and_space():
    assert word_status(" WARN ") == "degraded"
    assert lifecycle_word(" Stopping ") == "stopping"
    assert lifecycle_word("failed") is None


def _report(score: float | None, status: str | None = None) -> HealthReport:
    return HealthReport(score, status, None, ())


def test_the_headline_is_the_newest_score():
    said = [("metric_update", 10.0, _report(88)), ("health_check", 9.0, _report(50))]
    assert (headline(said).score, headline(said).source_of_score, headline(said).at) == (88, "metric_update", 10.0)
    said = [("metric_update", 10.0, _report(88)), ("health_check", 10.0, _report(50))]
    assert headline(said).score == 50
    assert headline(said[::-1]).score == 50


def test_a_word_never_hides_a_score_and_never_becomes_one():
    said = [("metric_update", 1.0, _report(0)), ("health_check", 9.0, _report(None, "healthy"))]
    assert (headline(said).score, headline(said).band) == (0, "critical")
    only = headline([("health_check", 9.0, _report(None, "healthy"))])
    assert (only.score, only.band, only.status) == (None, None, "healthy")
    assert headline([]) is None
    assert headline([("health_check", 9.0, _report(None))]) is None


@pytest.mark.parametrize(("components", "reason", "name"), [
    ([], "", None),
    ([Component("a", "healthy", None, 95.0), Component("b", "healthy", "ok")], "", None),
    ([Component("a", "healthy", None, 95.0), Component("b", "healthy", None, 80.0)], "b 80 (healthy)", "b"),
    ([Component("a", "degraded", None, 62.0), Component("b", "healthy", None, 80.0)], "a 62 (degraded)", "a"),
    ([Component("a", "degraded", None, 62.0), Component("b", "critical", "down")], "b down", "b"),
    ([Component("b", "degraded", "warn"), Component("a", "degraded", "warning")], "a warning", "a"),
    ([Component("a", "degraded", "warn", 70.0), Component("b", "degraded", "warn", 61.0)], "b 61 (warn)", "b"),
    ([Component("a", "healthy", "ok", 20.0), Component("b", "degraded", "warn")], "a 20 (ok)", "a"),
    ([Component("a", "unknown", "sleepy"), Component("b", "lifecycle", "starting")], "", None)])
def test_the_reason_names_what_pulls_the_score_down(components, reason, name):
    found = headline([("health_check", 1.0, _report(88))], components)
    assert (found.reason, found.component) == (reason, name)


def test_merged_components_are_the_newest_by_name():
    old, new = ((1.0, 0.0, ""), Component("a", "healthy")), ((2.0, 0.0, ""), Component("a", "critical"))
    other = ((0.0, 0.0, ""), Component("b", "healthy"))
    assert merge_components({"a": old}, {"a": new, "b": other}) == {"a": new, "b": other}
    assert merge_components({"a": new, "b": other}, {"a": old}) == {"a": new, "b": other}
