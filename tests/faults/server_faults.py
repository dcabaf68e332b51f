"""The server itself: a worker killed while everything writes, and a server that is restarted, or replaced by another
one, with a page open."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass, field

import psutil
import requests

from dashboard.feed.copies import LINES
from dashboard.feed.gaps import DECIDED_AFTER_S
from dashboard.feed.journal import FOLLOW_EVERY_S
from dashboard.publisher import Publisher
from tests.faults import Fault, Finding, exactly, is_so, within
from tests.faults.database_faults import settled, stored
from tests.faults.probe import CUT_OFF, SOURCE, is_whole
from tests.faults.viewer_faults import acknowledgements
from tests.faults.world import World
from tests.faults.writer import Writer
from tests.integration.mounted import Person, live, subscribers
from tests.page_client import PageState
from tests.servers import wait_for
from tests.unit.web_host import API

KILLS, WORKERS = 5, 2
IN_THE_MAKING, MADE_IN_S = 4, 0.01  # answers that are begun right before a kill
PEOPLE = 8  # who acknowledge, about half of them at the worker that is killed
KILLS_AT_MOST = 15  # where it happened to have none of them in the making
HELD_UP_S = 0.2  # what Redis answers comes so much later right then: what was made is not told yet
ANOTHER_WITHIN_S = 1.0  # the other one has as many answers in the making
STARTED_WITHIN_S = 15.0  # an interpreter that imports Dash, on two cores that have other work
LIVE_WITHIN_S, BACK_WITHIN_S = 0.3, 3.0
GAP_TOLD_S = DECIDED_AFTER_S + 2 * FOLLOW_EVERY_S  # of a time before a process began: others may still have heard it
APART_S = 0.002  # our publisher tells the time to a millisecond, and two samples of one moment are one
HEAVY = "/metrics/historical?hours=24"


@dataclass
class Asked:
    """What became of answers that were in the making when a worker was killed."""

    statuses: list[int] = field(default_factory=list)
    again: list[int] = field(default_factory=list)

    def ask(self, person: Person) -> None:
        self.statuses.append(answered(person, HEAVY))
        if not self.statuses[-1]:
            self.again.append(wait_for(lambda: answered(person, HEAVY), 60, what="an answer to the second question"))


def answered(person: Person, path: str = "/status") -> int:
    """The status, or 0 where nothing came, or half of it."""
    try:
        answer = person.get(API + path)
        return answer.status_code if is_whole(answer) else 0
    except CUT_OFF:
        return 0


def kill_one(world: World, asked: Asked, writer: Writer) -> tuple[float, float, float]:
    """(when a worker was killed, seconds until somebody was answered, seconds until its successor answers and knows
    all that was published by then). Half of those who write wait for an answer just then."""
    people = [Person(world.host) for _ in range(IN_THE_MAKING)]
    before = {child.pid for child in psutil.Process(world.host.process.pid).children()}
    threads = [threading.Thread(target=asked.ask, args=(person,)) for person in people]
    world.proxy.delay_s = HELD_UP_S
    world.until(lambda: len(writer.asking) >= PEOPLE // 2, "acknowledgements in the making")
    for thread in threads:
        thread.start()
    time.sleep(MADE_IN_S)
    killed = time.monotonic()
    os.kill(min(before), signal.SIGKILL)
    world.proxy.delay_s = 0.0  # its successor is not to begin with a slow Redis, which is a row of its own
    wait_for(lambda: answered(world.person) == 200, 60, 0.001, "an answer of anybody")
    another_s = time.monotonic() - killed

    def succeeded() -> bool:
        try:
            answer = world.person.get(API + "/status")
        except CUT_OFF:
            return False
        return int(answer.headers["X-Process"]) not in before and answer.json()["feed"]["filled"] > 0

    wait_for(succeeded, 60, 0.02, "the next worker")
    next_s = time.monotonic() - killed
    for thread in threads:
        thread.join(90)
    return killed, another_s, next_s


def worker_killed(world: World, full: bool) -> list[Finding]:
    """With `kill -9`, while acknowledgements are made, samples are written, and answers are in the making; as often as
    it takes until one was made whose answer broke off. Whoever has no answer asks again. The server is begun with
    `--preload`, as docs/deployment.md does: without, an interpreter that loads all has one of two processors first."""
    world.publish_updates(500)
    world.nothing_lost()
    settled(world)
    asked, kills, writers, before, first = Asked(), [], [], stored(world), world.published
    with world.probing(full) as probe:
        while len(kills) < (KILLS if full else 1) or not any(
                writer.made_before for writer in writers) and len(kills) < KILLS_AT_MOST:
            with Writer(world, PEOPLE) as writer:
                world.until(lambda writer=writer: len(writer.acknowledged) > 5, "writing")
                killed, *taken_s = kill_one(world, asked, writer)
            world.whole()
            world.furnished()
            kills.append((killed, time.monotonic(), *taken_s))
            writers.append(writer)
        probe.ask_all_again()
    written = [name for writer in writers for name in writer.acknowledged]
    cut_off = [name for writer in writers for name in writer.cut_off]
    made_before = sum(writer.made_before for writer in writers)
    many, broken = len(asked.statuses), asked.statuses.count(0)
    found = [
        exactly("answers 5xx", sum(status >= 500 for status in asked.statuses)),
        Finding(f"of {many} answers in the making at {len(kills)} kills broken off ÷ had by asking again",
                f"{broken} ÷ {asked.again.count(200)}", "all of them", broken == asked.again.count(200)),
        within("somebody was answered after, at most", max(each[2] for each in kills), ANOTHER_WITHIN_S),
        within("another worker in its place after, at most", max(each[3] for each in kills), STARTED_WITHIN_S)]
    lost = world.nothing_lost()
    settled(world)
    return [*probe.findings([(killed, whole) for killed, whole, *_ in kills]), *found,
            exactly("events lost", lost),
            exactly("samples missing in the database", world.published - first - sum(
                writer.alerts for writer in writers) - (stored(world) - before)),
            exactly(f"acknowledgements lost, of {len(written)} that were confirmed,", sum(
                1 for name in written if len(acknowledgements(world.person, name)) != 1)),
            Finding("acknowledgements broken off ÷ of these made, as who asked again was told",
                    f"{len(cut_off)} ÷ {made_before}", "one at least", made_before > 0),
            exactly(f"made twice or not at all, of {len(cut_off)} that broke off and were asked for again,", sum(
                1 for name in cut_off if len(acknowledgements(world.person, name)) != 1))]


def server_restarted(world: World, full: bool) -> list[Finding]:
    """Ended as a service manager does it, with a page open; a publisher that records goes on meanwhile. The server has
    `--preload`, as docs/deployment.md begins it: without, its port is open before it can answer."""
    world.publish_updates(500 if full else 50)
    world.nothing_lost()
    world.until(lambda: world.status()["feed"]["journal"]["waiting"] == 0, "the record")
    settled(world)
    before, first = stored(world), world.published
    world.person.page_state = PageState()
    world.person.tick()
    held = world.person.page_state.held["epoch"]
    with world.client() as client, world.probing(full) as probe:
        publisher = Publisher(client, source=SOURCE, journal="{monitoring}")
        ended = time.monotonic()
        world.host.stop()
        gone_s, gone_at = time.monotonic() - ended, time.time()
        began = time.monotonic()
        refused = ticked(world.person) is None
        refused_s = time.monotonic() - began
        for number in range(50):
            publisher.metric_update({"application": {"symbols_processed": number}})
            world.published += 1
            time.sleep(APART_S)
        began = time.monotonic()
        world.serve_again()
        told = live(wait_for(lambda: ticked(world.person), 90, 0.02, "a tick of the new server"))
        back = time.monotonic()
        lost = world.nothing_lost()
        known_s = time.monotonic() - back
        world.whole()
        whole_s = time.monotonic() - back
        world.furnished()
        there = time.monotonic()
        began_next = time.monotonic()
        world.person.tick()
        next_s = time.monotonic() - began_next
        probe.ask_all_again()
    settled(world)
    return [*probe.findings([(ended, there)]),
            is_so("a tick meanwhile is refused, and the page asks again", refused),
            within("a tick meanwhile refused after", refused_s, LIVE_WITHIN_S),
            within("ended within", gone_s, STARTED_WITHIN_S),
            within("the page ticks again, from the start of the new server, after", back - began, STARTED_WITHIN_S),
            within("the one after it took", next_s, LIVE_WITHIN_S),
            is_so("it is the new server's, and what came meanwhile is on the page",
                  told["epoch"] != held and world.person.page_state.held["last"] > gone_at),
            within("the past back in the ring, after that, within", known_s, BACK_WITHIN_S),
            within("everything connected within", whole_s, BACK_WITHIN_S), exactly("events lost", lost),
            exactly("samples missing in the database", world.published - first - (stored(world) - before))]


def server_replaced(world: World, full: bool) -> list[Finding]:
    """A new server beside the old one, which ends once the other is there; a page is open, and a publisher goes on."""
    world.publish_updates(500 if full else 50)
    world.nothing_lost()
    settled(world)
    before, first = stored(world), world.published
    world.person.page_state = PageState()
    world.person.tick()
    with world.probing(full) as probe, Writer(world) as writer:
        probe.ask_all_again()
        loaded_s, ended_s = world.host.replace(
            world.number, lambda: len(subscribers(world.redis)) == LINES * world.workers * 2)
        ended_at = time.time()
        world.until(lambda: len(writer.acknowledged) > 5, "writing")
        probe.ask_all_again()
    world.whole()
    lost = world.nothing_lost()
    settled(world)
    world.until(lambda: time.time() > ended_at + GAP_TOLD_S, "any gap to be told")
    world.person.tick()
    return [*probe.findings(),
            within("the new one had loaded everything after", loaded_s, STARTED_WITHIN_S),
            within("the old one had ended after", ended_s, 2 * STARTED_WITHIN_S),
            is_so("what came after is on the page", world.person.page_state.held["last"] > ended_at),
            exactly("acknowledgements broken off", len(writer.cut_off)),
            exactly(f"acknowledgements lost, of {len(writer.acknowledged)} that were confirmed,", sum(
                len(acknowledgements(world.person, name)) != 1 for name in writer.acknowledged)),
            exactly("gaps", sum(len(status["feed"]["gaps"]) for status in world.statuses())),
            exactly("events lost", lost),
            exactly("samples missing in the database", world.published - first - writer.alerts - (
                stored(world) - before))]


def ticked(person: Person) -> requests.Response | None:
    """A tick that was answered."""
    try:
        answer = person.tick()
    except CUT_OFF:
        return None
    return answer if answer.ok else None


FAULTS = (
    Fault("worker-killed", "a worker killed while it writes", worker_killed,
          {"workers": WORKERS, "proxied": True, "preloaded": True}),
    Fault("server-restarted", "the server restarted with the page open", server_restarted, {"preloaded": True}),
    Fault("server-replaced", "the server replaced by another one with the page open", server_replaced,
          {"replaceable": True, "workers": WORKERS}),
)
