"""Whatever arrives, the parser answers: 10,000 inputs, from noise to nearly valid, and nothing raises."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import orjson
from hypothesis import HealthCheck as Check
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import events
from dashboard.events import REASONS, Event, MetricUpdate, Rejected, body_of, parse
from dashboard.reading.decoding import MAX_DEPTH, is_too_deep
from tests.unit.messages import RECEIVED

QUICK = settings(deadline=None, suppress_health_check=list(Check), database=None)

KINDS = ["METRIC_UPDATE", "health_check", "SYSTEM_STATUS", "ALERT_TRIGGERED", "ALERT_RESOLVED",
         "job_progress_update", "command_result", "other"]
CORES = ["metrics", "components", "status", "alert", "alert_id", "run_id", "request_id", "body"]
"""What each kind cannot do without."""
NAMES = ["metrics", "health_score", "health", "payload", "components", "component", "status", "trends", "alert", "id",
         "alert_id", "level", "message", "details", "suggested_actions", "recommendations", "score", "overall",
         "overall_score", "uptime_seconds", "timestamp", "source", "event_id", "run_id", "percentage", "request_id",
         "system", "cpu_percent", "a.b", "database", "query_latency_ms", "cpu", "rate", "", "name"]
SCALARS = [None, True, False, 0, -1, 41.5, 10**400, 2**64, -2**70, 1e11, 1e300, 1767261600, math.nan, math.inf, "", 101,
           "ok", "NaN", "1e999", "41.5", "2026-01-01T10:00:00", "2026-01-01T10:00:00Z", "warn", "\ud800", "\0",
           "x" * 300]


def _value(tape: Iterator[int], depth: int) -> Any:
    """Any JSON value, as the tape says; the tape runs out in zeros, and every value then is null."""
    choice = next(tape, 0)
    if choice < 160 or depth > 4:
        return SCALARS[choice % len(SCALARS)]
    if choice < 180:
        return [_value(tape, depth + 1) for _ in range(choice % 3)]
    return _object(tape, depth + 1, choice % 5)


def _object(tape: Iterator[int], depth: int, size: int) -> dict[str, Any]:
    return {NAMES[next(tape, 0) % len(NAMES)]: _value(tape, depth) for _ in range(size)}


def nearly(tape: bytes) -> dict[str, Any]:
    """An almost valid event. Built from bytes, since drawing objects one by one takes hypothesis ten times longer."""
    steps = iter(tape)
    name = ("event_type", "event", "type")[next(steps, 0) % 3]
    kind, core = next(steps, 0) % len(KINDS), next(steps, 0)
    needed = {} if core < 50 else {CORES[kind]: "ok" if core < 100 else _object(steps, 1, core % 5)}
    return {name: KINDS[kind], **needed, **_object(steps, 0, 2 + next(steps, 0) % 5)}


TAPES = st.binary(min_size=8, max_size=64)
TOGETHER = 10
"""Inputs that hypothesis makes up at once: with each by itself most of the time would go into the making."""


def several(inputs: st.SearchStrategy) -> st.SearchStrategy[list]:
    return st.lists(inputs, min_size=TOGETHER, max_size=TOGETHER)


def _check(message: bytes | str) -> Event | Rejected:
    event = parse(message, RECEIVED)
    if isinstance(event, Rejected):
        assert event.reason in REASONS
        assert event.reason != "unreadable", (message, event)
        return event
    assert isinstance(event, Event)
    assert event.source
    assert math.isfinite(event.at)
    assert event.at <= RECEIVED + events.FUTURE_TOLERANCE_S
    assert len(event.complaints) <= 20
    if isinstance(event, MetricUpdate):
        assert all(type(value) is float and math.isfinite(value) for value in event.metrics.values())
        assert not event.metrics.keys() & event.facts.keys()
        orjson.dumps([body_of(event.raw), event.facts])
    assert parse(message, RECEIVED) == event
    return event


@settings(QUICK, max_examples=3000 // TOGETHER)
@given(several(st.one_of(st.binary(max_size=80), st.text(max_size=80))))
def test_noise(messages):
    for message in messages:
        _check(message)


@settings(QUICK, max_examples=5000 // TOGETHER)
@given(several(TAPES))
def test_nearly_valid_events(tapes):
    for tape in tapes:
        _check(json.dumps(nearly(tape)))


@settings(QUICK, max_examples=2000 // TOGETHER)
@given(several(st.tuples(TAPES, st.binary(min_size=3, max_size=9))))
def test_damaged_events(inputs):
    for tape, damage in inputs:
        message = bytearray(json.dumps(nearly(tape)).encode())
        for high, low, value in zip(damage[::3], damage[1::3], damage[2::3], strict=False):
            message[(high * 256 + low) % len(message)] = value
        _check(bytes(message))


@settings(QUICK, max_examples=300)
@given(st.recursive(st.just("x[\"]{"), lambda inner: st.one_of(
    st.lists(inner, max_size=3), st.dictionaries(st.just("k"), inner)), max_leaves=30), st.integers(0, 40))
def test_depth_is_counted_as_a_walk_counts_it(value, wraps):
    for _ in range(wraps):
        value = [value]

    def depth(item) -> int:
        inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else None
        return 0 if inner is None else 1 + max(map(depth, inner), default=0)
    assert is_too_deep(json.dumps(value).encode()) == (depth(value) > MAX_DEPTH)
