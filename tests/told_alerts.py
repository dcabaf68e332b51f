"""Alerts that come and go all the time, and how often each was told to a webhook."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tests.integration.mounted import publish
from tests.receivers import HttpReceiver
from tests.servers import RedisServer

SOURCES = tuple(f"told {number}" for number in range(16))
"""So many groups that a message has no more than it can list, also where one waits a minute for a claim to run out."""
STEP_S = 0.5
NEW, OVER = "New:", "Over:"
LINE = re.compile(r"^- ERROR number (\d+)$", re.MULTILINE)
UNLISTED = re.compile(r"^and (\d+) more$", re.MULTILINE)
LOOK_EVERY_S = 0.1
Piece = tuple[str, int]
"""What there is to tell: the heading it comes under, and the number of the alert."""


def pieces(message: str) -> list[Piece]:
    """What a message tells."""
    found: list[Piece] = []
    for section in message.split("\n\n"):
        heading, _, lines = section.partition("\n")
        found += [(heading, int(number)) for number in LINE.findall(lines)]
    return found


@dataclass(frozen=True)
class Told:
    """Of what there was to tell, how much arrived `never`, `once`, or `again`; how much in two `different` messages, or
    though there was no reason to. `messages` that differ, and how many of them arrived `repeated`ly. `unlisted`: news
    of which a message told the number alone, since it was too long; they count as never told, as does their end."""

    never: int
    once: int
    again: int
    different: int
    messages: int
    repeated: int
    unlisted: int = 0


def told(messages: Iterable[str], alerts: int) -> Told:
    """Counts what arrived of so many alerts, each of which came and went once."""
    times = Counter(messages)
    arrived = Counter(piece for message in times.elements() for piece in pieces(message))
    written = Counter(piece for message in times for piece in pieces(message))
    wanted = {(what, number) for what in (NEW, OVER) for number in range(alerts)}
    return Told(
        never=len(wanted - arrived.keys()), once=sum(arrived[piece] == 1 for piece in wanted),
        again=sum(arrived[piece] > 1 for piece in wanted),
        different=sum(count > 1 or piece not in wanted for piece, count in written.items()),
        messages=len(times), repeated=sum(count > 1 for count in times.values()),
        unlisted=sum(int(number) for message in times for number in UNLISTED.findall(message)))


class Coming:
    """Publishes an alert every STEP_S, and its end once it was told as new: what ends before that is not to be told."""

    def __init__(self, server: RedisServer, receiver: HttpReceiver):
        self._server, self._receiver = server, receiver
        self._over: set[int] = set()
        self._read = 0
        self._seen: set[Piece] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.alerts = 0

    def start(self) -> Coming:
        self._thread.start()
        return self

    def end(self, limit_s: float) -> None:
        """No new ones; those that are there come to their end. Returns once all was told, or after so long."""
        self._stopping.set()
        self._thread.join()
        end = time.monotonic() + limit_s
        while len(self._seen) < 2 * self.alerts and time.monotonic() < end:
            self._look()
            time.sleep(LOOK_EVERY_S)

    def messages(self) -> list[str]:
        """All that arrived, in this order."""
        return [body["message"] for _, body in list(self._receiver.got)]

    def _run(self) -> None:
        while not self._stopping.wait(STEP_S):
            name = f"number {self.alerts}"
            publish(self._server, "ALERT_TRIGGERED", source=self._source(self.alerts),
                    alert={"id": name, "level": "ERROR", "message": name})
            self.alerts += 1
            self._look()

    def _look(self) -> None:
        arrived = self.messages()
        for message in arrived[self._read:]:
            self._seen.update(pieces(message))
        self._read = len(arrived)
        for number in sorted({number for what, number in self._seen if what == NEW} - self._over):
            publish(self._server, "ALERT_RESOLVED", source=self._source(number), alert_id=f"number {number}")
            self._over.add(number)

    @staticmethod
    def _source(number: int) -> str:
        return SOURCES[number % len(SOURCES)]
