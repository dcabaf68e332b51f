"""What may happen to a feed, at any size: the tests run it small, the benchmarks as large as was promised.

Each scenario brings its own Redis and its consoles as processes of their own, and counts exactly against what was
published.
"""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import redis

from dashboard.feed.copies import LINES
from dashboard.publisher import Publisher
from tests.console_process import ConsoleProcess
from tests.feeds import CHANNEL, update
from tests.killed_connections import Killer, those_of
from tests.servers import RedisServer, wait_for

FILLER = "x" * 200
TOGETHER = 20  # events sent in one go: many enough that the sender is not what is measured
STREAM = "{monitoring}:journal"


@contextmanager
def redis_with(consoles: int, *arguments: str, **variables: str) -> Iterator[tuple[RedisServer, list[ConsoleProcess]]]:
    """A Redis and so many whole consoles that listen to it."""
    with ExitStack() as stack:
        server = RedisServer(*arguments).start()
        stack.callback(server.close)
        started = []
        for _ in range(consoles):
            started.append(ConsoleProcess(server.url, **variables))
            stack.callback(started[-1].kill)
        for console in started:
            console.wait_whole()
        yield server, started


def send(client: redis.Redis, events: int, rate: float, between: Callable[[int], None] = lambda number: None,
         first: int = 0) -> None:
    """Publish the numbers from `first` on, at most `rate` a second; `between` is called after each handful."""
    began, base = time.monotonic(), time.time() - 3600
    for start in range(first, first + events, TOGETHER):
        numbers = range(start, min(start + TOGETHER, first + events))
        with client.pipeline(transaction=False) as pipeline:
            for number in numbers:
                pipeline.publish(CHANNEL, update(number, at=base + number / 1000, filler=FILLER))
            pipeline.execute()
        between(numbers[-1])
        time.sleep(max(0.0, began + (numbers[-1] - first) / rate - time.monotonic()))


def known(console: ConsoleProcess) -> int:
    feed = console.feed()
    return feed["accepted"] + feed["filled"]


@dataclass(frozen=True)
class Counted:
    """What became of the events: `missing` and `twice` over all consoles, `converged_s` after the last was sent.

    `kills` is how often at least one connection was killed meanwhile, `killed` how many were, both by Redis' word.
    """

    missing: int
    twice: int
    converged_s: float
    filled: int
    duplicates: int
    gaps: int
    kills: int
    killed: int


def counted(consoles: list[ConsoleProcess], events: int, limit_s: float, killer: Killer | None = None) -> Counted:
    ended = time.monotonic()
    end = ended + limit_s
    while min(map(known, consoles)) < events and time.monotonic() < end:
        time.sleep(0.02)
    converged_s = time.monotonic() - ended
    feeds = [console.feed() for console in consoles]
    for feed in feeds:
        assert feed["received"] == feed["accepted"] + feed["duplicates"] + feed["rejected"]
        assert feed["errors"] == {} and feed["unrecorded"] == 0
    return Counted(
        missing=sum(len(console.missing(events)) for console in consoles),
        twice=sum(max(0, feed["accepted"] + feed["filled"] - events) for feed in feeds), converged_s=converged_s,
        filled=sum(feed["filled"] for feed in feeds), duplicates=sum(feed["duplicates"] for feed in feeds),
        gaps=sum(len(feed["gaps"]) for feed in feeds), kills=killer.times if killer else 0,
        killed=killer.connections if killer else 0)


