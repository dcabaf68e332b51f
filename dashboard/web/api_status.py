"""GET /status: the state of everything in one answer, from memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

from dashboard.events import body_of
from dashboard.feed.journal_status import JournalStatus
from dashboard.feed.record import CONNECTED
from dashboard.feed.snapshot import FeedSnapshot
from dashboard.history.answers import HistoryStatus
from dashboard.sources import SourceState
from dashboard.web.answers import fields_of, iso, success
from dashboard.web.guard import Guard
from dashboard.web.parameters import single

if TYPE_CHECKING:
    from dashboard.services import Services


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/status")
    def status() -> Response:
        now = services.clock()
        wanted = single("source")
        every = [state for name in services.board.names() if (state := services.board.get(name)) is not None]
        chosen = speaker([state for state in every if wanted in (None, state.name)], now)
        feed = services.record.snapshot()
        alerts = services.alerts.counts()
        return success(
            redis="connected" if feed.state == CONNECTED else "disconnected",
            source=chosen.name if chosen is not None else None,
            latest_update=iso(chosen.last_received) if chosen is not None else None,
            active_alerts=alerts["active"],
            health_score=_score(chosen),
            latest_metrics=_latest_metrics(chosen),
            health_status=_health(chosen),
            sources=[_source(state, now) for state in every],
            alerts={
                **{name: alerts[name] for name in ("active", "acknowledged", "resolved", "open")},
                "connected": services.alerts.connected,
                "dropped": services.alerts.dropped,
            },
            feed=_feed(feed, services.journal.status),
            ring=fields_of(services.ring.counters),
            history=_history(services.history.status),
            sources_refused=services.board.refused,
            time=iso(now),
        )


def _history(status: HistoryStatus) -> dict[str, Any]:
    return fields_of(status) | {"since": iso(status.since)}


def speaker(states: Sequence[SourceState], now: float) -> SourceState | None:
    """The one source that answers for all, since two are never mixed; None without any.

    A real one before a simulated one, one that is active, one that has a score or metrics to tell, then the one heard
    first: whoever polls reads the same source again, whichever spoke last.
    """
    return min(states, default=None, key=lambda state: (
        state.simulated, state.liveness(now) != "active", state.headline is None and state.latest_update is None,
        state.first_received, state.name))


def _score(state: SourceState | None) -> float | None:
    return state.headline.score if state is not None and state.headline is not None else None


def _latest_metrics(state: SourceState | None) -> dict[str, Any]:
    return body_of(state.latest_update[0]) if state is not None and state.latest_update is not None else {}


def _health(state: SourceState | None) -> dict[str, Any]:
    if state is None:
        return {**dict.fromkeys(("overall_score", "status", "uptime_seconds", "source", "reason")), "components": {}}
    report = state.last_health[0] if state.last_health is not None else None
    headline = state.headline
    own_score = report.score if report is not None else None
    own_word = report.status if report is not None else None
    return {
        "overall_score": own_score if own_score is not None else headline.score if headline is not None else None,
        "status": own_word if own_word is not None else headline.band if headline is not None else None,
        "uptime_seconds": state.uptime_s,
        "components": {
            component.name: {
                "status": component.status,
                "score": component.score,
                "word": component.word,
                "details": component.details,
            }
            for component in state.components
        },
        "source": state.name,
        "reason": headline.reason if headline is not None else None,
    }


def _source(state: SourceState, now: float) -> dict[str, Any]:
    return {
        "name": state.name,
        "simulated": state.simulated,
        "liveness": state.liveness(now),
        "first_received": iso(state.first_received),
        "last_received": iso(state.last_received),
        "last_event_time": iso(state.last_event_time),
        "age_s": round(state.age_s(now), 3),
        "skew_s": state.skew_s,
        "system_status": state.lifecycle.status if state.lifecycle is not None else None,
        "system_message": state.lifecycle.message if state.lifecycle is not None else None,
        "health_score": state.headline.score if state.headline is not None else None,
        "uptime_s": state.uptime_s,
    }


def _feed(feed: FeedSnapshot, journal: JournalStatus) -> dict[str, Any]:
    return {
        "server": feed.server,
        "listens_at": feed.places,
        "state": feed.state,
        "state_since": iso(feed.state_since),
        "next_try_at": iso(feed.next_try_at),
        "reason": feed.reason,
        "warnings": feed.warnings,
        "received": feed.received,
        "accepted": feed.accepted,
        "duplicates": feed.duplicates,
        "echoes": feed.echoes,
        "filled": feed.filled,
        "rejected": feed.rejected,
        "unknown": feed.unknown,
        "handler_errors": feed.handler_errors,
        "reconnects": feed.reconnects,
        "lag_s": feed.lag_s,
        "last_message_at": iso(feed.last_message_at),
        "gaps": [{"start": iso(gap.start), "end": iso(gap.end), "why": gap.why} for gap in feed.gaps],
        "gaps_filled": feed.gaps_filled,
        "journal": {**fields_of(journal), "since": iso(journal.since)},
    }
