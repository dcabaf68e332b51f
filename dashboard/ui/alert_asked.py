"""What a person asks to be done with alerts, as the console's page sends it; read with suspicion. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.alerts.facts import ACKNOWLEDGE, ACTIONS, ASSIGN, NOTES_LIMIT, PERSON_LIMIT, SNOOZE
from dashboard.alerts.filter_language import LENGTH_LIMIT
from dashboard.alerts.query import MAX_LIMIT
from dashboard.ui.times import DAY_S, span

UNDO = "undo"
KEY_LIMIT = 100
SPAN_MOST_S = 30 * DAY_S  # for longer than a month is a decision, not a pause
AT_ONCE = 10  # up to so many alerts are changed without a question, and can be changed back for a while
BULK_MOST = MAX_LIMIT  # with one click: some three seconds of work
UNLIMITED = {ACKNOWLEDGE: "until it is resolved", SNOOZE: "until it gets worse"}


@dataclass(frozen=True)
class Asked:
    """`keys` names the alerts, or `line`, a filter line, all that match it (None: it does not).

    `expected`: how many that were when the person chose them. `for_s` None: without an end. `to` None: to whoever asks.
    `seen`: whom each was seen assigned to, by key. `confirmed`: the question with the number has been answered.
    `undo`: what `alert_undo` gave, to be taken back.
    """

    action: str
    keys: tuple[str, ...] = ()
    line: str | None = None
    expected: int | None = None
    notes: str = ""
    for_s: float | None = None
    to: str | None = None
    seen: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"
    confirmed: bool = False
    undo: tuple[Mapping[str, Any], ...] = ()

    def limited(self) -> str:
        """`for 30 min`, `until it gets worse`; empty where the action has no end."""
        if self.action not in UNLIMITED:
            return ""
        return UNLIMITED[self.action] if self.for_s is None else f"for {span(self.for_s)}"


def read_asked(asked: Any) -> Asked | None:
    """What is asked; None where it cannot be meant."""
    if not isinstance(asked, Mapping) or asked.get("action") not in (*ACTIONS, UNDO):
        return None
    keys, line, expected, to, seen = (asked.get(name) for name in ("keys", "line", "expected", "to", "seen"))
    span_s = asked.get("for")
    unlimited = span_s in UNLIMITED_WORDS
    if asked["action"] in UNLIMITED and not unlimited and not _is_span(span_s):
        return None
    return Asked(
        action=asked["action"],
        keys=tuple(dict.fromkeys(_texts(keys, KEY_LIMIT))),
        line=line if isinstance(line, str) and len(line) <= LENGTH_LIMIT else None,
        expected=expected if isinstance(expected, int) and not isinstance(expected, bool) else None,
        # One character more than is allowed, so that it is refused and not cut.
        notes=(_text(asked.get("notes")) or "")[:NOTES_LIMIT + 1],
        for_s=None if unlimited or asked["action"] not in UNLIMITED else float(span_s),
        to=to.strip()[:PERSON_LIMIT + 1] if isinstance(to, str) else None,
        seen={key: name for key, name in seen.items() if isinstance(key, str) and isinstance(name, str)}
        if isinstance(seen, Mapping) and asked["action"] == ASSIGN else {},
        zone=_text(asked.get("zone")) or "UTC",
        confirmed=asked.get("confirmed") is True,
        undo=tuple(one for one in asked.get("undo") or () if isinstance(one, Mapping))[:AT_ONCE]
        if isinstance(asked.get("undo"), list) else (),
    )


UNLIMITED_WORDS = ("resolved", "worse")


def _is_span(value: Any) -> bool:
    """Seconds as the choices have them: digits."""
    return isinstance(value, str) and value.isascii() and value.isdigit() and 0 < int(value[:9]) <= SPAN_MOST_S


def _texts(values: Any, limit: int) -> list[str]:
    return [value for value in values if isinstance(value, str) and 0 < len(value) <= limit] if isinstance(
        values, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
