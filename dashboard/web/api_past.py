"""What the history keeps beside metrics, for scripts: a past moment, commands, gaps of the feed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

from dashboard.commands import SentCommand
from dashboard.history.answers import PastCommand, PastEvent
from dashboard.inquiry.moment import SourceThen, moment_of
from dashboard.inquiry.past import kept_s
from dashboard.web.answers import iso, success
from dashboard.web.guard import Guard
from dashboard.web.history_away import newest, notes_of, read_or
from dashboard.web.window import asked_moment, asked_span

if TYPE_CHECKING:
    from dashboard.services import Services
LISTED_MOST = 2_000
"""Commands or gaps of one answer: some 400 kB."""


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    archive, clock = services.history.events, services.clock

    @blueprint.get("/history/moment")
    def past_moment() -> Response:
        at = asked_moment("at", clock(), kept_s(services))
        with services.look() as then:
            found = moment_of(then, at)
        return success(
            at=iso(found.at), deaf=found.deaf.why if found.deaf else None,
            sources=[_source(one) for one in found.sources], sources_left_out=found.sources_left_out,
            statuses={one.source: _said(one.status) for one in found.sources if one.status},
            healths={one.source: _said(one.health) for one in found.sources if one.health},
            alerts=[one.alert.to_json() | {"state_then": one.state, "timeline": list(one.timeline)}
                    for one in found.alerts], alerts_left_out=found.alerts_left_out,
            commands=[_command(one) for one in found.commands], commands_left_out=found.commands_left_out,
            notes=notes_of(found.unavailable))

    @blueprint.get("/history/commands")
    def past_commands() -> Response:
        span = asked_span(clock(), kept_s(services))
        found, notes = read_or([], lambda: archive.commands(span.start, span.end, LISTED_MOST + 1))
        found, cut = newest(found, LISTED_MOST, "commands")
        return success(start=iso(span.start), end=iso(span.end), notes=notes + cut,
                       commands=[_command(one) for one in found])

    @blueprint.get("/history/gaps")
    def past_gaps() -> Response:
        span = asked_span(clock(), kept_s(services))
        found, notes = read_or([], lambda: archive.gaps(span.start, span.end, LISTED_MOST + 1))
        found, cut = newest(found, LISTED_MOST, "gaps")
        return success(start=iso(span.start), end=iso(span.end), notes=notes + cut, gaps=[
            {"process": gap.process, "start": iso(gap.start), "end": iso(gap.end), "why": gap.why} for gap in found])


def _source(one: SourceThen) -> dict[str, Any]:
    """Figures in the metric's own unit; a counter as its growth per second."""
    return {"source": one.source, "heard_at": iso(one.heard_at), "step_s": one.step_s, "health_score": one.score,
            "values": {name: value.number for name, value in one.values.items()}}


def _command(one: SentCommand | PastCommand) -> dict[str, Any]:
    """What has just been sent has no answer yet."""
    return {"request_id": one.request_id, "action": one.action, "requested_by": one.requested_by, "at": iso(one.at),
            "receivers": one.receivers, "answer": getattr(one, "answer", None),
            "message": getattr(one, "answer_message", ""), "answered_at": iso(getattr(one, "answered_at", None))}


def _said(event: PastEvent) -> dict[str, Any]:
    return {"at": iso(event.at), **event.document}
