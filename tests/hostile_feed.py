"""Generated inputs, most of them no proper events, published to a mounted console that serves for real meanwhile.

A test sends some thousand, `make bench` two hundred thousand. The same `start` generates the same inputs.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from dashboard.events import Rejected, parse
from dashboard.web.openapi.document import OPERATIONS
from tests.browser.host import PAGE
from tests.described import described
from tests.hostile import FORMULAS, LINES, MARKUP, STATEMENTS
from tests.made_up_requests import ANSWER_LIMIT_S, Served
from tests.page_client import PageState, tick_body
from tests.servers import RedisServer, wait_for
from tests.unit.test_events_fuzz import NAMES, nearly

TOGETHER = 500
"""Messages of one write: far below what Redis lets wait for a subscriber."""
BEHIND_MOST = 5_000
"""Messages that may be on their way, so that none is lost to a buffer that is full: this is no test of speed."""
BOMBS = (b"[" * 5_000, b'{"a":' * 5_000, b'{"type":"x","n":' + b"9" * 5_000 + b"}", b'"' * 999)
TEXTS = (*MARKUP, *LINES, *STATEMENTS, *FORMULAS)
SETTLE_LIMIT_S = 120.0
# What is asked meanwhile: every row that reads and needs nothing, and some that do.
READS = [row.path for row in OPERATIONS if row.method == "GET" and "{" not in row.path and row.name not in (
    "metric_series", "past_moment", "export", "what_else_moved")] + [
    "/metrics/moved?range=15m", "/metrics/series?source=pl&metric=system.cpu_percent&range=1h", "/alerts/pool%2F1",
    "/metrics/historical?format=frame&hours=1", "/alerts?limit=1000&filter=-level:info"]


@dataclass
class Outcome:
    """What became of a flood: `sent` inputs, `expected` rejections by reason, `answers` that were looked at."""

    sent: int = 0
    accepted: int = 0
    duplicates: int = 0
    expected: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    took_s: float = 0.0


def inputs(count: int, start: int) -> Iterator[bytes]:
    """Nearly valid events, damaged ones, noise, bombs, hostile texts in every field; one in twenty comes twice."""
    chance = random.Random(start)
    before = b"{}"
    for _ in range(count):
        kind = chance.random()
        if kind < 0.05:
            yield before
            continue
        if kind < 0.10:
            before = chance.randbytes(chance.randrange(80))
        elif kind < 0.11:
            before = chance.choice(BOMBS)
        else:
            event = nearly(chance.randbytes(chance.randrange(8, 64)))
            if kind < 0.4:
                _fill(event, chance)
            raw = json.dumps(event).encode()
            before = _damaged(raw, chance) if kind > 0.9 else raw
        yield before


def _fill(event: dict, chance: random.Random) -> None:
    """Put hostile texts into some of its fields, at any depth."""
    for name in list(event):
        if isinstance(event[name], dict):
            _fill(event[name], chance)
        elif name not in ("event_type", "event", "type") and chance.random() < 0.3:
            event[name] = chance.choice(TEXTS)
    if chance.random() < 0.2:
        event[chance.choice((*NAMES, *TEXTS))] = {chance.choice(TEXTS): chance.choice((1, chance.choice(TEXTS)))}


def _damaged(raw: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(raw)
    for _ in range(chance.randrange(1, 4)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def flood(served: Served, redis_server: RedisServer, count: int, start: int = 0) -> Outcome:
    """Publish them all, look at answers meanwhile, and check at the end that each was counted once, as what it is."""
    record, outcome, began = served.host.services.record, Outcome(), time.monotonic()
    before, alive = record.snapshot(), _threads()
    with redis_server.client() as client, Watcher(served) as watcher:
        portion: list[bytes] = []
        for raw in inputs(count, start):
            portion.append(raw)
            if len(portion) == TOGETHER:
                _send(client, served, portion, outcome, before.received)
        _send(client, served, portion, outcome, before.received)
        wait_for(lambda: record.received >= before.received + count, SETTLE_LIMIT_S, what="the last of the flood")
    outcome.answers, outcome.took_s = watcher.answers, time.monotonic() - began
    after = record.snapshot()
    outcome.accepted, outcome.duplicates = after.accepted - before.accepted, after.duplicates - before.duplicates
    assert watcher.faults == [], watcher.faults[:3]
    assert after.received - before.received == count == outcome.sent, "an input was lost, or counted twice"
    assert after.received == after.accepted + after.duplicates + sum(after.rejected.values())
    assert Counter(after.rejected) - Counter(before.rejected) == outcome.expected
    assert after.handler_errors == {} and after.gaps == before.gaps
    assert served.host.listens() and served.host.services.journal.errors == {}
    assert _threads() >= alive, f"threads died: {alive - _threads()}"
    return outcome


def _send(client, served: Served, portion: list[bytes], outcome: Outcome, received_before: int) -> None:
    channel, record = served.settings.channel, served.host.services.record
    with client.pipeline(transaction=False) as pipe:
        for raw in portion:
            pipe.publish(channel, raw)
            read = parse(raw, time.time())
            if isinstance(read, Rejected):
                outcome.expected[read.reason] += 1
        pipe.execute()
    outcome.sent += len(portion)
    portion.clear()
    wait_for(lambda: record.received - received_before > outcome.sent - BEHIND_MOST, SETTLE_LIMIT_S, what="the feed")


def _threads() -> set[str]:
    """Names of the console's threads."""
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("monitoring")}


class Watcher:
    """Asks for everything, one after the other, and for the page's tick, until the block is over."""

    def __init__(self, served: Served):
        self._served, self._over = served, threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.answers, self.faults = 0, list[str]()
        self._page = PageState()
        self._callbacks = served.session.get(
            served.host.url + PAGE + "_dash-dependencies", timeout=ANSWER_LIMIT_S).json()

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        api = described(self._served.settings.api_prefix)
        while not self._over.is_set() and not self.faults:
            try:
                for path in READS:
                    answer = self._served.session.get(self._served.address + path, timeout=ANSWER_LIMIT_S)
                    api.check("GET", unquote(answer.request.path_url.partition("?")[0]), answer.status_code,
                              answer.headers, answer.content)
                    assert answer.status_code in (200, 404), (path, answer.text[:200])
                    self.answers += 1
                self._tick()
            except Exception as error:  # told in the end, by whoever started this
                self.faults.append(repr(error))

    def _tick(self) -> None:
        answer = self._served.session.post(
            self._served.host.url + PAGE + "_dash-update-component", timeout=ANSWER_LIMIT_S,
            json=tick_body(self._callbacks, self._page.question()), headers=self._served.headers)
        assert answer.status_code == 200, answer.text[:200]
        found = json.loads(answer.content, parse_constant=_refuse)
        self._page.take(found["response"]["live"]["data"])
        self.answers += 1


def _refuse(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")
