"""The tree of metrics, flattened to dotted names: numbers to chart on one side, facts to show on the other."""

from __future__ import annotations

from typing import Any

from dashboard.catalog import ALIASES
from dashboard.reading.leaves import MAX_NAME, bounded, complain, identity, is_not_finite, parse_number, shown, text_of

MAX_METRICS = 1_024
"""Numbers of one message. Twice what the ring keeps for a source by default, so that its refusals become visible."""
MAX_FACTS = 200
GROUPS_REMEMBERED, NAMES_REMEMBERED = 128, 128
"""Names kept for the next message: those of a dozen producers, and some MB at most where all are always new."""
_remembered: dict[str, dict[str, str]] = {}

_Deferred = list[tuple[tuple[str, ...], Any]]


def flatten(tree: dict[str, Any], path: str, complaints: list[str], prefix: str = "") -> tuple[
        dict[str, float], dict[str, Any]]:
    """Every leaf below `tree` by dotted name: (metrics, facts).

    `path` is where the tree stands in the message (for complaints), `prefix` goes before every name. Where a dotted
    key and nested objects spell the same name, the nested one wins; among dotted ones the one with more levels, then
    the first in alphabetical order: whatever the order in the message, the outcome is the same.
    """
    metrics: dict[str, float] = {}
    facts: dict[str, Any] = {}
    deferred: _Deferred = []
    _collect(tree, prefix, (), metrics, facts, deferred, complaints, path)
    if deferred:
        _collect_dotted(deferred, prefix, metrics, facts, complaints, path)
    for alias, name in ALIASES.items():
        if alias in metrics:
            value = metrics.pop(alias)
            metrics.setdefault(name, value)
    if len(metrics) > MAX_METRICS:
        _cut(metrics, MAX_METRICS, "metrics", path, complaints)
    if len(facts) > MAX_FACTS:
        _cut(facts, MAX_FACTS, "facts", path, complaints)
    return metrics, facts


def _collect(tree: dict[str, Any], prefix: str, keys: tuple[str, ...], metrics: dict[str, float],
             facts: dict[str, Any], deferred: _Deferred, complaints: list[str], path: str) -> None:
    known = _names_below(prefix)
    for key, value in tree.items():
        kind = type(value)
        is_number = kind is float or kind is int
        if is_number and (name := known.get(key)) is not None:  # nearly all leaves of nearly all messages
            metrics[name] = value if kind is float else float(value)
        elif "." in key or not key:
            deferred.append(((*keys, _short(key)), value))
        elif is_number:
            name = prefix + key
            if len(name) > MAX_NAME:
                name = identity(name)
            elif len(known) < NAMES_REMEMBERED:
                known[key] = name
            metrics[name] = float(value)
        elif kind is dict:
            below = f"{prefix}{key}."
            if len(below) > MAX_NAME:  # now, once, and not again for every leaf below
                below = identity(below)
            _collect(value, below, (*keys, _short(key)), metrics, facts, deferred, complaints, path)
        else:
            keep(prefix + key, value, metrics, facts, complaints, path)


def _names_below(prefix: str) -> dict[str, str]:
    """The names of metrics by the last part of them, as far as messages before this one had them.

    One string for a name, and not one a message: whoever looks it up finds it by identity and has its hash already.
    """
    known = _remembered.get(prefix)
    if known is None:
        if len(_remembered) >= GROUPS_REMEMBERED:
            _remembered.clear()
        known = _remembered[prefix] = {}
    elif len(known) >= NAMES_REMEMBERED:
        known.clear()
    return known


def keep(name: str, value: Any, metrics: dict[str, float], facts: dict[str, Any], complaints: list[str],
         path: str) -> None:
    """File one leaf of any type but an object under its name, among `metrics` or `facts`, or complain."""
    if len(name) > MAX_NAME:
        name = identity(name)
    if value is None:
        return
    if value is True or value is False:
        facts[name] = value
    elif isinstance(value, list):
        facts[name] = bounded(value)
    elif (figure := parse_number(value)) is not None:
        metrics[name] = figure
    elif isinstance(value, str) and not is_not_finite(value):
        facts[name] = text_of(value)
    else:
        complain(complaints, f"{path}.{name}", shown(value))


def _collect_dotted(deferred: _Deferred, prefix: str, metrics: dict[str, float], facts: dict[str, Any],
                    complaints: list[str], path: str) -> None:
    leaves: _Deferred = []
    for keys, value in deferred:
        _leaves(keys, value, leaves)
    for keys, value in sorted(leaves, key=lambda leaf: (-len(leaf[0]), leaf[0])):
        name = prefix + ".".join(keys)
        kept = name if len(name) <= MAX_NAME else identity(name)
        if not all(key.strip() for key in keys):
            complain(complaints, f"{path}.{name}", "a name is empty")
        elif kept in metrics or kept in facts:
            complain(complaints, f"{path}.{name}", "sent twice, nested and with a dotted name")
        else:
            keep(name, value, metrics, facts, complaints, path)


def _leaves(keys: tuple[str, ...], value: Any, leaves: _Deferred) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            _leaves((*keys, _short(key)), item, leaves)
    else:
        leaves.append((keys, value))


def _short(key: str) -> str:
    return key if len(key) <= MAX_NAME else identity(key)


def _cut(found: dict[str, Any], limit: int, what: str, path: str, complaints: list[str]) -> None:
    """The first `limit` by order of the message stay."""
    complain(complaints, path, f"{len(found) - limit} {what} above the limit of {limit}")
    for name in list(found)[limit:]:
        del found[name]
