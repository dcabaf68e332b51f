"""What the status strip says, as data for assets/20-strip.js: the worst state first. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dashboard.alerts.alert import ACKNOWLEDGED, ACTIVE, Alert
from dashboard.source_state import SourceState
from dashboard.ui.moment import Moment
from dashboard.ui.palette import LIVENESS_SHAPES, LIVENESS_TONES, level_shape, level_tone, level_word
from dashboard.ui.sources import source_label
from dashboard.ui.times import span
from dashboard.ui.worst import worst

COUNTABLE = ("error", "warning")  # the other words of levels take no s
NONE_OPEN = "no open alert"
SKEW_TOLD_S = 5.0  # below that, clocks and networks differ everywhere


def status(moment: Moment) -> dict[str, Any]:
    """Everything the strip shows. `stale`: the values on the page are no longer fresh."""
    services, now = moment.services, moment.now
    states = [state for name in services.board.names() if (state := services.board.get(name)) is not None]
    alerts = services.alerts
    return {
        "worst": worst(alerts.all(), states, moment.source, moment.feed.state == "connected", now),
        "counts": _counts(alerts.all(), moment.feed.state == "connected" and alerts.connected),
        "source": _source(moment.state, moment.feed.state == "connected", now) if moment.state else None,
        "others": _others(states, moment.source, moment.feed.state == "connected", now),
        "stale": moment.state is None or moment.state.liveness(now) != "active",
        "feed": {"state": moment.feed.state, "since": moment.feed.state_since,
                 "nextTry": moment.feed.next_try_at},
        "sources": _choices(states, moment.source),
        "alertSources": [{"value": name, "label": source_label(name)}
                         for name in sorted({alert.source for alert in alerts.all()})],
    }


def _counts(alerts: Sequence[Alert], is_told: bool) -> list[list[str]]:
    """[tone, words] for each level nobody has taken on, gravest first; then those that somebody has, by level.

    That there is none is said where it is known (`is_told`): the feed is heard, and Redis has told of its alerts.
    """
    waiting = Counter(alert.level for alert in alerts if alert.state == ACTIVE)  # filled gravest first
    taken = Counter(alert.level for alert in alerts if alert.state == ACKNOWLEDGED)
    shown = [[level_tone(level), f"{level_shape(level)} {_amount(count, level)}"] for level, count in waiting.items()]
    if taken:
        shown.append(["stale", "✓ acknowledged: " + ", ".join(_amount(count, level) for level, count in taken.items())])
    return shown or ([["stale", NONE_OPEN]] if is_told else [])


def _amount(count: int, level: str) -> str:
    word = level_word(level).lower()
    return f"{count} {word}s" if count > 1 and word in COUNTABLE else f"{count} {word}"


def _source(state: SourceState, is_heard: bool, now: float) -> dict[str, Any]:
    """While the feed is interrupted nobody can say whether the source lives; the strip does not pretend to."""
    alive = state.liveness(now)
    skew = state.skew_s
    told = skew is not None and abs(skew) > SKEW_TOLD_S
    return {
        "shape": LIVENESS_SHAPES[alive] if is_heard else "◇",
        "word": alive if is_heard else "cannot be heard",
        "tone": LIVENESS_TONES[alive] if is_heard else "stale",
        "received": round(state.last_received, 3), "delayedAfter": state.delayed_after_s,
        "simulated": state.simulated,
        "skew": f"clock {span(abs(skew))} {'ahead' if skew > 0 else 'behind'}" if told else None,
    }


def _others(states: list[SourceState], shown: str | None, is_heard: bool, now: float) -> str:
    """`· 2 more: 1 active, 1 inactive` for the sources that are not on the page; `· 2 more` while none can be heard."""
    words = [state.liveness(now) for state in states if state.name != shown]
    if not words:
        return ""
    if not is_heard:
        return f"· {len(words)} more"
    tally = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))
    return f"· {len(words)} more: {tally}"


def _choices(states: list[SourceState], shown: str | None) -> list[dict[str, str]]:
    """The options of the source select. One that the address names and nobody has heard of stays a choice."""
    choices = [{"value": state.name, "label": _name(state)} for state in states]
    if shown is not None and shown not in {state.name for state in states}:
        choices.append({"value": shown, "label": f"{shown} (not heard)"})
    return choices or [{"value": "", "label": "No source yet"}]


def _name(state: SourceState) -> str:
    return source_label(state.name)
