"""What the history keeps beside metrics, for scripts: a past moment, commands, gaps of the feed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

from dashboard.alerts.story import story
from dashboard.explore.times import length_words
from dashboard.history.answers import PastEvent, PastMoment
from dashboard.inquiry.past import kept_s
from dashboard.web.answers import Problem, iso, success
from dashboard.web.guard import Guard
from dashboard.web.history_away import read_or
from dashboard.web.parameters import moment
from dashboard.web.window import asked_span

if TYPE_CHECKING:
    from dashboard.services import Services

NOTHING = PastMoment(0.0, (), {}, {})


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    archive, clock = services.history.events, services.clock

    @blueprint.get("/history/moment")
    def past_moment() -> Response:
        at = moment("at")
        if at is None or at > clock():
            raise Problem(400, "at is a time that has been: ISO 8601 or Unix seconds.")
        if at < clock() - kept_s(services):
            raise Problem(400, f"at lies further back than anything is kept: {length_words(kept_s(services))}.")
        found, notes = read_or(NOTHING, lambda: archive.moment(at))
        silences = services.alerts.silences()
        return success(
            at=iso(at), statuses={name: _said(event) for name, event in found.statuses.items()},
            healths={name: _said(event) for name, event in found.healths.items()},
            alerts=[alert.to_json() | {"state_then": state, "timeline": story(alert, silences, clock())}
                    for alert, state in found.alerts], notes=notes)

    @blueprint.get("/history/commands")
    def past_commands() -> Response:
        span = asked_span(clock(), kept_s(services))
        found, notes = read_or([], lambda: archive.commands(span.start, span.end))
        return success(start=iso(span.start), end=iso(span.end), notes=notes, commands=[
            {"request_id": one.request_id, "action": one.action, "requested_by": one.requested_by, "at": iso(one.at),
             "receivers": one.receivers, "answer": one.answer, "message": one.answer_message,
             "answered_at": iso(one.answered_at)} for one in found])

    @blueprint.get("/history/gaps")
    def past_gaps() -> Response:
        span = asked_span(clock(), kept_s(services))
        found, notes = read_or([], lambda: archive.gaps(span.start, span.end))
        return success(start=iso(span.start), end=iso(span.end), notes=notes, gaps=[
            {"process": gap.process, "start": iso(gap.start), "end": iso(gap.end), "why": gap.why} for gap in found])


def _said(event: PastEvent) -> dict[str, Any]:
    return {"at": iso(event.at), **event.document}
