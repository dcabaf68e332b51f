"""A board of sources, what is applied to it, and what it then says of the usual one."""

from __future__ import annotations

from dashboard.sources import SourceBoard
from tests.unit.messages import RECEIVED, update


class Clock:
    now = RECEIVED + 10_000  # after all that is heard in these tests

    def __call__(self) -> float:
        return self.now


def board(**options) -> SourceBoard:
    return SourceBoard(**{"max_sources": 8, "clock": Clock(), **options})


def applied(*events, **options) -> SourceBoard:
    target = board(**options)
    for event in events:
        target.apply(event)
    return target


def state(*events):
    return applied(*events).get("TickStockPL")


def at(second: float, metrics=None, **fields):  # sent and heard `second` seconds in
    return update(metrics or {}, RECEIVED + second, timestamp=RECEIVED + second, **fields)
