"""What the status strip says, as data for assets/20-strip.js: the worst state first. Pure."""

from __future__ import annotations

from typing import Any

from dashboard.alerts.alert import ACTIVE
from dashboard.alerts.store import AlertStore
from dashboard.source_state import SourceState
from dashboard.ui.moment import Moment
from dashboard.ui.palette import (
    LIVENESS_SHAPES,
    LIVENESS_TONES,
    STATUS_SHAPES,
    STATUS_TONES,
    level_shape,
    level_tone,
    level_word,
)
from dashboard.ui.times import span

SKEW_TOLD_S = 5.0  # below that, clocks and networks differ everywhere


def status(moment: Moment) -> dict[str, Any]:
    """Everything the strip shows. `stale`: the values on the page are no longer fresh."""
    services, now = moment.services, moment.now
    states = [state for name in services.board.names() if (state := services.board.get(name)) is not None]
    alerts = services.alerts
    return {
        "worst": _worst(alerts, moment),
        "counts": _counts(alerts),
        "source": _source(moment.state, moment.feed.state == "connected", now) if moment.state else None,
        "others": _others(states, moment.source, now),
        "stale": moment.state is None or moment.state.liveness(now) != "active",
        "feed": {"state": moment.feed.state, "since": moment.feed.state_since},
        "sources": _choices(states, moment.source),
        "alertSources": [{"value": name, "label": name} for name in sorted({alert.source for alert in alerts.all()})],
    }


def _worst(alerts: AlertStore, moment: Moment) -> dict[str, str]:
    """One word for everything: the gravest unacknowledged alert, else the state of the source."""
    waiting = [alert.level for alert in alerts.all() if alert.state == ACTIVE]  # gravest first
    if waiting:
        level, count = waiting[0], waiting.count(waiting[0])
        word = level_word(level) if count == 1 else f"{count} × {level_word(level)}"
        return {"tone": level_tone(level), "shape": level_shape(level), "word": word}
    if moment.feed.state != "connected":
        return {"tone": "critical", "shape": "⬣", "word": "No connection to Redis"}
    if moment.state is None:
        return {"tone": "stale", "shape": "◇", "word": "No data yet"}
    alive = moment.state.liveness(moment.now)
    if alive != "active":
        return {"tone": LIVENESS_TONES[alive], "shape": LIVENESS_SHAPES[alive], "word": f"Source {alive}"}
    band = moment.state.headline.band if moment.state.headline else None
    if band is not None and STATUS_TONES.get(band) != "ok":
        return {"tone": STATUS_TONES[band], "shape": STATUS_SHAPES[band], "word": band.capitalize()}
    return {"tone": "ok", "shape": "●", "word": "All quiet"}


def _counts(alerts: AlertStore) -> list[list[str]]:
    """[tone, words] for each level with open alerts, gravest first, then how many are acknowledged."""
    counts = alerts.counts()
    shown = [[level_tone(level), f"{level_shape(level)} {count} {level_word(level).lower()}"]
             for level, count in counts["open"].items() if count]
    if counts["acknowledged"]:
        shown.append(["stale", f"✓ {counts['acknowledged']} acknowledged"])
    return shown


def _source(state: SourceState, is_heard: bool, now: float) -> dict[str, Any]:
    """While the feed is interrupted nobody can say whether the source lives; the strip does not pretend to."""
    alive = state.liveness(now)
    skew = state.skew_s
    told = skew is not None and abs(skew) > SKEW_TOLD_S
    return {
        "shape": LIVENESS_SHAPES[alive] if is_heard else "◇",
        "word": alive if is_heard else "cannot be heard",
        "tone": LIVENESS_TONES[alive] if is_heard else "stale",
        "received": round(state.last_received, 3), "simulated": state.simulated,
        "skew": f"clock {span(abs(skew))} {'ahead' if skew > 0 else 'behind'}" if told else None,
    }


def _others(states: list[SourceState], shown: str | None, now: float) -> str:
    """`· 2 more: 1 active, 1 inactive` for the sources that are not on the page."""
    words = [state.liveness(now) for state in states if state.name != shown]
    if not words:
        return ""
    tally = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))
    return f"· {len(words)} more: {tally}"


def _choices(states: list[SourceState], shown: str | None) -> list[dict[str, str]]:
    """The options of the source select. One that the address names and nobody has heard of stays a choice."""
    choices = [{"value": state.name, "label": _name(state)} for state in states]
    if shown is not None and shown not in {state.name for state in states}:
        choices.append({"value": shown, "label": f"{shown} (not heard)"})
    return choices or [{"value": "", "label": "No source yet"}]


def _name(state: SourceState) -> str:
    return f"{state.name} (simulated)" if state.simulated else state.name
