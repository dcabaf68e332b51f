"""One reader for each kind of event: an envelope in, an event out, or BadBody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.event_types import (
    AlertResolved,
    AlertTriggered,
    CommandResult,
    Component,
    Event,
    HealthCheck,
    HealthReport,
    JobProgress,
    MetricUpdate,
    OtherEvent,
    SystemStatus,
    Trend,
)
from dashboard.named_numbers import NamedNumbers
from dashboard.reading.envelope import ID_NAMES, KIND_NAMES, Envelope
from dashboard.reading.health import BODY_NAMES, WHOLE_NAMES, component_details, read_component, read_report
from dashboard.reading.leaves import (
    MAX_NAME,
    bounded,
    complain,
    details,
    identity,
    normal_level,
    number,
    optional_text,
    parse_number,
    short_hash,
    shown,
    text_of,
    texts,
    time,
)
from dashboard.reading.metrics import flatten
from dashboard.reading.words import lifecycle_word

MAX_TRENDS = 50
MAX_RECOMMENDATIONS = 50
MAX_ACTIONS = 20
NO_RUN = "unnamed"
_DIRECTIONS = ("increasing", "decreasing")
_ENVELOPE_NAMES = frozenset({*KIND_NAMES, *ID_NAMES, "source", "timestamp", "version", "payload", "component",
                             "status", "score", "details", "metrics", "components", "uptime_seconds"})
_JOB_NUMBERS = {"total": "total_symbols", "completed": "completed", "failed": "failed", "processed": "processed",
                "remaining": "remaining", "percentage": "percentage",
                "avg_processing_time_ms": "avg_processing_time_ms"}


class BadBody(ValueError):
    """The body is of the wrong kind: nothing of what makes this event could be read."""


def read_metric_update(envelope: Envelope) -> MetricUpdate:
    """METRIC_UPDATE. A health score, trends or recommendations alone are enough, so that one leaf costs only itself."""
    tree, path, complaints = envelope.find("metrics"), envelope.path, envelope.complaints
    health = read_health_score(envelope.find("health_score"), path, complaints)
    trends = read_trends(envelope.find("trends"), path, complaints)
    recommendations = read_recommendations(envelope.find("recommendations"), path, complaints)
    metrics: dict[str, float] = {}
    facts: dict[str, Any] = {}
    if isinstance(tree, dict):
        metrics, facts = flatten(tree, f"{path}metrics", complaints)
    elif health is None and trends is None and recommendations is None:
        raise BadBody(f"metrics is {shown(tree)}" if tree is not None else "no metrics")
    elif tree is not None:
        complain(complaints, f"{path}metrics", shown(tree))
    return MetricUpdate(  # each by name, which costs far less than `**base()`: nearly all messages are of this kind
        kind=envelope.kind, source=envelope.source, time=envelope.time, received=envelope.received, key=envelope.key,
        complaints=tuple(complaints), metrics=NamedNumbers.of(metrics), facts=facts, health=health, trends=trends,
        recommendations=recommendations, raw=envelope.raw)


def read_health_score(value: Any, path: str, complaints: list[str]) -> HealthReport | None:
    """`health_score` of an update, an object or the score alone. `path` is that of what it stands in."""
    if isinstance(value, dict):
        return read_report(value, f"{path}health_score.", complaints)
    if value is None:
        return None
    if parse_number(value) is None:
        complain(complaints, f"{path}health_score", shown(value))
        return None
    return read_report({"overall": value}, f"{path}health_score.", complaints)


def read_recommendations(value: Any, path: str, complaints: list[str]) -> tuple[str, ...] | None:
    """`recommendations` of an update."""
    found = None if value is None else texts(value, MAX_RECOMMENDATIONS)
    if value is not None and found is None:
        complain(complaints, f"{path}recommendations", shown(value))
    return found


def read_trends(value: Any, path: str, complaints: list[str]) -> dict[str, Trend] | None:
    """`trends` of an update, by what they are of."""
    if value is None:
        return None
    path = f"{path}trends"
    if not isinstance(value, dict):
        complain(complaints, path, shown(value))
        return None
    trends: dict[str, Trend] = {}
    for key, item in list(value.items())[:MAX_TRENDS]:
        name, here = identity(key), f"{path}.{key}."
        if isinstance(item, str):
            item = {"direction": item}
        if not name or not isinstance(item, dict):
            complain(complaints, f"{path}.{key}", shown(item))
            continue
        direction = text_of(item.get("direction"), MAX_NAME).strip().lower()
        trends[name] = Trend(
            direction if direction in _DIRECTIONS else "stable",
            number(item, "rate", here, complaints), number(item, "prediction_1h", here, complaints))
    return trends


def read_health_check(envelope: Envelope) -> HealthCheck:
    """HEALTH_CHECK: body under `health`, `payload` or at the top level; or about one component a message."""
    health, complaints = envelope.find("health"), envelope.complaints
    body, path = envelope.body, envelope.path
    if isinstance(health, dict):
        body, path = health, "health."
    elif health is not None and not any(name in body for name in BODY_NAMES):
        raise BadBody(f"health is {shown(health)}")
    elif health is not None:
        complain(complaints, f"{path}health", shown(health))
    if body is envelope.document and not any(name in body for name in BODY_NAMES):
        raise BadBody("no score, status, component or uptime")
    tree = body.get("metrics")
    component = _one_component(envelope, body)
    metrics: dict[str, float] = {}
    facts: dict[str, Any] = {}
    if isinstance(tree, dict):
        metrics, facts = flatten(tree, f"{path}metrics", complaints, f"{component}." if component else "")
    elif tree is not None:
        complain(complaints, f"{path}metrics", shown(tree))
    report = _component_report(component, body, path, complaints) if component \
        else read_report(body, path, complaints)
    return HealthCheck(**envelope.base(), report=report, component=component or None,
                       metrics=NamedNumbers.of(metrics), facts=facts)


def _one_component(envelope: Envelope, body: dict[str, Any]) -> str:
    """The name of the component a message is about; empty where it is about the whole producer."""
    if any(name in body for name in WHOLE_NAMES):
        return ""
    return identity(body.get("component")) or identity(envelope.document.get("component"))


def _component_report(name: str, body: dict[str, Any], path: str, complaints: list[str]) -> HealthReport:
    """Envelope C: status and score beside `component` are the component's, not the producer's."""
    extra = component_details(body, _ENVELOPE_NAMES)
    if isinstance(body.get("metrics"), dict):
        extra = {**bounded(body["metrics"]), **extra}
    state = {key: body[key] for key in ("status", "score") if key in body}
    read = read_component(name, state, f"{path}component", complaints)
    return HealthReport(None, None, number(body, "uptime_seconds", path, complaints),
                        (Component(name, read.status, read.word, read.score, extra),))


def read_system_status(envelope: Envelope) -> SystemStatus:
    """SYSTEM_STATUS: the lifecycle of a producer."""
    status, complaints = envelope.find("status"), envelope.complaints
    message = text_of(envelope.find("message"))
    uptime = number({"uptime_seconds": envelope.find("uptime_seconds")}, "uptime_seconds", envelope.path, complaints)
    word = text_of(status, MAX_NAME).strip()
    if not word and not message and uptime is None:
        raise BadBody("no status" if status is None else f"status is {shown(status)}")
    if not word:
        complain(complaints, f"{envelope.path}status", "absent" if status is None else shown(status))
    return SystemStatus(
        **envelope.base(), status=word, lifecycle=lifecycle_word(word), message=message,
        details=details(envelope.find("details")), uptime_s=uptime)


def _alert_body(envelope: Envelope) -> tuple[dict[str, Any], str]:
    """The `alert` object, or the body itself where a producer sends the alert flat."""
    alert = envelope.find("alert")
    if isinstance(alert, dict):
        return alert, "alert."
    if alert is not None:
        complain(envelope.complaints, f"{envelope.path}alert", shown(alert))
    return envelope.body, envelope.path


def _derived_id(source: str, alert: dict[str, Any]) -> str:
    component, message = text_of(alert.get("component"), MAX_NAME), text_of(alert.get("message"))
    return f"auto-{short_hash(source, component, message)}" if component or message else ""


def read_alert_triggered(envelope: Envelope) -> AlertTriggered:
    """ALERT_TRIGGERED; an alert without an id gets one from source, component and message."""
    alert, path = _alert_body(envelope)
    complaints = envelope.complaints
    own = identity(alert.get("id")) or identity(alert.get("alert_id"))
    level = alert.get("level")
    number_of = own or _derived_id(envelope.source, alert)
    if not number_of:
        if level is None:
            raise BadBody("no alert with an id, a component or a message")
        number_of = f"auto-{short_hash(envelope.source, '', '')}"
    if alert.get("id") is not None and not own:
        complain(complaints, f"{path}id", shown(alert["id"]))
    moment = time(alert, "timestamp", path, complaints) if alert is not envelope.document else envelope.time
    suggested = alert.get("suggested_actions")
    actions = texts(suggested, MAX_ACTIONS)
    if suggested is not None and actions is None:
        complain(complaints, f"{path}suggested_actions", shown(suggested))
    base = envelope.base()
    if base["time"] is None:
        base["time"] = moment
    return AlertTriggered(
        **base, id=number_of, level=normal_level(level)[0], component=text_of(alert.get("component"), MAX_NAME),
        message=text_of(alert.get("message")), details=details(alert.get("details")),
        suggested_actions=actions or (), alert_time=moment)


def read_alert_resolved(envelope: Envelope) -> AlertResolved:
    """ALERT_RESOLVED; the id in `alert_id`, `alert.id`, `alert.alert_id` or `id`."""
    alert = envelope.find("alert")
    inner = alert if isinstance(alert, dict) else {}
    places = (envelope.find("alert_id"), inner.get("id"), inner.get("alert_id"), envelope.find("id"))
    own = next((found for found in map(identity, places) if found), "") \
        or _derived_id(envelope.source, inner or envelope.body)
    if not own:
        raise BadBody("no id of an alert")
    return AlertResolved(
        **envelope.base(), id=own,
        resolved_by=optional_text(envelope.find("resolved_by") or inner.get("resolved_by"), MAX_NAME),
        notes=optional_text(envelope.find("notes") or inner.get("notes")))


def read_job_progress(envelope: Envelope) -> JobProgress:
    """job_progress_update, keyed by run_id."""
    body, path, complaints = envelope.body, envelope.path, envelope.complaints
    run_id = identity(body.get("run_id"))
    figures = {name: number(body, sent, path, complaints) for name, sent in _JOB_NUMBERS.items()}
    phase = text_of(body.get("phase"), MAX_NAME)
    if not run_id:
        if not phase and all(figure is None for figure in figures.values()):
            raise BadBody("no run_id, phase or figure")
        complain(complaints, f"{path}run_id", shown(body.get("run_id")))
    return JobProgress(
        **envelope.base(), run_id=run_id or NO_RUN, phase=phase,
        current_symbol=optional_text(body.get("current_symbol"), MAX_NAME),
        estimated_completion=optional_text(body.get("estimated_completion"), MAX_NAME), **figures)


def read_command_result(envelope: Envelope) -> CommandResult:
    """command_result: the answer to a command of ours, by its request_id."""
    request_id = identity(envelope.find("request_id"))
    if not request_id:
        raise BadBody("no request_id")
    return CommandResult(
        **envelope.base(), request_id=request_id,
        status=text_of(envelope.find("status"), MAX_NAME).strip().lower(), message=text_of(envelope.find("message")))


def read_other(envelope: Envelope) -> OtherEvent:
    """A kind nobody told us about."""
    return OtherEvent(**envelope.base(), body=bounded(envelope.document))


READERS: dict[str, Callable[[Envelope], Event]] = {
    "metric_update": read_metric_update,
    "health_check": read_health_check,
    "system_status": read_system_status,
    "alert_triggered": read_alert_triggered,
    "alert_resolved": read_alert_resolved,
    "job_progress_update": read_job_progress,
    "command_result": read_command_result,
}
