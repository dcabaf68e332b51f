"""The threads that send: a few, each with one message, so that a service that hangs holds up nobody else."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from dashboard.notifications.deliveries import Delivery
from dashboard.notifications.delivery import NOT_TAKEN, Outcome, Send
from dashboard.notifications.message import Message

SENDERS = 4
"""Sent at the same time. Most of the time none is, and one address never has two."""
SEND_WITHIN_S = 45.0
"""So long one message may take, with all recipients of its address; then it counts as failed."""
CLAIM_S = 60.0
"""So long a delivery belongs to the process that sends it; above SEND_WITHIN_S, so that none starts beside it."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Flight:
    """A delivery that is being sent: `token` is its version in Redis, `url` is secret. `began` is by the clock of the
    dispatch."""

    delivery: Delivery
    token: str
    url: str
    message: Message
    began: float
    outcome: Outcome | None = None

    def __repr__(self) -> str:
        return f"Flight({self.delivery.id})"

    @property
    def lane(self) -> tuple[str, str]:
        """What never has two messages at the same time."""
        return self.delivery.route_id, self.delivery.target_id


class Dispatch:
    """Starts sends and tells which have ended. `monotonic` is its clock, in seconds: one that is never set. `wake` is
    called, from the sending thread, when one has ended."""

    def __init__(self, send: Send, monotonic: Callable[[], float], wake: Callable[[], None]):
        self._send, self.monotonic, self._wake = send, monotonic, wake
        self._flying: list[Flight] = []
        self._hanging: list[Flight] = []

    @property
    def flying(self) -> int:
        """Messages that are being sent."""
        return len(self._flying)

    @property
    def hanging(self) -> int:
        """Threads that were given up and have not ended."""
        return len(self._hanging)

    def has_room(self, lane: tuple[str, str] | None = None) -> bool:
        """Whether another message may be sent now; to this address, where one is named."""
        return len(self._flying) + len(self._hanging) < SENDERS and all(flight.lane != lane for flight in self._flying)

    def start(self, flight: Flight) -> None:
        """Send in a thread of its own."""
        self._flying.append(flight)
        threading.Thread(target=self._run, args=(flight,), name="monitoring-notification", daemon=True).start()

    def ended(self) -> list[tuple[Flight, Outcome]]:
        """The flights that have ended since the last time, or took too long, each with what came of it."""
        now = self.monotonic()
        self._hanging = [flight for flight in self._hanging if flight.outcome is None]
        done, flying = [], []
        for flight in self._flying:
            if flight.outcome is not None:
                done.append((flight, flight.outcome))
            elif now - flight.began <= SEND_WITHIN_S:
                flying.append(flight)
            else:
                self._hanging.append(flight)
                done.append((flight, Outcome(False, f"It did not end within {SEND_WITHIN_S:.0f} s")))
        self._flying = flying
        return done

    def _run(self, flight: Flight) -> None:
        try:
            if self.monotonic() - flight.began <= SEND_WITHIN_S:
                outcome = self._send(flight.url, flight.message)
            else:  # the process stood still, and the claim may be another's by now
                outcome = Outcome(False, "The process stood still before it could send")
        except Exception as error:  # its text may hold the address
            _log.error("A notification could not be sent: %s", type(error).__name__)
            outcome = Outcome(False, NOT_TAKEN)
        flight.outcome = outcome
        self._wake()
