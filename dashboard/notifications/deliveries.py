"""A delivery: one message on its way to one address, with all its tries. Pure.

waiting → sending → sent, or waiting again after a failed try, with pauses that grow, until TRIES are used up: failed.
A delivery that waits while its group has more to tell is joined with the next one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson

from dashboard.alerts.times import iso
from dashboard.notifications.message import Content, load_content
from dashboard.notifications.routes import Route, Target, new_id

WAITING, SENDING, SENT, FAILED, JOINED, DROPPED = "waiting", "sending", "sent", "failed", "joined", "dropped"
STATES = (WAITING, SENDING, SENT, FAILED, JOINED, DROPPED)
UNFINISHED = (WAITING, SENDING)
PAUSES_S = (10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 1_800.0)
"""Pauses after the first, second, … failed try: most outages of a mail server end within the hour."""
TRIES = len(PAUSES_S) + 1
TEST = "test"
"""Kind of a delivery that a person asked for. It is tried once: they are waiting to see what comes of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Times are Unix seconds. `address` and `service` are what may be told of the target, the rest is not in here.

    `content` is None for a test, and once the delivery is finished. `title` is what was sent, as far as it was worded.
    `by` is who asked for a test; `process` is who tried last.
    """

    id: str
    kind: str
    route_id: str
    route_name: str
    target_id: str
    service: str
    address: str
    source: str = ""
    title: str = ""
    by: str = ""
    made_at: float
    state: str = WAITING
    tries: int = 0
    reason: str = ""
    next_at: float | None = None
    ended_at: float | None = None
    process: str = ""
    content: Content | None = None

    @property
    def finished(self) -> bool:
        return self.state not in UNFINISHED

    def begun(self, process: str, now: float) -> Delivery:
        """Claimed by a process that sends it now."""
        return replace(self, state=SENDING, tries=self.tries + 1, process=process, next_at=None)

    def succeeded(self, title: str, now: float) -> Delivery:
        return replace(self, state=SENT, title=title, reason="", ended_at=now, content=None)

    def failed(self, title: str, reason: str, now: float) -> tuple[Delivery, float | None]:
        """After a failed try, and in how many seconds the next one is due (None: there is none)."""
        pause_s = None if self.kind == TEST or self.tries >= TRIES else self._pause_s
        if pause_s is None:
            return replace(self, state=FAILED, title=title, reason=reason, ended_at=now, content=None), None
        return replace(self, state=WAITING, title=title, reason=reason, next_at=now + pause_s), pause_s

    @property
    def _pause_s(self) -> float:
        """After as many tries."""
        return PAUSES_S[min(self.tries, len(PAUSES_S)) - 1] if self.tries else 0.0

    def waits_s(self, now: float) -> float:
        """How long it still waits for its next try: no longer than its pause, also where our clock was set back."""
        return min(max(0.0, (self.next_at or now) - now), self._pause_s)

    def ended(self, state: str, reason: str, now: float) -> Delivery:
        """Finished without being sent: joined with a later one, or its address is gone."""
        return replace(self, state=state, reason=reason, ended_at=now, next_at=None, content=None)

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "kind": self.kind, "state": self.state, "route": self.route_id,
                "route_name": self.route_name, "target": self.target_id, "service": self.service,
                "address": self.address, "source": self.source or None, "title": self.title or None,
                "by": self.by or None, "made_at": iso(self.made_at), "tries": self.tries,
                "tries_at_most": self.at_most, "reason": self.reason or None, "next_at": iso(self.next_at),
                "ended_at": iso(self.ended_at), "process": self.process or None}

    @property
    def at_most(self) -> int:
        """Tries before it is given up."""
        return 1 if self.kind == TEST else TRIES


def delivery_for(route: Route, target: Target, kind: str, now: float, *, content: Content | None = None,
                 tries: int = 0, next_at: float | None = None, by: str = "", title: str = "") -> Delivery:
    """A new delivery, due at `next_at` (None: at once)."""
    return Delivery(id=new_id(), kind=kind, route_id=route.id, route_name=route.name, target_id=target.id,
                    service=target.service, address=target.shown, source=content.source if content else "",
                    made_at=now, next_at=now if next_at is None else next_at, content=content, tries=tries, by=by,
                    title=title)


def dump_delivery(delivery: Delivery) -> bytes:
    """As Redis keeps it: strict JSON, and no address in it."""
    return orjson.dumps({"version": 1, "delivery": asdict(delivery)}, option=orjson.OPT_SORT_KEYS)


def load_delivery(data: bytes) -> Delivery:
    """What `dump_delivery` wrote. Raises ValueError."""
    try:
        tree = orjson.loads(data)
        if tree["version"] != 1:
            raise ValueError("a delivery of a later version")
        row = tree["delivery"]
        return Delivery(**row | {"content": None if row["content"] is None else load_content(row["content"])})
    except (TypeError, KeyError, AttributeError, orjson.JSONDecodeError) as error:
        raise ValueError(type(error).__name__) from None


