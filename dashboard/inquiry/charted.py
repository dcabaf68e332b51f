"""The lines of a view over a window, each with the figures of its legend."""

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
    asked: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        asked[line.source].append(line.metric)
    answers: dict[str, Answer] = {}
    missing: dict[Key, str] = {}
    left = asked
    while left:
        found = reader.series_of_each(left, span.start, span.end, points, gaps=gaps)
        unknown = {source: _why_not(source, left[source], answer) for source, answer in found.items()}
        missing |= {(source, name): why for source, whys in unknown.items() for name, why in whys.items()}
        answers |= {source: answer for source, answer in found.items() if isinstance(answer, Answer)}
        # Once more, without the metrics that a source has never sent.
        left = {source: known for source, answer in found.items() if isinstance(answer, UnknownMetric)
                if (known := [name for name in left[source] if name not in answer.names])}
    parts = {(source, name): _part(source, line, answers[source].step_s)
             for source in asked if source in answers for name, line in answers[source].lines.items()}
    return Charted(parts, missing, max((answer.step_s for answer in answers.values()), default=0.0),
                   tuple(dict.fromkeys(note for answer in answers.values() for note in answer.notes)),
                   all(answer.from_store for answer in answers.values()))


def _part(source: str, line: Fetched, step_s: float) -> Part:
    series = of_line(source, line, step_s)
    return Part(line, series, legend(series))


def _why_not(source: str, metrics: list[str], answer: Answer | Exception) -> dict[str, str]:
    """Why there is no line of these metrics: of none of them where there is an answer."""
    if isinstance(answer, UnknownSource):
        return dict.fromkeys(metrics, f"nothing was ever heard of {source}")
    if isinstance(answer, HistoryUnavailable):
        return dict.fromkeys(metrics, f"{source} is not in memory, and the database is away ({answer.reason})")
    if isinstance(answer, UnknownMetric):
        return dict.fromkeys(answer.names, f"{source} has never sent it")
    return {}