def random_kills(processes: int, events: int, kills: int, rate: float, seed: int = 1) -> Counted:
    """Connections of any kind are killed at random, every fourth time all of one process at once, and so once more
    right before the last events. A time at which nobody was there to be killed is none: the next events have it."""
    chance = random.Random(seed)
    every = max(TOGETHER, events // kills // TOGETHER * TOGETHER)
    with redis_with(processes) as (server, consoles), server.client() as client, server.client() as other:
        killer = Killer(other)

        def kill(whole: bool) -> bool:
            connections = killer.open()
            if whole:
                return killer.kill(those_of(chance.choice(consoles), connections))
            return killer.kill([chance.choice(connections)] if connections else [])

        def between(number: int) -> None:
            if number == events - TOGETHER - 1:
                while killer.times < kills:
                    wait_for(lambda: kill(whole=True), what="a connection to kill")
            elif killer.times < min(kills - 1, (number + 1) // every):
                kill(whole=killer.times % 4 == 3)

        send(client, events, rate, between)
        return counted(consoles, events, 20.0, killer)


def one_connection_killed(events: int, kills: int, rate: float, seed: int = 1) -> Counted:
    """One process that is alone loses one of its connections again and again; never both, that is what two are for.
    After each there are events."""
    chance = random.Random(seed)
    every = max(TOGETHER, events // (kills + 1) // TOGETHER * TOGETHER)
    with redis_with(1) as (server, consoles), server.client() as client, server.client() as other:
        killer = Killer(other)

        def between(number: int) -> None:
            while killer.times < min(kills, (number + 1) // every):
                # The server's word, since the console may not know yet what it has lost; and the console's.
                wait_for(lambda: len(killer.listening()) == LINES and consoles[0].feed()["sure"],
                         what="both connections")
                killer.kill([chance.choice(killer.listening())])

        send(client, events, rate, between)
        return counted(consoles, events, 20.0, killer)


def frozen(seconds: float, events: int) -> tuple[Counted, float]:
    """Redis stands still; what is sent meanwhile waits in its socket. The count, and how soon it was noticed (s)."""
    with redis_with(1) as (server, consoles), server.client(socket_timeout=60) as client:
        (console,) = consoles
        send(client, events // 2, 1000.0)
        wait_for(lambda: known(console) == events // 2, what="the first half")
        frozen_at = time.time()
        server.freeze()
        sender = threading.Thread(target=send, args=(client, events - events // 2, 1000.0),
                                  kwargs={"first": events // 2})
        sender.start()
        noticed_s = wait_for(lambda: (feed := console.feed())["state"] == "disconnected" and feed["since"] - frozen_at,
                             what="the silence noticed")
        time.sleep(max(0.0, frozen_at + seconds - time.time()))
        server.thaw()
        sender.join(60)
        return counted(consoles, events, 20.0), noticed_s


def killed_with_our_publisher(kills: int, seconds_each: float) -> tuple[int, int, int]:
    """`kill -9` of a Redis that writes to disk, and a publisher that records.

    Gives how many events were accepted, and how many of them were lost to the console that listened all the time, and
    to one that was started at the end.
    """
    with redis_with(1, "--appendonly", "yes", "--appendfsync", "always") as (server, consoles):
        accepted, number = [], 0
        with server.client(socket_timeout=1) as client:
            publisher = Publisher(client, source="it", journal="{monitoring}")
            for _ in range(kills):
                killer = threading.Timer(seconds_each * random.random(), server.kill)  # in the middle of it
                killer.start()
                while True:
                    try:
                        publisher.metric_update({"application": {"symbols_processed": number}},
                                                at=time.time() - 3600 + number / 1000)
                        accepted.append(number)
                    except redis.RedisError:
                        killer.join(10)
                        break
                    finally:
                        number += 1
                killer.join(10)
                server.start()
        consoles.append(ConsoleProcess(server.url).wait_whole())
        try:
            wanted = set(accepted)
            return len(wanted), *(len(_lost(console, wanted, number)) for console in consoles)
        finally:
            consoles[-1].stop()


def _lost(console: ConsoleProcess, wanted: set[int], count: int) -> set[int]:
    """What is still missing after some seconds."""
    end = time.monotonic() + 10
    while (lost := wanted & set(console.missing(count))) and time.monotonic() < end:
        time.sleep(0.1)
    return lost


def restarts(times: int, seed: int = 1) -> tuple[list[float], list[float]]:
    """Redis killed and started again: seconds until the console was subscribed again, and the error of each gap (s)."""
    chance = random.Random(seed)
    again_s, errors_s = [], []
    with redis_with(1) as (server, (console,)):
        for _ in range(times):
            time.sleep(chance.uniform(0.5, 1.0))
            gaps = len(console.feed()["gaps"])
            killed_at = time.time()
            server.kill()
            time.sleep(chance.uniform(0.3, 1.5))
            server.start()
            up = time.monotonic()
            with server.client() as client:
                wait_for(lambda: client.pubsub_numsub(CHANNEL)[0][1], step_s=0.005,  # noqa: B023
                         what="a subscription")
            again_s.append(time.monotonic() - up)
            heard_at = time.time()
            drawn = wait_for(lambda: len(found := console.feed()["gaps"]) > gaps and found[-1][1] and found,  # noqa: B023
                             what="the gap")
            start, end, _ = drawn[-1]
            errors_s.append(max(abs(start - killed_at), abs(end - heard_at)))
            console.wait_whole()
    return again_s, errors_s


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of them lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]
