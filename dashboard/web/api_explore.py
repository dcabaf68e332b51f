"""What the Explore page finds out, for scripts: what moved in a window, the service report, what is shown as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Blueprint, Response, request

from dashboard.explore.moved import Moved
from dashboard.explore.report import AlertFigures, Report, SourceReport
from dashboard.explore.span import Span
from dashboard.history.answers import HistoryUnavailable, UnknownMetric, UnknownSource
from dashboard.inquiry.exporting import FORMATS, NeverHeard, exported
from dashboard.inquiry.movement import what_moved
from dashboard.inquiry.past import kept_s
from dashboard.inquiry.reporting import reported
from dashboard.web.answers import Problem, file, iso, success
from dashboard.web.guard import Guard
from dashboard.web.history_away import not_in_memory
from dashboard.web.parameters import integer, several, single
from dashboard.web.window import asked_span, sentence

if TYPE_CHECKING:
    from dashboard.services import Services

LIMIT_DEFAULT, LIMIT_MAX = 100, 1_000
POINTS_DEFAULT = 1_000
SOURCES_MOST = 32
EXPORT_FIELDS = frozenset(("format", "points", "source", "live"))  # of the request; what else there is, is the view
Found = TypeVar("Found")


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/metrics/moved")
    def what_else_moved() -> Response:
        limit = integer("limit", LIMIT_DEFAULT, 1, LIMIT_MAX)
        brush = asked_span(services.clock(), kept_s(services), default=None)
        with services.look() as then:
            sources = _sources(then)
            movement = _ask(lambda: what_moved(then.history.metrics, brush, sources))
        return success(**_window(brush), reference=_window(Span(movement.whole.start, brush.start)),
                       step_s=movement.step_s, total=len(movement.found), unread=list(movement.unread),
                       sources_left_out=movement.left_out,
                       metrics=[_moved(one) for one in movement.found[:limit]])

    @blueprint.get("/report")
    def report() -> Response:
        span = asked_span(services.clock(), kept_s(services))
        sources = several("source", SOURCES_MOST) or None
        with services.look() as then:
            found = _ask(lambda: reported(then, span, sources))
        return success(**_window(span), step_s=found.step_s, notes=list(found.notes), **_report(found.report))

    @blueprint.get("/explore/export")
    def export() -> Response:
        kind = single("format") or ""
        if kind not in FORMATS:
            raise Problem(400, f"format is one of {', '.join(FORMATS)}.")
        points = integer("points", POINTS_DEFAULT, 1)
        query = [(name, value) for name, value in request.args.items(multi=True) if name not in EXPORT_FIELDS]
        with services.look() as then:
            made = _ask(lambda: exported(then, query, kind, points, guard.user_name()))
        return file(made.content, made.name, FORMATS[kind], made.notes)


def _sources(services: Services) -> list[str]:
    known = [one.name for one in services.history.metrics.sources()]
    wanted = several("source", SOURCES_MOST)
    for name in wanted:
        if name not in known:
            raise Problem(404, f"Nothing was ever heard of {name}.")
    return wanted or known


def _ask(ask: Callable[[], Found]) -> Found:
    try:
        return ask()
    except UnknownSource as error:
        raise Problem(404, f"Nothing was ever heard of {error}.") from None
    except (UnknownMetric, NeverHeard) as error:
        raise Problem(404, sentence(error)) from None
    except HistoryUnavailable as error:
        raise not_in_memory(error) from None
    except ValueError as error:  # of the window or the view, or nothing is shown, or too much for one file
        raise Problem(400, sentence(error)) from None


def _window(span: Span) -> dict[str, Any]:
    return {"start": iso(span.start), "end": iso(span.end)}


def _moved(one: Moved) -> dict[str, Any]:
    """Figures in the metric's own unit."""
    return {"source": one.series.source, "metric": one.series.metric, "unit": one.series.described.unit,
            "is_rate": one.series.is_rate, "verdict": one.verdict, "reason": one.reason, "before": one.before,
            "during": one.during, "change": one.change, "change_scaled": one.change_scaled,
            "distance": one.statistic, "p_value": one.p_value, "adjusted_p_value": one.adjusted,
            "samples_before": one.samples_before, "samples_during": one.samples_during}


def _report(report: Report) -> dict[str, Any]:
    alerts = report.alerts
    return {
        "gaps_s": report.gaps_s, "sources": [_source(one) for one in report.sources],
        "alerts": {"all": _figures(alerts.all), "open_at_start": alerts.open_at_start,
                   "open_at_end": alerts.open_at_end,
                   "by_level": {level: _figures(figures) for level, figures in alerts.by_level.items()}},
        "components": [{"source": one.source, "component": one.component, "worst_level": one.worst_level,
                        "alerts": one.alerts, "by_level": one.by_level, "open_s": one.open_s}
                       for one in report.components],
        "components_left_out": report.components_left_out}


def _source(one: SourceReport) -> dict[str, Any]:
    found = one.availability
    return {"source": one.source, "simulated": one.simulated, "availability": found.ratio,
            "at_least": found.at_least, "at_most": found.at_most, "up_s": found.up_s, "down_s": found.down_s,
            "stopped_s": found.stopped_s, "unknown_s": found.unknown_s,
            "outages": [_window(outage) for outage in found.outages],
            "outages_left_out": found.outages_left_out, "health_bands_s": one.bands}


def _figures(one: AlertFigures) -> dict[str, Any]:
    return {"count": one.count, "acknowledged": one.acknowledged, "resolved": one.resolved,
            "mean_acknowledge_s": one.mean_acknowledge_s, "median_acknowledge_s": one.median_acknowledge_s,
            "mean_resolve_s": one.mean_resolve_s, "median_resolve_s": one.median_resolve_s}
