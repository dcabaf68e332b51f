"""Publishes events as the contract describes them. For producers: TickStockPL and the host agent alike.

    from dashboard.publisher import Publisher

    publisher = Publisher(redis.Redis(), source="TickStockPL")
    publisher.metric_update({"system": {"cpu_percent": 41.5}, "processing": {"queue_depth": 7}})
    publisher.alert_triggered("db-pool", "WARNING", "database", "Connection pool is nearly used up")
    publisher.alert_resolved("db-pool")

It needs redis-py and orjson, and nothing of the web; it starts no thread and keeps nothing.

    publisher = Publisher(redis.Redis(), source="TickStockPL", journal="{monitoring}")

also records every event in the consoles' journal, in the same step: then nothing is lost, whoever listened.
"""

from __future__ import annotations

import hashlib
import math
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson

DEFAULT_CHANNEL = "tickstock:monitoring"
ENVELOPE_VERSION = "1.0"
LARGEST_MESSAGE = 1024 * 1024  # bytes; the console refuses what is larger
SIMULATED_MARKS = ("simulator", "test")  # a source with one of these in its name is shown as simulated
LONGEST_HOST = 100


class Connection(Protocol):
    """What a publisher needs of a Redis client."""

    def publish(self, channel: str, message: bytes) -> int: ...


class MessageTooLarge(ValueError):
    """The event is larger than the console reads; nothing was sent."""


class Publisher:
    """One named source of events.

    Every method sends one event and returns how many subscribers received it: 0 means that nobody listened. Every
    event carries an `event_id` and the time it was made, so that a console that hears it twice counts it once, and
    one that hears it late files it right. Numbers that are NaN or infinite are left out, as are values that are None:
    absent is shown as absent.

    Methods raise `redis.RedisError` where Redis cannot be reached, `ValueError` where the event cannot be written as
    JSON, `MessageTooLarge` above 1 MiB. Safe to share between threads if the client is (redis-py's is).
    """

    def __init__(
        self,
        redis: Connection,
        channel: str = DEFAULT_CHANNEL,
        source: str = "",
        *,
        journal: str | None = None,
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ):
        """`source` names the publisher on the page; two publishers on one channel need two names.

        `journal` is the key prefix of the consoles (their `MONITORING_KEY_PREFIX`, by default `{monitoring}`): with
        it every event is recorded as well as published. `redis` must be a whole client then.

        Raises ValueError where it is empty.
        """
        if not source.strip():
            raise ValueError("a publisher needs a source name")
        self.source = source
        self.channel = channel
        self._redis = redis if journal is None else _recorded(redis, journal, clock)
        self._clock = clock
        self._new_id = new_id

    def metric_update(
        self,
        metrics: Mapping[str, Any],
        *,
        health_score: Mapping[str, Any] | None = None,
        trends: Mapping[str, Mapping[str, Any]] | None = None,
        recommendations: Iterable[str] | None = None,
        at: float | None = None,
    ) -> int:
        """What was measured, every 2 to 10 seconds.

        `metrics` are groups (`system`, `processing`, `database`, or any other) of finite numbers; booleans, strings
        and lists are shown beside them. `health_score` is {`overall` 0 to 100, `status`, `components`}; `trends` are
        {`cpu`, `memory`: {`direction`, `rate`, `prediction_1h`}}, in % for cpu and MB for memory. `at` is the time of
        the measurement in Unix seconds, now where it is absent.
        """
        body: dict[str, Any] = {"metrics": dict(metrics), "health_score": health_score, "trends": trends}
        if recommendations is not None:
            body["recommendations"] = list(recommendations)
        return self.send(self.flat("METRIC_UPDATE", body, at))

    def health_check(
        self,
        overall_score: float | None,
        status: str,
        components: Mapping[str, Any] | None = None,
        *,
        uptime_seconds: float | None = None,
    ) -> int:
        """How well the source is: `overall_score` 0 to 100, and by component a word, a number or {`status`, …}."""
        body = {
            "overall_score": overall_score,
            "status": status,
            "components": components or {},
            "uptime_seconds": uptime_seconds,
        }
        return self.send(self.flat("HEALTH_CHECK", {"health": body}))

    def system_status(
        self,
        status: str,
        message: str = "",
        *,
        details: Mapping[str, Any] | None = None,
        uptime_seconds: float | None = None,
    ) -> int:
        """`RUNNING`, `starting`, `stopping` or `stopped`. A source that says it stops is not waited for."""
        body = {"status": status, "message": message, "details": details, "uptime_seconds": uptime_seconds}
        return self.send(self.flat("SYSTEM_STATUS", body))

    def alert_triggered(
        self,
        id: str | int,
        level: str,
        component: str,
        message: str,
        *,
        details: Mapping[str, Any] | None = None,
        suggested_actions: Iterable[str] = (),
        at: float | None = None,
    ) -> int:
        """Something is wrong. `level` is EMERGENCY, CRITICAL, ERROR, WARNING or INFO.

        The same `id` again while the alert is open is one more occurrence of it, and may change its level and text.
        """
        now = self._clock() if at is None else at
        alert = {
            "id": id,
            "level": level,
            "component": component,
            "message": message,
            "details": details or {},
            "suggested_actions": list(suggested_actions),
            "timestamp": iso(now),
        }
        return self.send(self.flat("ALERT_TRIGGERED", {"alert": alert}, now))

    def alert_resolved(self, id: str | int, *, resolved_by: str | None = None, notes: str | None = None) -> int:
        """The alert `id` of this source is over."""
        return self.send(self.flat("ALERT_RESOLVED", {"alert_id": id, "resolved_by": resolved_by, "notes": notes}))

    def job_progress(self, run_id: str, phase: str, **figures: Any) -> int:
        """How far a job is. `figures` are any of `total_symbols`, `completed`, `failed`, `processed`, `remaining`,
        `percentage`, `current_symbol`, `estimated_completion`, `avg_processing_time_ms`."""
        return self.send(self.wrapped("job_progress_update", {"run_id": run_id, "phase": phase, **figures}))

    def command_result(self, request_id: str, status: str, message: str = "") -> int:
        """The answer to a command that carried `request_id`: `received`, then `done` or `failed`."""
        payload = {"request_id": request_id, "status": status, "message": message}
        return self.send(self.wrapped("command_result", payload))

    def flat(self, kind: str, body: Mapping[str, Any], at: float | None = None) -> dict[str, Any]:
        """Envelope A: the body beside type, time, source and id. Sends nothing."""
        head = {"event_type": kind, **self._head(at)}
        return head | {name: value for name, value in body.items() if value is not None and name not in head}

    def wrapped(self, kind: str, payload: Mapping[str, Any], at: float | None = None) -> dict[str, Any]:
        """Envelope B: the body under `payload`. Sends nothing."""
        return {"event": kind, "version": ENVELOPE_VERSION, **self._head(at), "payload": dict(payload)}

    def send(self, event: Mapping[str, Any]) -> int:
        """Send an event made by `flat` or `wrapped`. Sending the same one again is harmless: its id is the same."""
        return self._redis.publish(self.channel, encode(event))

    def _head(self, at: float | None) -> dict[str, Any]:
        now = self._clock() if at is None else at
        return {"timestamp": iso(now), "source": self.source, "event_id": self._new_id()}


