"""GET /metrics and GET /metrics/series: which metrics there are, and their past in as many points as are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Blueprint, Response

from dashboard import catalog
from dashboard.history.answers import HistoryUnavailable, Line, MetricInfo, UnknownMetric, UnknownSource, WindowError
from dashboard.inquiry.past import kept_s
from dashboard.web.answers import Problem, fields_of, iso, success
from dashboard.web.guard import Guard
from dashboard.web.history_away import not_in_memory
from dashboard.web.parameters import integer, several, single
from dashboard.web.window import asked_span, sentence

if TYPE_CHECKING:
    from dashboard.services import Services

POINTS_DEFAULT = 1_000
METRICS_MAX = 100
"""Of one answer: with 10,000 points each it has a size nobody waits for already."""
Found = TypeVar("Found")


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    reader, clock = services.history.metrics, services.clock

    @blueprint.get("/metrics")
    def list_metrics() -> Response:
        wanted = single("source")
        with services.look() as then:
            of_now = then.history.metrics
            names = [info.name for info in of_now.sources()] if wanted is None else [wanted]
            found = ask(lambda: [(name, info) for name in names for info in of_now.metrics(name)])
        return success(metrics=[_listed(name, info) for name, info in found])

    @blueprint.get("/metrics/series")
    def metric_series() -> Response:
        source = single("source")
        metrics = list(dict.fromkeys(catalog.canonical(name) for name in several("metric", METRICS_MAX)))
        if source is None or not metrics:
            raise Problem(400, "source and at least one metric are needed.")
        span = asked_span(clock(), kept_s(services))
        points = integer("points", POINTS_DEFAULT, 1)
        rates = integer("rates", 1, 0, 1) == 1
        gaps = [(gap.start, gap.end) for gap in services.record.snapshot().gaps_of(source)]
        found = ask(lambda: reader.series(source, metrics, span.start, span.end, points, gaps=gaps, rates=rates))
        return success(
            source=source, start=iso(span.start), end=iso(span.end), points=found.points, tier=found.tier,
            step_s=found.step_s, from_store=found.from_store, notes=list(found.notes),
            series={name: _drawn(name, line) for name, line in found.lines.items()})


def ask(asked: Callable[[], Found]) -> Found:
    """What the history answers; what it cannot is a 404 or 400 that says why."""
    try:
        return asked()
    except UnknownSource as error:
        raise Problem(404, f"Nothing was ever heard of {error}.") from None
    except UnknownMetric as error:
        raise Problem(404, sentence(error), metrics=list(error.names)) from None
    except WindowError as error:
        raise Problem(400, sentence(error)) from None
    except HistoryUnavailable as error:
        raise not_in_memory(error) from None


def _listed(source: str, info: MetricInfo) -> dict[str, Any]:
    about = catalog.describe(info.name)
    return {"source": source, "name": info.name, "title": about.title, "group": about.group, "unit": about.unit,
            "first": iso(info.first_at), "last": iso(info.last_at), "value": info.last}


def _drawn(name: str, line: Line) -> dict[str, Any]:
    """Arrays of one length; `times` are Unix seconds, null in the others is a break."""
    about = catalog.describe(name)
    unit = catalog.as_rate(about).unit if line.is_rate else about.unit
    return {"unit": unit, "is_rate": line.is_rate, "times": line.times, "mean": line.mean, "min": line.minimum,
            "max": line.maximum, "last": line.last, "count": line.count, "statistics": fields_of(line.statistics)}
