"""Bytes of the monitoring channel to a typed event, or Rejected(reason). No clock, no socket, and what is remembered of
messages changes nothing but how long the next ones take.

This is the public door: `parse`, `body_of`, the event classes and the small readers other modules share. The work is
done in `dashboard.reading`, the classes stand in `dashboard.event_types`.
"""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.event_types import (
    FUTURE_TOLERANCE_S,
    REASONS,
    UNNAMED,
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
    Rejected,
    SystemStatus,
    Trend,
    is_simulated,
)
from dashboard.reading.as_sent import body_of
from dashboard.reading.decoding import MAX_BYTES, MAX_DEPTH, Undecodable, decode
from dashboard.reading.envelope import Envelope, kind_of, open_envelope
from dashboard.reading.familiar import Familiar
from dashboard.reading.kinds import READERS, BadBody, read_other
from dashboard.reading.leaves import LEVELS, normal_level, parse_time

__all__ = [
    "FUTURE_TOLERANCE_S", "LEVELS", "MAX_BYTES", "MAX_DEPTH", "REASONS", "UNNAMED", "AlertResolved", "AlertTriggered",
    "CommandResult", "Component", "Event", "HealthCheck", "HealthReport", "JobProgress", "MetricUpdate", "OtherEvent",
    "Rejected", "SystemStatus", "Trend", "body_of", "is_simulated", "normal_level", "parse", "parse_time",
    "parse_together",
]

_familiar = Familiar()


def parse(raw: bytes | bytearray | memoryview | str, received: float) -> Event | Rejected:
    """Read one message heard at `received` (Unix seconds). Never raises."""
    return parse_together((raw,), (received,))[0]


def parse_together(raws: Iterable[bytes | bytearray | memoryview | str],
                   times: Iterable[float]) -> list[Event | Rejected]:
    """The same for several, each heard at its time, which is asked for when its turn comes. Never raises.

    First all are opened and then all are read: quicker than one after the other, whose code is not in the caches.
    """
    opened = [_open(raw, received) for raw, received in zip(raws, times, strict=False)]
    return [_read(each) if type(each) is Envelope else each for each in opened]


def _open(raw: bytes | bytearray | memoryview | str, received: float) -> Envelope | Event | Rejected:
    try:
        data = _as_bytes(raw)
        event = _familiar.read(data, received)
        if event is not None:
            return event
        complaints: list[str] = []
        document = decode(data, complaints)
        kind = kind_of(document)
        if not kind:
            return Rejected("no-type", "neither event_type, event nor type names a kind", received)
        return open_envelope(document, kind, data, received, complaints)
    except Undecodable as error:
        return Rejected(error.reason, error.detail, received)
    except Exception as error:
        return _unreadable(error, received, None)


def _read(envelope: Envelope) -> Event | Rejected:
    try:
        event = READERS.get(envelope.kind, read_other)(envelope)
        if type(event) is MetricUpdate:
            _familiar.learn(event, envelope.document)
        return event
    except BadBody as error:
        return Rejected("bad-body", str(error)[:200], envelope.received, envelope.source)
    except Exception as error:
        return _unreadable(error, envelope.received, envelope.source)


def _unreadable(error: Exception, received: float, source: str | None) -> Rejected:
    """The feed must outlive a fault of this reader; the count of "unreadable" shows it."""
    return Rejected("unreadable", type(error).__name__, received, source)


def _as_bytes(raw: bytes | bytearray | memoryview | str) -> bytes:
    if isinstance(raw, bytes):
        return raw
    if isinstance(raw, str):
        return raw.encode("utf-8", "replace")
    if isinstance(raw, (bytearray, memoryview)):
        return bytes(raw)
    raise Undecodable("not-json", f"a {type(raw).__name__} instead of bytes")