def _recorded(client: Any, key_prefix: str, clock: Callable[[], float]) -> Connection:
    from dashboard.recorded_channel import RecordedChannel  # only who records needs what belongs to it

    return RecordedChannel(client, key_prefix, clock=clock)


def iso(at: float) -> str:
    """Unix seconds as ISO 8601 in UTC with `Z`, to the millisecond."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encode(event: Mapping[str, Any]) -> bytes:
    """The event as JSON. Raises MessageTooLarge, and ValueError where it holds what JSON cannot."""
    try:
        message = orjson.dumps(_present(event), option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    except TypeError as problem:  # orjson's JSONEncodeError
        raise ValueError(f"this event is no JSON: {problem}") from None
    except RecursionError:
        raise ValueError("this event is no JSON: it holds itself, or is nested too deep") from None
    if len(message) > LARGEST_MESSAGE:
        raise MessageTooLarge(f"{len(message)} bytes, at most {LARGEST_MESSAGE} are read")
    return message


def _present(value: Any) -> Any:
    """The value without what is None, NaN or infinite in its objects; JSON knows neither of the latter."""
    if isinstance(value, Mapping):
        return {name: _present(inner) for name, inner in value.items() if not _absent(inner)}
    if isinstance(value, list | tuple | set | frozenset):
        return [_present(inner) for inner in value if not _absent(inner)]
    return value


def _absent(value: Any) -> bool:
    if value is None:
        return True
    try:
        return not isinstance(value, str | bytes) and not math.isfinite(value)
    except (TypeError, ValueError):  # no number: an object, a list, an array
        return False
    except OverflowError:  # an integer beyond a double, which the console could not read as a number either
        return True


def default_source(host: str) -> str:
    """A name that tells machines apart, and is not taken for a simulator because of what the machine is called.

    What would make it one is left out, and what is too long is cut; a sum over the whole name follows where either
    was done, since `test-01` and `test-02` are two machines.
    """
    shown = host
    for mark in SIMULATED_MARKS:
        if mark in shown.lower():
            shown = shown.lower().replace(mark, "_")
    shown = shown[:LONGEST_HOST]
    if shown != host:
        shown += "-" + hashlib.sha256(host.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"host-agent@{shown}" if host else "host-agent"
