"""More than usual: many events, a burst, names without end, messages that are far too large."""

from __future__ import annotations

import threading
import time

from tests.faults import Fault, Finding, exactly, is_so, told, within
from tests.faults.flood import flood, sent
from tests.faults.world import World
from tests.feeds import update
from tests.integration.mounted import Person, cpu_s, own_mb
from tests.unit.web_host import API

BEHIND_P99_S, BIG_DELAY_S, NAMES_MB, BURST_WITHIN_S = 0.5, 1.0, 60.0, 30.0
RATE, SECONDS = 10_000, 60
CAUGHT_UP_WITHIN_S = 180.0  # what is late is not lost; how late it is has a figure of its own
LOOK_EVERY_S = 0.05
WEIGH_EVERY_S = 0.3
ALONE_ROUNDS = 5


class Watch:
    """How far behind the publisher the console's answers are: their newest update was sent so long ago (s)."""

    def __init__(self, world: World, source: str):
        self._person, self._source = Person(world.host), source
        self.behind_s: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(30)

    def _run(self) -> None:
        while not self._over.wait(LOOK_EVERY_S):
            told = self._person.get(f"{API}/status?source={self._source}").json()["latest_metrics"]
            if told:
                self.behind_s.append(time.time() - told["timestamp"])

    @property
    def p99_s(self) -> float:
        found = sorted(self.behind_s)
        return found[int(len(found) * 0.99)]


def memory_mb(world: World) -> float:
    """Of the processes of the host together."""
    return sum(map(own_mb, world.host.family()))


class Growth:
    """What the processes of the host have grown by since it began (MB): at most, while the block ran, and as told."""

    def __init__(self, world: World):
        self._world, self._began = world, memory_mb(world)
        self.peak, self.looked, self.went_on = 0.0, 0, False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Growth:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.went_on = self._thread.is_alive()  # or nobody has looked since
        self._over.set()
        self._thread.join(30)
        self.now()

    def _run(self) -> None:
        while not self._over.wait(WEIGH_EVERY_S):
            self.now()

    def now(self) -> float:
        grown = memory_mb(self._world) - self._began
        self.peak, self.looked = max(self.peak, grown), self.looked + 1
        return grown


def within_mb(what: str, grown: float, most: float) -> Finding:
    return Finding(what, f"{grown:.0f} MB", f"≤ {most:g} MB", grown <= most, timed=True)


def counted(world: World, before: dict, count: int) -> list[Finding]:
    """Every one of so many is known once, each message is in one of the counters, and nothing was given up."""
    world.published += count
    found = [exactly("events lost", world.nothing_lost(CAUGHT_UP_WITHIN_S))]
    world.until(lambda: world.status()["feed"]["journal"]["waiting"] == 0, "the record")
    feed, then = world.status()["feed"], before["feed"]
    return [*found, exactly("events not recorded", feed["journal"]["unrecorded"] - then["journal"]["unrecorded"]),
            is_so("received = accepted + duplicates + rejected", feed["received"] == feed["accepted"] + feed[
                "duplicates"] + sum(feed["rejected"].values())),
            exactly("gaps", len(feed["gaps"]) - len(then["gaps"]))]


def steady(world: World, full: bool) -> list[Finding]:
    rate, seconds = (RATE, SECONDS) if full else (500, 2)
    before, memory, cpu, began = world.status(), memory_mb(world), cpu_s(world.host), time.monotonic()
    with Watch(world, "s0") as watch, world.probing(full) as probe:
        count, took_s = sent(flood(world.redis, "steady", rate * seconds, rate))
        busy = (cpu_s(world.host) - cpu) / (time.monotonic() - began)
    found = counted(world, before, count)
    return [*probe.findings(), *found, within(f"the view behind, p99, at {count / took_s:,.0f} events/s", watch.p99_s,
                                              BEHIND_P99_S),
            told("the host's processor and memory", f"{busy:.0%} of a core, {memory:.0f} to {memory_mb(world):.0f} MB")]


