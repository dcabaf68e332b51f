"""When nobody listened, and what a report makes of it, and of a database that is lost while it is made."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from dashboard.explore.span import Span
from dashboard.feed.coverage import Heard
from dashboard.history.answers import READY, HistoryUnavailable, MetricInfo, PastEvent, SourceInfo
from dashboard.inquiry import reporting
from dashboard.inquiry.listening import unheard
from dashboard.inquiry.reporting import SIGNS_MOST, reported, signs_of_life
from tests.alert_events import resolution
from tests.unit.explore_world import SOURCE, explored
from tests.unit.ui_world import NOW, hear_alert

HOUR = Span(NOW - 3_600, NOW)


def world(memory=(), stored=None):
    def listened(start, end):
        if stored is None:
            raise HistoryUnavailable("away")
        return stored

    return SimpleNamespace(clock=lambda: NOW, record=SimpleNamespace(listened=lambda until: list(memory)),
                           history=SimpleNamespace(events=SimpleNamespace(listened=listened)))


@pytest.mark.parametrize(("memory", "stored", "holes"), [
    ([], [(NOW - 9_000, NOW)], []),
    ([], [(NOW - 9_000, NOW - 20)], []),  # its last word is not older than it may be
    ([], [(NOW - 9_000, NOW - 40)], [(NOW - 40, NOW)]),
    ([], [(NOW - 9_000, NOW - 3_000), (NOW - 2_000, NOW)], [(NOW - 3_000, NOW - 2_000)]),
    ([], [(NOW - 9_000, NOW - 2_500), (NOW - 3_000, NOW - 1)], []),
    ([(NOW - 3_000, NOW - 2_000)], [(NOW - 2_000, NOW)], [(NOW - 3_600, NOW - 3_000)]),
    ([(NOW - 600, NOW)], None, [(NOW - 3_600, NOW - 600)]),  # what is in the store is not known
    ([], [], [(NOW - 3_600, NOW)])])
def test_the_times_in_which_nobody_is_known_to_have_listened(memory, stored, holes):
    found, unavailable = unheard(world([Heard(*one) for one in memory], stored), HOUR)
    assert unavailable == ("away" if stored is None else "")
    assert [(gap.start, gap.end) for gap in found] == holes


def _nothing(*_, **__):
    return []


def stored(services, listened=((NOW - 9_000, NOW),), **more):
    """The services with a store that knows who listened, and nothing else beside the ring."""
    events = SimpleNamespace(
        listened=lambda start, end: list(listened), said_by=lambda *_: {}, last_said=lambda *_: {},
        gaps=_nothing, commands=_nothing, annotations=_nothing, alert_spans=_nothing,
        alerts_beside=lambda *_: SimpleNamespace(alerts=(), total=0))
    reader = services.history.metrics
    metrics = SimpleNamespace(
        sources=reader.sources, metrics=reader.metrics, series_of_each=reader.series_of_each,
        samples_of_each=reader.samples_of_each,
        matrix_of_each=lambda *asked: {name: replace(matrix, from_store=True)
                                       for name, matrix in reader.matrix_of_each(*asked).items()})
    history = {"metrics": metrics, "events": events, "kept": services.history.kept,
               "status": SimpleNamespace(state=READY, reason=None, since=NOW)}
    return replace(services, history=SimpleNamespace(**history | more))


def silent(from_s, to_s):
    """A source that was heard for an hour, but not between so long ago and so long ago."""
    services = explored()
    ring = services.ring
    kept = ring.window(SOURCE, ["system.cpu_percent"], None, None)
    services = explored(0.0)
    for at in kept.times.tolist():
        if not NOW - from_s < at < NOW - to_s:
            services.ring.append(SOURCE, at, {"system.cpu_percent": 40.0})
    return services


def test_silence_is_down_while_somebody_listened_and_unknown_while_nobody_did():
    services = silent(2_400, 1_200)
    heard, = reported(stored(services), HOUR).report.sources
    assert heard.availability.down_s == pytest.approx(1_200 - 60, abs=20) and heard.availability.unknown_s < 1
    nobody = stored(services, [(NOW - 9_000, NOW - 2_400), (NOW - 1_200, NOW)])
    found = reported(nobody, HOUR)
    assert found.report.sources[0].availability.down_s == 0
    assert found.report.sources[0].availability.unknown_s == pytest.approx(1_140, abs=20)
    assert found.report.gaps_s == 1_200 and found.notes == ()


def test_of_what_memory_no_longer_has_nothing_is_claimed_while_the_store_is_away():
    services = explored(0.5)  # the ring has half an hour of a source that is known for long
    known = replace(services.history.metrics.sources()[0], first_at=NOW - 90_000)
    world = stored(services)
    metrics = SimpleNamespace(**vars(world.history.metrics) | {
        "sources": lambda: [known], "matrix_of_each": services.history.metrics.matrix_of_each})
    found, = reported(stored(services, metrics=metrics), HOUR).report.sources
    assert found.availability.down_s == 0 and found.availability.unknown_s == pytest.approx(1_800, abs=20)


def test_a_source_that_cannot_be_read_is_unknown_and_not_down():
    services = explored()

    full = HistoryUnavailable("The disk is full")

    def lost(*_):
        raise full

    world = stored(services)
    for one in ({"matrix_of_each": lambda wanted, *_: dict.fromkeys(wanted, full)}, {"metrics": lost}):
        metrics = SimpleNamespace(**vars(world.history.metrics) | one)
        found = reported(stored(services, metrics=metrics), HOUR)
        heard, = found.report.sources
        assert (heard.availability.ratio, heard.availability.unknown_s) == (None, 3_600)
        assert found.notes == ("The database is away (The disk is full): this is what this server has in memory.",
                               f"Nothing could be read of {SOURCE}: all of it is unknown.")


@pytest.mark.parametrize("lost", ["alerts_beside", "gaps", "last_said", "listened", "said_by"])
def test_whatever_of_the_archive_is_lost_a_report_says_so(lost):
    def away(*_):
        raise HistoryUnavailable("The disk is full")

    world = stored(explored())
    setattr(world.history.events, lost, away)
    assert reported(world, HOUR).notes == (
        "The database is away (The disk is full): this is what this server has in memory.",)


def test_an_alert_that_memory_has_let_go_of_is_in_a_report_once():
    services = explored()
    hear_alert(services, "here", message="it is in both")
    own = services.alerts.index().all
    gone = replace(own[0], key="gone", first_seen=NOW - 1_800, resolved_at=NOW - 900, state="resolved")
    before = reported(stored(services), HOUR).report.alerts.all
    world, asked = stored(services), []

    def beside(known, *window):
        asked.append((known, *window))
        return SimpleNamespace(alerts=(gone,), total=1 + len(own))

    world.history.events.alerts_beside = beside
    found = reported(world, HOUR).report.alerts.all
    assert (found.count, found.resolved) == (before.count + 1, before.resolved + 1)
    assert asked == [({alert.key for alert in own}, HOUR.start, HOUR.end, reporting.ALERTS_MOST)]


def test_what_a_report_leaves_out_is_said(monkeypatch):
    services = explored()
    hear_alert(services, "other", source="silent one", message="no metric is known of it")
    monkeypatch.setattr(reporting, "SOURCES_MOST", 1)
    monkeypatch.setattr(reporting, "ALERTS_MOST", 1_000)
    world = stored(services)
    metrics = SimpleNamespace(**vars(world.history.metrics) | {"sources": lambda: [
        SourceInfo("a, let go of", NOW - 9e5, NOW - 8e5, 1), *services.history.metrics.sources(),
        SourceInfo("z", NOW - 60, NOW, 1)]})
    world = stored(services, metrics=metrics)
    world.history.events.alerts_beside = lambda *_: SimpleNamespace(alerts=(), total=1_250)
    found = reported(world, HOUR)
    assert [one.source for one in found.report.sources] == [SOURCE]
    assert found.report.alerts.all.count == 2  # also of a source that never sent a metric
    assert found.notes == ("2 more sources are left out, with their alerts: a report has 1 at most.",
                           "250 older alerts are left out: a shorter window has them.")


@pytest.mark.parametrize(("heard_s", "stopped_s", "up_s", "down_s"), [
    (None, 3_600, 0, 0), (-20_000, 0, 0, 3_600), (1_200, 1_200, 60, 2_340)])
def test_a_source_that_stopped_days_ago_is_stopped_until_it_is_heard_again(heard_s, stopped_s, up_s, down_s):
    """`heard_s`: so long after the beginning of the window it was heard once more."""
    services, span = explored(0.0), Span(NOW - 7_200, NOW - 3_600)
    services.ring.append("closed", NOW - 250_000, {"a": 1.0})
    if heard_s is not None:
        services.ring.append("closed", span.start + heard_s, {"a": 2.0})
    said = PastEvent("closed", NOW - 249_000, "system_status", {"state": "stopped"})
    world = stored(services, [(NOW - 9e5, NOW)])
    world.history.events.last_said = lambda at: {"closed": said} if said.at <= at else {}
    found = reported(world, span, ["closed"]).report.sources[0].availability
    assert (found.stopped_s, found.up_s, found.down_s) == (stopped_s, up_s, down_s)


def test_what_memory_knows_to_be_over_before_the_window_is_not_told_as_open_until_that_is_written():
    services = explored()
    hear_alert(services, "short", "error", at=NOW - 700)
    written = services.alerts.index().all
    services.alerts.offer(resolution("short", NOW - 650, source=SOURCE))
    world = stored(services)
    world.history.events.alerts_beside = lambda known, *_: SimpleNamespace(
        alerts=tuple(alert for alert in written if alert.key not in known), total=0)
    assert reported(world, Span(NOW - 600, NOW)).report.alerts.open_at_start == 0
    assert reported(world, Span(NOW - 680, NOW)).report.alerts.open_at_start == 1


def test_a_source_is_heard_by_whatever_kind_of_message_it_sends():
    """Also where that which came last is rare, and where all of its metrics got other names."""
    services = explored(0.0)
    for number in range(720):
        at, names = NOW - 3_600 + 5 * number, "old" if number < 360 else "new"
        services.ring.append("renamed", at, {f"{names}.m{each}": 1.0 for each in range(10)})
        services.ring.append("two", at, {"system.cpu_percent": 1.0})
        if number % 24 == 0 or number == 719:
            services.ring.append("two", at + 1, {f"database.m{each}": 1.0 for each in range(10)})
    report = reported(stored(services), Span(NOW - 3_000, NOW - 10), ["renamed", "two"]).report
    assert {one.source: one.availability.ratio for one in report.sources} == {"renamed": 1.0, "two": 1.0}


def test_signs_of_life_are_of_each_kind_of_message():
    def metric(name, first_at, last_at):
        return MetricInfo(name, first_at, last_at, 1.0)

    often = [metric(f"often{number}", 10.0 - number, 100.0) for number in range(10)]
    found = signs_of_life([*often, metric("rare", 5.0, 90.0), metric("gone", 1.0, 40.0)])
    assert found == ["often9", "rare", "gone", "often8", "often7", "often6", "often5", "often4"]
    assert len(found) == SIGNS_MOST


def test_of_very_many_metrics_only_the_signs_of_life_are_gone_through():
    """A table of all kinds by all metrics of the largest would have 50 million places under 100,000 names."""
    class Metric(SimpleNamespace):
        read = 0

        @property
        def name(self):
            Metric.read += 1
            return f"m{self.number}"

    metrics = [Metric(number=number, first_at=0.0, last_at=max(number, 90.0)) for number in range(100)]
    assert len(signs_of_life(metrics)) == SIGNS_MOST == Metric.read
