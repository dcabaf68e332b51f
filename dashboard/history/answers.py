"""What the history answers with, and why it may not: data only. All times are Unix seconds in UTC.

Arrays are float64 unless said otherwise; NaN is "nothing there", and is never filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dashboard.alerts.alert import Alert

OFF, OPENING, READY, DOWN = "off", "opening", "ready", "down"
"""States of the store: switched off by a setting; started and not open yet; in use; not usable since a time."""

RAW = "raw"
"""The tier of the samples as they were sent."""


class HistoryUnavailable(Exception):
    """The database cannot be read now. The text is for an admin and holds no secret; `since` None: never was."""

    def __init__(self, reason: str, since: float | None = None):
        self.reason, self.since = reason, since
        super().__init__(reason)


class UnknownSource(LookupError):
    """Neither the store nor the ring has ever heard this source."""


class UnknownMetric(LookupError):
    """The source is known, but `names` are none of its metrics."""

    def __init__(self, names: tuple[str, ...]):
        self.names = names
        super().__init__(f"There is no metric {', '.join(names)}")


class WindowError(ValueError):
    """A window nobody can answer: its end before its start, longer than what is kept, no number."""


class UnknownAnnotation(LookupError):
    """There is no such annotation (any more)."""


@dataclass(frozen=True, slots=True)
class HistoryStatus:
    """How the store is. `reason` in plain words while it is down; `since` is when the state began.

    `database`: where it is, without a secret. `behind_s`: age of the oldest sample that is not written yet, 0 where
    all is. `written` counts samples stored by this process; `known` those another process had stored already;
    `too_old` those that came too late for any raw sample to be kept. `errors` by name of the error.
    """

    state: str
    since: float
    reason: str | None = None
    database: str = ""
    behind_s: float = 0.0
    written: int = 0
    known: int = 0
    too_old: int = 0
    dropped: int = 0
    filled: int = 0
    errors: dict[str, int] = field(default_factory=dict)

    @property
    def word(self) -> str:
        """How it is, in a word or two, for the feed's panel."""
        return {READY: "written", OPENING: "opening", OFF: "off"}.get(self.state, f"not written: {self.reason}")


@dataclass(frozen=True, slots=True)
class WindowStatistics:
    """Over the finite points of a window; None where there are none. In the unit of the points (a counter: 1/s).

    `change` is last less first. `p95` is of the points the answer was made from: of samples where those are raw, of
    the means of its buckets where not.
    """

    last: float | None
    minimum: float | None
    mean: float | None
    maximum: float | None
    p95: float | None
    change: float | None
    count: int


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    """One metric of one source over a window, ready to be drawn. All arrays are of one length.

    `times`: of the sample where the answer is raw, else the start of each bucket. A hole is one row of NaN in its
    middle, so that no line crosses it. Raw: `mean`, `minimum`, `maximum` and `last` are one and the same array.
    `count`: samples in the bucket, 0 in a break. `is_rate`: a counter, given as growth per second.
    """

    metric: str
    times: np.ndarray
    mean: np.ndarray
    minimum: np.ndarray
    maximum: np.ndarray
    last: np.ndarray
    count: np.ndarray
    is_rate: bool
    statistics: WindowStatistics


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """A window of one source. `lines` in the order the metrics were asked for.

    `tier`: "raw", "5s", "1m", "5m", "30m", "1h" or "6h", what was read. `step_s`: the width of one point ("1 point =
    30 s"); 0 where every point is a sample.
    `from_store` False: the database could not be read, and this is what the ring of this process has.
    `notes`: what the viewer should know, in words (a window that reaches beyond what is kept in such detail, a bound).
    """

    source: str
    start: float
    end: float
    points: int
    tier: str
    step_s: float
    from_store: bool
    lines: dict[str, Line]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Matrix:
    """Many metrics over one time axis: `means` (metrics × times), NaN where a metric has nothing at that time.

    Counters are rates. `counts`: samples behind each mean, int64. `from_store` False: what the ring has.
    """

    source: str
    metrics: tuple[str, ...]
    times: np.ndarray
    means: np.ndarray
    counts: np.ndarray
    tier: str
    step_s: float
    rates: frozenset[str]
    from_store: bool = True


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """A metric a source has sent, now or once. `last` is its newest number, at `last_at`. Title and unit are the
    catalogue's (`describe`)."""

    name: str
    first_at: float
    last_at: float
    last: float


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A source that was ever heard and is still kept. `metrics`: how many names it has."""

    name: str
    first_at: float
    last_at: float
    metrics: int


@dataclass(frozen=True, slots=True)
class AlertSpan:
    """When an alert was there: `end` None while it is open."""

    key: str
    id: str
    source: str
    level: str
    component: str
    message: str
    state: str
    start: float
    end: float | None


@dataclass(frozen=True, slots=True)
class AlertPage:
    """A page of archived alerts, each with its timeline, and how many there are on all pages."""

    alerts: tuple[Alert, ...]
    total: int


@dataclass(frozen=True, slots=True)
class PastCommand:
    """A command that left some process of this console; `answer` is the producer's (`received`, `done`, `failed`)."""

    request_id: str
    action: str
    requested_by: str
    at: float
    receivers: int
    answer: str | None = None
    answer_message: str = ""
    answered_at: float | None = None


@dataclass(frozen=True, slots=True)
class PastEvent:
    """What a source said of itself. `kind` "system_status": `document` holds `status` as sent, `state` (running,
    starting, stopping, stopped or None), `message`, `uptime_s`. `kind` "health": `score`, `status` and `components`
    (name -> `status`, `word`, `score`); stored where a word of it changed."""

    source: str
    at: float
    kind: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PastMoment:
    """What a moment looked like beside its metrics. `alerts`: those open then, the gravest first, each with its state
    then; `alerts_left_out`: how many more there were at most.

    `statuses` and `healths`: what each source had said of itself last, by source.
    """

    at: float
    alerts: tuple[tuple[Alert, str], ...] = ()
    statuses: Mapping[str, PastEvent] = field(default_factory=dict)
    healths: Mapping[str, PastEvent] = field(default_factory=dict)
    alerts_left_out: int = 0


@dataclass(frozen=True, slots=True)
class PastGap:
    """A time in which one process heard nothing. `process` tells apart who; `end` None while it lasts."""

    process: str
    start: float
    end: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """What an operator wrote beside a time (`end` None) or a span. `source` None: about all of them."""

    id: str
    start: float
    end: float | None
    text: str
    by: str
    at: float
    source: str | None = None
