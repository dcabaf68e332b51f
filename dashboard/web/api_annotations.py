"""Operators' annotations over REST: what was written beside a time or a span, by whom and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Blueprint, Response

from dashboard.explore.times import TEXT_LIMIT, TimeError, moment_s, parse_moment
from dashboard.history.answers import Annotation, HistoryUnavailable, UnknownAnnotation, UnknownSource
from dashboard.inquiry.known import check_source
from dashboard.inquiry.past import kept_s
from dashboard.web.answers import Problem, iso, success
from dashboard.web.guard import Guard
from dashboard.web.history_away import newest, read_or
from dashboard.web.parameters import WORD_MAX_CHARS, json_body, single, text_field
from dashboard.web.window import asked_span, sentence

if TYPE_CHECKING:
    from dashboard.services import Services

TEXT_MAX_CHARS = 2_000
LISTED_MOST = 1_000
"""Annotations of one answer, each of 2,000 characters at most."""
Answer = TypeVar("Answer")


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    archive, clock = services.history.events, services.clock

    @blueprint.get("/annotations")
    def list_annotations() -> Response:
        span = asked_span(clock(), kept_s(services))
        source = single("source")
        found, notes = read_or([], lambda: archive.annotations(span.start, span.end, source, LISTED_MOST + 1))
        found, cut = newest(found, LISTED_MOST, "annotations")
        if source is not None and not notes and all(one.source != source for one in found):
            _act(lambda: check_source(services, source))
        return success(annotations=[_shown(one) for one in found], notes=notes + cut)

    @blueprint.post("/annotations")
    def annotate() -> Response:
        body = json_body()
        text = text_field(body, "text", TEXT_MAX_CHARS, required=True)
        source = text_field(body, "source", WORD_MAX_CHARS) or None
        start = _moment(body, "start", clock())
        end = _moment(body, "end", clock())
        if source is not None:
            _act(lambda: check_source(services, source))
        made = _act(lambda: archive.annotate(clock() if start is None else start, end, text, guard.user_name(), source))
        return success(message="Annotated.", annotation=_shown(made))

    @blueprint.patch("/annotations/<annotation_id>")
    def change(annotation_id: str) -> Response:
        body, now = json_body(), clock()
        changes: dict[str, Any] = {name: value for name in ("start", "end")
                                   if (value := _moment(body, name, now)) is not None}
        if "end" in body and body["end"] is None:
            changes["end"] = None  # as an answer has it: a moment
        if body.get("text") is not None:
            changes["text"] = text_field(body, "text", TEXT_MAX_CHARS, required=True)
        return success(message="Changed.", annotation=_shown(
            _act(lambda: archive.change_annotation(annotation_id, guard.user_name(), **changes))))

    @blueprint.delete("/annotations/<annotation_id>")
    def remove(annotation_id: str) -> Response:
        _act(lambda: archive.remove_annotation(annotation_id))
        return success(message="Deleted.")


def _shown(one: Annotation) -> dict[str, Any]:
    return {"id": one.id, "start": iso(one.start), "end": iso(one.end), "text": one.text, "by": one.by,
            "at": iso(one.at), "source": one.source}


def _moment(body: dict[str, Any], name: str, now: float) -> float | None:
    """A moment as people write it, or Unix seconds; naive times are UTC."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Problem(400, f"{name} is a time.")
    try:
        return moment_s(parse_moment(str(value)[:TEXT_LIMIT + 1]), now, "UTC")
    except TimeError as error:
        raise Problem(400, sentence(TimeError(f"{name}: {error}"))) from None


def _act(act: Callable[[], Answer]) -> Answer:
    try:
        return act()
    except UnknownSource as error:
        raise Problem(404, f"Nothing was ever heard of {error}.") from None
    except UnknownAnnotation:
        raise Problem(404, "There is no such annotation.") from None
    except HistoryUnavailable as error:
        raise Problem(503, f"Not changed: {error.reason}.") from None
    except ValueError as error:
        raise Problem(400, sentence(error)) from None
