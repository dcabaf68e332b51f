"""Redis in every bad state: what the page says and when, that nothing is lost, and that it recovers by itself."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import requests

from dashboard.publisher import Publisher
from tests.faults import Fault, Finding, exactly, is_so, within
from tests.faults.probe import SOURCE
from tests.faults.world import World
from tests.integration.mounted import subscribers
from tests.servers import RedisServer, wait_for
from tests.unit.web_host import API

SEEN_WITHIN_S, SILENCE_SEEN_WITHIN_S, BACK_WITHIN_S = 1.0, 3.5, 2.0
RECORDED_WITHIN_S = 12.0  # the page waits ten seconds before it speaks of what heals by itself
ANSWERED_WITHIN_S = 2.5  # somebody who changes something waits for Redis, and is told
AWAY = "No connection to Redis since"
SLOW_S = 0.5
MEBIBYTE = 1024 * 1024


def lasting(world: World, full: bool, seconds: float) -> list[Finding]:
    """The fault lasts: pages and API are asked all the time."""
    with world.probing(full) as probe:
        if full:
            time.sleep(seconds)
    return probe.findings()


def refused(world: World) -> list[Finding]:
    """Whoever acknowledges is told soon that nothing was changed."""
    (alert,) = world.person.get(API + "/alerts?state=active").json()["alerts"][:1]
    began = time.monotonic()
    answer = world.person.post(f"{API}/alerts/{alert['key']}/acknowledge")
    taken_s = time.monotonic() - began
    said = answer.json()["message"]
    return [is_so("an acknowledgement is refused, in words", answer.status_code == 503 and "Not changed" in said, said),
            within("told after", taken_s, ANSWERED_WITHIN_S)]


def alert(world: World, name: str) -> None:
    """An open alert of this name, known to the console and written."""
    world.publish(world.tell("ALERT_TRIGGERED", alert={"id": name, "level": "WARNING", "message": "it is there"}))
    world.until(lambda: state_of(world, name), "the alert")


def acknowledge(world: World, name: str) -> requests.Response:
    return world.person.post(f"{API}/alerts/{name}/acknowledge")


def state_of(world: World, name: str) -> str | None:
    told = world.person.get(f"{API}/alerts?source={SOURCE}").json()["alerts"]  # of all it might be on no first page
    found = [each for each in told if each["id"] == name]
    return found[0]["state"] if found else None


def recovered(world: World, back_s: float, within_s: float = BACK_WITHIN_S) -> list[Finding]:
    """Whole again, without a hand; what was published is there, and what comes now, too."""
    world.publish_updates(20)
    return [within("whole again after", back_s, within_s), exactly("events lost", world.nothing_lost()),
            is_so("the page says no more of it", AWAY not in world.page())]


def absent(world: World, full: bool) -> list[Finding]:
    """A world whose Redis was not started yet."""
    found = [within("shown after", world.until_shown(AWAY), SEEN_WITHIN_S), *lasting(world, full, 20)]
    world.redis.start()
    back_s = world.whole()
    found += recovered(world, back_s)
    world.furnish()
    return found


def gone(world: World, full: bool, between: Callable[[], None] = lambda: None) -> list[Finding]:
    alert(world, "before")
    world.until(lambda: world.status()["feed"]["journal"]["waiting"] == 0, "the record")
    world.redis.kill()
    found = [within("shown after", world.until_shown(AWAY), SEEN_WITHIN_S), *refused(world),
             *lasting(world, full, 20)]
    between()
    world.redis.start()
    back_s = world.whole()
    found += recovered(world, back_s)
    world.until(lambda: recorded(world) >= world.published, "the record of all")
    found += [is_so("the alert is there", state_of(world, "before") == "active"),
              is_so("the gap is told with its reason", bool(world.status()["feed"]["gaps"][-1]["why"]))]
    return found


def recorded(world: World) -> int:
    with world.client() as client:
        return client.xlen("{monitoring}:journal")


def killed(world: World, full: bool) -> list[Finding]:
    return gone(world, full)


def emptied(world: World, full: bool) -> list[Finding]:
    def empty() -> None:
        for path in Path(world.redis.folder).iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return gone(world, full, empty)


def hung(world: World, full: bool) -> list[Finding]:
    """Redis stands still; what is published meanwhile waits in its socket."""
    alert(world, "before")
    world.redis.freeze()
    sender = threading.Thread(target=world.publish_updates, args=(50,))
    with world.probing(full) as probe:
        sender.start()
        found = [within("shown after", world.until_shown(AWAY), SILENCE_SEEN_WITHIN_S), *refused(world)]
    world.redis.thaw()
    sender.join(30)
    back_s = world.whole()
    return [*found, *probe.findings(), *recovered(world, back_s),
            is_so("what was refused did not happen later", state_of(world, "before") == "active")]


def replica(world: World, full: bool) -> list[Finding]:
    """The server becomes a replica of an empty one, takes no writes, and is a master again."""
    alert(world, "before")
    master = RedisServer("--repl-diskless-sync-delay", "0").start()
    try:
        with world.client() as client:
            client.replicaof("127.0.0.1", master.port)
            wait_for(lambda: client.info("replication")["master_link_status"] == "up", what="the replica")
        found = unwritten(world, full, "This Redis is a replica and takes no writes", master)
        with world.client() as client:
            client.execute_command("REPLICAOF", "NO", "ONE")
        back_s = world.whole()
    finally:
        master.close()
    world.publish_updates(20)
    world.until(lambda: recorded(world) >= world.published, "the record of all")
    return found + recovered(world, back_s)


def unwritten(world: World, full: bool, reason: str, publish_to: RedisServer | None = None) -> list[Finding]:
    """Redis hands on what is published, and takes no writes: it is heard, and waits to be recorded."""
    with (publish_to or world.redis).client() as client:
        for _ in range(20):
            client.publish("tickstock:monitoring", world.tell("METRIC_UPDATE", metrics={"system": {"n": 1}}))
            world.published += 1
    seen_s = world.until(lambda: world.status()["feed"]["journal"]["reason"] == reason, "the reason")
    found = [within("told by /status after", seen_s, BACK_WITHIN_S), exactly("events not heard", world.nothing_lost()),
             *refused(world), *lasting(world, full, 15)]
    if full:
        found.append(within("shown on the page, 10 s after, within", world.until_shown(reason), RECORDED_WITHIN_S))
    return found


def memoryless(world: World, full: bool) -> list[Finding]:
    """`maxmemory` reached, with `noeviction`."""
    alert(world, "before")
    with world.client() as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")
        found = unwritten(world, full, "Redis has no memory left")
        client.config_set("maxmemory", "0")
    back_s = world.whole()
    found += recovered(world, back_s)
    world.until(lambda: recorded(world) >= world.published, "the record of all")
    return found


def slow(world: World, full: bool) -> list[Finding]:
    """Every answer of Redis, and every event, comes half a second later."""
    alert(world, "quick")
    alert(world, "slow")
    assert acknowledge(world, "quick").ok  # the way is open: it takes five answers
    world.proxy.delay_s = SLOW_S
    world.publish_updates(20)
    found = [exactly("events lost", world.nothing_lost()), *lasting(world, full, 20)]
    began = time.monotonic()
    answer = acknowledge(world, "slow")
    found += [is_so("an acknowledgement gets through", answer.status_code == 200, str(answer.status_code)),
              within("taking", time.monotonic() - began, ANSWERED_WITHIN_S),
              is_so("the page speaks of no outage", AWAY not in world.page())]
    world.proxy.delay_s = 0.0
    back_s = world.whole()
    return found + recovered(world, back_s)


def overflowing(world: World, full: bool) -> list[Finding]:
    """The server cuts off both connections for every message, since one is larger than it may hold back for them."""
    count = 200 if full else 5
    with world.client() as client:
        limits = client.config_get("client-output-buffer-limit")
        client.config_set("client-output-buffer-limit", "pubsub 65536 65536 1")
        publisher = Publisher(client, source=SOURCE, journal="{monitoring}")
        with world.probing(full) as probe:
            for number in range(count):
                before = set(subscribers(world.redis))
                publisher.metric_update({"application": {"symbols_processed": number, "text": "x" * 100_000}})
                world.published += 1
                world.until(lambda before=before: not before & set(subscribers(world.redis)), "the end of both")
                world.until(lambda: len(subscribers(world.redis)) == 2, "two new connections")
        client.config_set("client-output-buffer-limit", limits["client-output-buffer-limit"])
    told_s = world.until(lambda: "Redis closed the connection" in str(world.status()["feed"]["gaps"]), "the gap")
    world.until(lambda: world.status()["feed"]["reconnects"], "the new subscription")
    back_s = world.whole()
    return [*probe.findings(), within("a gap told with its reason after", told_s, SEEN_WITHIN_S),
            exactly("events lost of a publisher that records", world.nothing_lost()), *recovered(world, back_s)]


FAULTS = (
    Fault("redis-absent", "Redis absent at the start", absent, {"started": False}),
    Fault("redis-killed", "Redis killed, and back with its data", killed),
    Fault("redis-hung", "Redis stands still, and goes on", hung),
    Fault("redis-emptied", "Redis restarted empty", emptied),
    Fault("redis-replica", "Redis becomes a read-only replica, and a master again", replica),
    Fault("redis-memory", "Redis out of memory (`maxmemory`, `noeviction`)", memoryless),
    Fault("redis-slow", "Redis slower by 500 ms", slow, {"proxied": True}),
    Fault("redis-overflow", "output buffer of Redis overflows, message by message", overflowing),
)
