"""Which metric an alert speaks of, as far as its own words tell. Pure; nothing is guessed beyond them.

What its details name outright counts first: the value of a field such as `metric`, or a field that is called like a
metric. Else it is looked for in id, message and component: the longest run of words that is a metric's dotted name, its
last part or its title, in as many of the three as there are. Of two metrics that are named equally well, the one in
the alert's unit is taken, else neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dashboard import catalog
from dashboard.alerts.alert import Alert
from dashboard.alerts.measure import measure_of
from dashboard.metric_names import title_of

METRIC_FIELDS = ("metric", "metric_name", "metrics")
"""Details whose text is a metric's name."""
TEXT_READ = 500
"""Characters of a message that are looked through: what is said later is seldom what it is about."""
EVERYDAY_WORDS = frozenset((
    "active", "average", "calls", "count", "duration", "errors", "health", "level", "load", "maximum", "messages",
    "minimum", "number", "rate", "requests", "score", "size", "state", "status", "system", "time", "total", "usage",
    "used", "value"))
"""Words that stand in any sentence: alone they name no metric."""
DETAILS, ID, MESSAGE, COMPONENT = "details", "id", "message", "component"
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class NamedMetric:
    """A metric, and where the alert names it: in its `details`, `id`, `message` or `component`."""

    metric: str
    where: str


def named_metric(alert: Alert, names: Sequence[str]) -> NamedMetric | None:
    """The one among `names` (the metrics its source has sent) that `alert` names; None where that cannot be told."""
    outright = _outright(alert, names)
    if outright is not None:
        return NamedMetric(outright, DETAILS)
    texts = {where: f" {' '.join(_words(text[:TEXT_READ]))} "
             for where, text in ((ID, alert.id), (MESSAGE, alert.message), (COMPONENT, alert.component))}
    found: dict[tuple[int, int], list[str]] = {}
    phrases = _phrases(tuple(names))
    for phrase in phrases:
        if places := sum(f" {phrase} " in text for text in texts.values()):
            found.setdefault((phrase.count(" ") + 1, places), []).append(phrase)
    if not found:
        return None
    best = found[max(found)]
    meant = _of_unit({metric for phrase in best for metric in phrases[phrase]}, alert)
    if len(meant) != 1:
        return None
    return NamedMetric(meant.pop(), next(where for where, text in texts.items()
                                         if any(f" {phrase} " in text for phrase in best)))


def _of_unit(metrics: set[str], alert: Alert) -> set[str]:
    """Of several metrics those in the unit that the alert names."""
    unit = measure_of(alert.details).unit
    same = {metric for metric in metrics if unit and catalog.describe(metric).unit == unit}
    return same if len(metrics) > 1 and same else metrics


def _outright(alert: Alert, names: Sequence[str]) -> str | None:
    """What the details name without a doubt."""
    exact = {name.lower(): name for name in names} | {
        alias: name for alias, name in catalog.ALIASES.items() if name in names}
    leaves = _named((name.rpartition(".")[2].lower(), name) for name in names)
    said = [value.strip().lower() for field in METRIC_FIELDS if isinstance(value := alert.details.get(field), str)]
    for word in (*said, *(str(field).lower() for field in alert.details)):
        if word in exact:
            return exact[word]
        if len(leaves.get(word, ())) == 1:
            return next(iter(leaves[word]))
    return None


@lru_cache(maxsize=32)  # a source has the same metrics for hours, and some hundred of them
def _phrases(names: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Runs of words that name metrics, and which. What is a metric's own title is nobody else's last part."""
    own: list[tuple[str, str]] = []
    parts: list[tuple[str, str]] = []
    for name in names:
        own += [(name, name), (catalog.title_with_group(catalog.describe(name)), name)]
        own += [(alias, name) for alias, one in catalog.ALIASES.items() if one == name]
        leaf = name.rpartition(".")[2]
        parts += [(leaf, name), (title_of(leaf), name)]
    phrases = _named((" ".join(_words(text)), name) for text, name in parts)
    phrases |= _named((" ".join(_words(text)), name) for text, name in own)
    return {phrase: named for phrase, named in phrases.items() if phrase and phrase not in EVERYDAY_WORDS}


def _named(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for text, name in pairs:
        found.setdefault(text, set()).add(name)
    return {text: frozenset(named) for text, named in found.items()}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
