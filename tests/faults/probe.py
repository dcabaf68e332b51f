"""Somebody who asks for every page and every reading address without a pause, and notes what came and how soon."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import requests

from dashboard.ui.navigation import PLACES, path_of
from tests.faults import Finding, page_questions, spoken, told, within
from tests.faults.page_questions import PageQuestions
from tests.integration.mounted import Person
from tests.servers import wait_for
from tests.unit.web_host import API, PAGE

if TYPE_CHECKING:
    from tests.faults.world import World

SOURCE, METRIC = "it", "application.symbols_processed"
PAGES = tuple(path_of(name) for name in PLACES)
LINES = (METRIC, "system.cpu_percent", "system.memory_percent", "system.memory_mb", "system.disk_percent",
         "application.patterns_per_second", "application.indicators_per_second", "application.cache_hit_rate",
         "processing.queue_depth", "processing.ticks_per_second", "database.query_avg_ms",
         "redis.messages_per_second")
"""What is charted, where there is a day of it; where not, only the first."""
DRAWN = urlencode([*(("m", f"{SOURCE}/{name}") for name in LINES), ("range", "24h"), ("charts", "metric")])
READS = (
    "/status", "/alerts", "/alerts/history?hours=24", "/alerts/statistics", "/alerts/export?format=csv", "/silences",
    "/metrics", "/metrics/historical?hours=24", f"/metrics/series?source={SOURCE}&metric={METRIC}&range=24h",
    "/metrics/moved?range=30m", "/report?range=1h", "/history/gaps?range=24h", "/history/commands?range=24h",
    "/history/moment?at={now}", "/annotations?range=24h", "/routes", "/deliveries",
    f"/explore/export?format=csv&m={SOURCE}/{METRIC}&range=24h", "/openapi.json",
)
OF_ONE = {"alert": "/alerts/{}", "silence": "/silences/{}", "route": "/routes/{}"}
"""What is asked for by its id, which the world knows."""
LARGE = ("/report?range=24h", "/metrics/historical?hours=24&format=csv", f"/explore/export?format=html&{DRAWN}")
"""What takes some tenths of a second of processor alone, and has no target."""
LARGE_EVERY = 4  # rounds
NOBODYS = "nobodys"
P99_WITHIN_S = 0.3
AS_QUICK = 1.5  # times the host without us; and a little, since two milliseconds are soon three
AS_QUICK_S = 0.002
AS_QUICK_P99_S = 0.02  # the third slowest of some 280; on a busy machine both hosts have such by themselves
ROUNDS = 12  # of 22 addresses of the API, each with a tick beside, 6 pages and what they ask
ENOUGH_WITHIN_S = 120.0
PAUSE_S = 0.04  # some twenty questions a second, as of fifty people: it must not become the load itself
CUT_OFF = (requests.RequestException, ValueError)
"""What asking raises where nothing came, or only the beginning: half an answer is no JSON."""


def is_whole(answer: requests.Response) -> bool:
    """Whether it is as long as it said. Some versions of urllib3 take the end of a connection for that of an answer."""
    said = answer.headers.get("Content-Length")
    return said is None or answer.raw.tell() >= int(said)


@dataclass(frozen=True, slots=True)
class Answered:
    """`kind`: page (a document, or what a page asks), tick, API, large, own (a page of the host), bare (the same of a
    host without the console). `status`: 0 where nothing came. `at_s`: when it was asked for, by the monotonic clock."""

    kind: str
    address: str
    status: int
    at_s: float
    taken_s: float

    def lies_in(self, outages: Sequence[tuple[float, float]]) -> bool:
        """Whether it was waited for in one of them (from, to)."""
        return any(self.at_s <= end and start <= self.at_s + self.taken_s for start, end in outages)


class Probe:
    """Asks while the block runs. `full`: many times, and the host without the console beside."""

    def __init__(self, world: World, full: bool):
        self._full = full
        self._person = Person(world.host)
        self._alert = world.ids.get("alert", NOBODYS)
        self._stranger = None if world.bare is None else Person(world.bare)
        self._reads = (*READS, *(path.format(world.ids.get(what, NOBODYS)) for what, path in OF_ONE.items()))
        self._there = {path.format(world.ids[what]) for what, path in OF_ONE.items() if what in world.ids}
        self.answers: list[Answered] = []
        self.lasted_until_s = float("inf")  # by the monotonic clock: then the fault was over, and what it had held up
        self._rounds = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Probe:
        self._questions = PageQuestions(self._person, DRAWN, self._alert)
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        """The block is over once everything was asked for, in full often enough for a percentile."""
        self.lasted_until_s = time.monotonic()
        end = time.monotonic() + ENOUGH_WITHIN_S
        while kind is None and self._rounds < (ROUNDS if self._full else 1) and time.monotonic() < end:
            time.sleep(0.01)
        self._over.set()
        self._thread.join(60)

    def ask_all_again(self) -> None:
        """Until every address was asked for once more, by a round that began after now."""
        enough = self._rounds + 2
        wait_for(lambda: self._rounds >= enough, ENOUGH_WITHIN_S, what="a round of questions")

    def _run(self) -> None:
        while not self._over.is_set():
            for path in PAGES:
                self._ask("page", path, lambda path=path: self._person.get(PAGE + path))
            for name in page_questions.ALL:
                self._ask("page", name, lambda name=name: self._questions.ask(name))
            for path in LARGE if self._rounds % LARGE_EVERY == 0 else ():
                self._ask("large", path, lambda path=path: self._person.get(API + path))
            for path in self._reads:
                self._ask("API", path, lambda path=path: self._person.get(
                    API + path.replace("{now}", str(int(time.time())))))
                if self._full:
                    self._ask("own", "/own", lambda: self._person.get("/own"))
                    if self._stranger is not None:
                        self._ask("bare", "/own", lambda: self._stranger.get("/own"), self._stranger)
                    self._ask("tick", "tick", self._person.tick)
                if self._over.wait(PAUSE_S if self._full else 0):
                    break
            self._ask("tick", "tick", self._person.tick)
            self._ask("own", "/own", lambda: self._person.get("/own"))
            self._rounds += 1

    def _ask(self, kind: str, address: str, ask, person: Person | None = None) -> None:
        at, began = time.monotonic(), time.perf_counter()
        try:
            answer = ask()
            status = answer.status_code if is_whole(answer) else 0
            ended = (person or self._person).answered_at
        except CUT_OFF:
            status, ended = 0, time.perf_counter()
        self.answers.append(Answered(kind, address, status, at, ended - began))
        if not status:
            self._over.wait(PAUSE_S)  # where nobody listens that is known at once

    def findings(self, outages: Sequence[tuple[float, float]] = ()) -> list[Finding]:
        """What holds in every row of the table. `outages`: when a process of the host was killed, or none was there,
        until its successor knows what there is; what was waited for then and never came is told by itself, and is in no
        percentile, and what the successor did not know yet is told, too."""
        unanswered = [each for each in self.answers if not each.status and each.lies_in(outages)]
        self.answers = [each for each in self.answers if each.status or not each.lies_in(outages)]
        # 404: of a source that was not heard yet, or of a past that is away; never of what is there.
        missing = [each for each in self.answers if each.status == 404]
        unknown = [each for each in missing if each.address in self._there]
        early = sum(each.lies_in(outages) for each in unknown)
        failed = sorted({(each.address, each.status) for each in self.answers if each.status not in (200, 404) or (
            each in unknown and not each.lies_in(outages))})
        which = ", ".join(f"{path} {status}" for path, status in failed)
        found = [Finding("reads that failed", which or f"0 of {len(self.answers):,}", "0", not failed)]
        elsewhere = sorted({each.address.partition("?")[0] for each in missing if not each.address.endswith(NOBODYS)
                            and each not in unknown})
        if elsewhere:
            found.append(told("404 of what was not heard yet, or is away", f"{', '.join(elsewhere)}"))
        if outages:
            found += [told("asked meanwhile, and broken off or refused", f"{len(unanswered)}"),
                      told("not known yet to a process that had just begun", f"{early}")]
        for kinds, name in ((("page", "tick"), "pages"), (("API",), "API")):
            asked = [each for each in self.answers if each.kind in kinds]
            found += [_quick(f"{name}, p99", asked), self._meanwhile(name, asked)]
        large = [each.taken_s for each in self.answers if each.kind == "large"]
        found.append(told(f"large questions ({len(large)}), slowest", spoken(max(large, default=0.0))))
        if self._stranger is not None:
            found += [self._as_quick("median", 0.5, AS_QUICK_S), self._as_quick("p99", 0.99, AS_QUICK_P99_S)]
        return found

    def _meanwhile(self, name: str, asked: Sequence[Answered]) -> Finding:
        """Those alone that were asked for while the fault lasted: of one that is short they are few."""
        during = [each for each in asked if each.at_s <= self.lasted_until_s]
        if not during:
            return told(f"{name} while it lasted", "none was asked for")
        return _quick(f"{name} while it lasted ({len(during):,}), p99", during)

    def _as_quick(self, name: str, share: float, more_s: float) -> Finding:
        """The host's own page, beside that of the same host without us."""
        own, bare = (self.percentile(share, kind) for kind in ("own", "bare"))
        return Finding(f"the host's own page ÷ without us, {name}", f"{spoken(own)} ÷ {spoken(bare)}",
                       f"≤ {AS_QUICK:g} times and {spoken(more_s)}", own <= AS_QUICK * bare + more_s, timed=True)

    def percentile(self, share: float, *kinds: str) -> float:
        return percentile(share, [each for each in self.answers if each.kind in kinds])


def _quick(what: str, asked: Sequence[Answered]) -> Finding:
    """Where it is missed, with the addresses that took longest."""
    taken = within(what, percentile(0.99, asked), P99_WITHIN_S)
    return taken if taken.ok else replace(taken, figure=f"{taken.figure} ({slowest(asked)})")


def slowest(answers: Sequence[Answered]) -> str:
    """The addresses that took longest, each with its longest time."""
    longest: dict[str, float] = {}
    for each in answers:
        longest[each.address] = max(longest.get(each.address, 0.0), each.taken_s)
    worst = sorted(longest, key=longest.__getitem__, reverse=True)[:3]
    return ", ".join(f"{address.partition('?')[0]} {spoken(longest[address])}" for address in worst)


def percentile(share: float, answers: Sequence[Answered]) -> float:
    """Seconds below which that share of the answers came, of few the slowest for a high share; 0 without any."""
    taken = sorted(each.taken_s for each in answers)
    return taken[min(len(taken) - 1, int(len(taken) * share))] if taken else 0.0