def burst(world: World, full: bool) -> list[Finding]:
    before = world.status()
    with world.probing(full) as probe:
        count, took_s = sent(flood(world.redis, "kilobyte", 30_000 if full else 1_000))
        ended = time.monotonic()
        world.published += count
        lost = world.nothing_lost()
        behind_s = time.monotonic() - ended
        world.published -= count
    return [*probe.findings(), *counted(world, before, count),
            within(f"all known, after they were sent in {took_s:.1f} s, within", behind_s, BURST_WITHIN_S)] + (
                [exactly("events lost at once", lost)] if lost else [])


def endless_names(world: World, full: bool) -> list[Finding]:
    world.publish_updates(500)
    world.nothing_lost()
    with world.probing(full=False):
        pass  # every address once: what is loaded when it is first asked for (some 20 MB) is no growth
    before = world.status()
    with Growth(world) as growth:
        for _ in range(ALONE_ROUNDS if full else 1):
            with world.probing(full=False):
                pass
        alone = growth.peak  # what the same answers take for a moment without the flood
        with world.probing(full) as probe:
            count, _ = sent(flood(world.redis, "names", 1_000_000 if full else 2_000, 3_000))
        found = counted(world, before, count)
    refused = world.status()["ring"]["metrics_refused"]
    return [*probe.findings(), *found,
            within_mb(f"memory grown at most ({growth.looked:,} looks) by", growth.peak, NAMES_MB),
            within_mb("of it beyond what the same questions took before", growth.peak - alone, NAMES_MB),
            within_mb("in the end by", growth.now(), NAMES_MB),
            is_so("memory was looked at to the end", growth.went_on),
            is_so("what there is no room for is counted", refused > 0, f"{refused:,} names")]


def big_messages(world: World, full: bool) -> list[Finding]:
    """One after the other, as fast as Redis takes them, and normal ones all the time."""
    count = 100 if full else 3
    before = world.status()
    rejected = too_large(world)
    over, delays = threading.Event(), []

    somebody = Person(world.host)

    def normal() -> None:
        """One event every 20 ms, and how long it takes until the console has it."""
        number = 0
        while not over.wait(0.02):
            number += 1
            asked = time.monotonic()
            world.publish(update(number, source="normal"))
            end = asked + 10
            while latest(somebody) != number and time.monotonic() < end:
                time.sleep(0.002)
            delays.append(time.monotonic() - asked)

    thread = threading.Thread(target=normal, daemon=True)
    with world.probing(full) as probe:
        thread.start()
        _, took_s = sent(flood(world.redis, "big", count))
        world.until(lambda: len(delays) > 5, "normal events beside")
        over.set()
        thread.join(30)
    counted_s = world.until(lambda: too_large(world) - rejected >= count, "the count")
    feed = world.status()["feed"]
    return [*probe.findings(), exactly("normal events lost", world.nothing_lost()),
            within(f"a normal event delayed at most ({len(delays)} beside {count} in {took_s:.1f} s)", max(delays),
                   BIG_DELAY_S),
            within("big ones counted within", counted_s, BIG_DELAY_S),
            exactly("big ones counted as too large", too_large(world) - rejected, count),
            exactly("gaps", len(feed["gaps"]) - len(before["feed"]["gaps"]))]


def too_large(world: World) -> int:
    return world.status()["feed"]["rejected"].get("too-large", 0)


def latest(person: Person) -> int | None:
    told = person.get(f"{API}/status?source=normal").json()["latest_metrics"]
    return told.get("metrics", {}).get("application", {}).get("symbols_processed")


FAULTS = (
    Fault("load-steady", "10,000 events/s for 60 s", steady),
    Fault("load-burst", "30,000 events of 1 kB at once", burst),
    Fault("load-names", "1,000,000 events with 100,000 metric names", endless_names),
    Fault("load-big", "100 messages of 10 MB", big_messages),
)
