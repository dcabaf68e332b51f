"""The lines of a view over a window: fetched source by source, each with the figures of its legend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboard.explore.series import Series, of_line
from dashboard.explore.span import Span
from dashboard.explore.statistics import Legend, legend
from dashboard.explore.view import Line
from dashboard.history.answers import Answer, HistoryUnavailable, UnknownMetric, UnknownSource
from dashboard.history.answers import Line as Fetched
from dashboard.history.metric_reader import MetricReader
from dashboard.metrics.query import Gap

Key = tuple[str, str]
"""(source, metric)."""


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """One line: `drawn` is broken at holes (rows of NaN), `series` is the same without them."""

    drawn: Fetched
    series: Series
    legend: Legend


@dataclass(frozen=True, eq=False, slots=True)
class Charted:
    """Lines by key. `missing`: why one is not among them. `step_s`: the widest point, 0 where each is a sample.

    `notes`: what the viewer should know. `from_store` False: the database could not be read.
    """

    parts: dict[Key, Part] = field(default_factory=dict)
    missing: dict[Key, str] = field(default_factory=dict)
    step_s: float = 0.0
    notes: tuple[str, ...] = ()
    from_store: bool = True


def charted(reader: MetricReader, lines: Sequence[Line], span: Span, points: int, gaps: Sequence[Gap] = ()) -> Charted:
    """The lines over `span` with at most `points` points each; what nobody has ever heard is told in `missing`.

    Raises:
        WindowError: a window nobody can answer.
    """
    by_source: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        by_source[line.source].append(line.metric)
    parts: dict[Key, Part] = {}
    missing: dict[Key, str] = {}
    answers = []
    for source, metrics in by_source.items():
        answer, unknown = _known(reader, source, metrics, span, points, gaps)
        missing |= {(source, name): why for name, why in unknown.items()}
        if answer is not None:
            answers.append(answer)
            parts |= {(source, name): _part(source, line, answer.step_s) for name, line in answer.lines.items()}
    return Charted(parts, missing, max((answer.step_s for answer in answers), default=0.0),
                   tuple(dict.fromkeys(note for answer in answers for note in answer.notes)),
                   all(answer.from_store for answer in answers))


def _part(source: str, line: Fetched, step_s: float) -> Part:
    series = of_line(source, line, step_s)
    return Part(line, series, legend(series))


def _known(reader: MetricReader, source: str, metrics: list[str], span: Span, points: int, gaps: Sequence[Gap]
           ) -> tuple[Answer | None, dict[str, str]]:
    """The answer for those metrics the source has, and why there is none for the others."""
    try:
        return reader.series(source, metrics, span.start, span.end, points, gaps=gaps), {}
    except UnknownSource:
        return None, dict.fromkeys(metrics, f"nothing was ever heard of {source}")
    except HistoryUnavailable as error:
        return None, dict.fromkeys(metrics, f"{source} is not in memory, and the database is away ({error.reason})")
    except UnknownMetric as error:
        unknown = dict.fromkeys(error.names, f"{source} has never sent it")
    known = [name for name in metrics if name not in unknown]
    if not known:
        return None, unknown
    return reader.series(source, known, span.start, span.end, points, gaps=gaps), unknown
