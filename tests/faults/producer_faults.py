"""A producer that is silent, flaps, restarts, has a wrong clock, repeats itself or loses the order of things."""

from __future__ import annotations

import random
import time
from typing import Any

from tests.faults import Fault, Finding, exactly, is_so, within
from tests.faults.redis_faults import lasting
from tests.faults.world import World
from tests.feeds import update
from tests.integration.mounted import live
from tests.page_client import PageState
from tests.unit.web_host import API

ALIVE_WITHIN_S, TOLD_WITHIN_S = 1.0, 1.0
LASTS_S = 10.0  # in full, so that enough is asked for meanwhile
MOMENTS = 9  # between what a producer does that is restarted
HOUR_S = 3_610.0


def source_of(world: World, name: str) -> dict[str, Any]:
    return next(each for each in world.status()["sources"] if each["name"] == name)


def strip_of(world: World, name: str) -> dict[str, Any]:
    """What the strip of a page says that shows this source."""
    world.person.page_state = PageState(source=name)
    return live(world.person.tick())["strip"]


def numbers(world: World, source: str, metric: str = "application.symbols_processed") -> list[float]:
    """Its samples as the API has them, oldest first."""
    answer = world.person.get(f"{API}/metrics/series?source={source}&metric={metric}&range=3h&points=10000&rates=0")
    assert answer.ok, answer.text
    return answer.json()["series"][metric]["last"]


def comes_alive(world: World, name: str, ahead_s: float = 0.0) -> float:
    """Seconds until an event of it makes it active. On a slow machine it may be silent again before somebody looks."""
    number = 1_000

    def heard() -> bool:
        nonlocal number
        number += 1
        world.publish(update(number, at=time.time() + ahead_s, source=name))
        return source_of(world, name)["liveness"] == "active"

    return world.until(heard, f"life of {name}")


def alerts_of(world: World, source: str, state: str = "active") -> list[dict[str, Any]]:
    return world.person.get(f"{API}/alerts?state={state}&source={source}").json()["alerts"]


def silent(world: World, full: bool) -> list[Finding]:
    """By the time of receipt, whatever the clocks say."""
    world.publish_updates(5, "quiet")
    world.publish(world.tell("ALERT_TRIGGERED", "quiet", alert={"id": "q", "level": "INFO", "message": "told before"}))
    heard = time.monotonic()
    world.until(lambda: strip_of(world, "quiet")["source"], "the source")
    limits = strip_of(world, "quiet")["source"]["delayedAfter"]
    world.until(lambda: source_of(world, "quiet")["liveness"] != "active", "the delay")
    found = [within("shown as delayed, after its limit, within", max(0.0, time.monotonic() - heard - limits),
                    TOLD_WITHIN_S)]
    found += lasting(world, full, 10)
    world.until(lambda: source_of(world, "quiet")["liveness"] == "inactive", "the silence")
    world.until(lambda: all(each["stale"] for each in alerts_of(world, "quiet")), "the mark at its alert")
    strip = strip_of(world, "quiet")
    found += [is_so("its values are shown as old", strip["stale"] and strip["source"]["word"] == "inactive"),
              is_so("its values stay", numbers(world, "quiet") != []),
              is_so("its alerts stay, and are marked", bool(alerts_of(world, "quiet")))]
    back_s = comes_alive(world, "quiet")
    return [*found, within("shown as active again within", back_s, ALIVE_WITHIN_S),
            exactly("events lost", world.nothing_lost())]


def flapping(world: World, full: bool) -> list[Finding]:
    """Two publishers on one channel: one after the other, and one event of each in turn."""
    count = 2_000 if full else 200
    names = ("left", "right")
    told: dict[str, list[float]] = {name: [] for name in names}
    asked = set()
    with world.probing(full) as probe:
        for number in range(count):
            phase = number * 20 // count
            name = names[(number if phase % 2 else phase // 2) % 2]
            world.publish(update(number, source=name))
            told[name].append(float(number))
            if full:
                time.sleep(LASTS_S / count)
            if number % 50 == 0:
                asked.add(world.person.get(f"{API}/status?source=left").json()["source"])
    lost, own = world.nothing_lost(), {name: numbers(world, name) for name in names}
    return [*probe.findings(), exactly("events lost", lost),
            within("each shown as active within", max(comes_alive(world, name) for name in names), ALIVE_WITHIN_S),
            is_so("each has its own samples, all of them", own == told),
            is_so("who asks for one is never told of the other", asked <= {"left", None})]


def restarting(world: World, full: bool) -> list[Finding]:
    """It stops, comes back, begins its counters anew, and uses the ids of its alerts again."""

    def fires(message: str) -> None:
        world.publish(world.tell("ALERT_TRIGGERED", "again", alert={"id": 7, "level": "ERROR", "message": message}))

    def counts(number: int) -> None:
        world.publish(world.tell("METRIC_UPDATE", "again", metrics={
            "system": {"network_io": {"bytes_sent": number}}}))

    def a_moment() -> None:
        if full:
            time.sleep(LASTS_S / MOMENTS)

    with world.probing(full) as probe:
        for number in (1_000, 2_000, 3_000):
            counts(number)
        fires("first")
        a_moment()
        for status in ("stopping", "stopped", "starting"):
            world.publish(world.tell("SYSTEM_STATUS", "again", status=status))
            a_moment()
        for number in (10, 20, 30):
            counts(number)
            a_moment()
        fires("while it is open")
        lost = world.nothing_lost()
        shown_s = [world.until(lambda: [each["count"] for each in alerts_of(world, "again")] == [2], "an occurrence")]
        (before,) = alerts_of(world, "again")
        a_moment()
        world.publish(world.tell("ALERT_RESOLVED", "again", alert_id=7))
        shown_s.append(world.until(lambda: not alerts_of(world, "again"), "the end of the alert"))
        a_moment()
        fires("after it was resolved")
        shown_s.append(world.until(lambda: alerts_of(world, "again"), "the new alert"))
        (after,) = alerts_of(world, "again")
    rates = world.person.get(f"{API}/metrics/series?source=again&metric=system.network_io.bytes_sent&range=1h").json()[
        "series"]["system.network_io.bytes_sent"]["mean"]
    return [*probe.findings(), exactly("events lost", lost + world.nothing_lost()),
            within("an occurrence, the end and the new alert each shown within", max(shown_s), TOLD_WITHIN_S),
            is_so("while it is open: one more occurrence", before["count"] == 2),
            is_so("after it was resolved: a new alert", after["count"] == 1 and after["key"] != before["key"]),
            is_so("the one before stays as it was", [each["key"] for each in alerts_of(
                world, "again", "resolved")] == [before["key"]]),
            is_so("no rate falls below nothing", all(rate is None or rate >= 0 for rate in rates))]


def wrong_clock(world: World, full: bool) -> list[Finding]:
    """One is an hour ahead, one an hour behind."""
    found: list[Finding] = []
    with world.probing(full) as probe:
        for name, ahead_s, words in (("ahead", HOUR_S, "clock 1 h ahead"), ("behind", -HOUR_S, "clock 1 h behind")):
            first = time.time() + ahead_s
            world.publish_over(LASTS_S / 2 if full else 0, [
                update(number, at=first + number / 100, source=name) for number in range(20)])
            world.publish(world.tell("ALERT_TRIGGERED", name, at=time.time() + ahead_s, alert={
                "id": "c", "level": "WARNING", "message": "by a wrong clock"}))
            shown_s = world.until(lambda name=name: alerts_of(world, name), "the alert")
            found.append(within(f"{name}: an alert shown within", shown_s, TOLD_WITHIN_S))
            strip = strip_of(world, name)
            skew = strip["source"]["skew"]
            found.append(is_so(f"{name}: the strip says it then", skew == words, str(skew)))
            (alert,) = alerts_of(world, name)
            worked = [world.person.post(f"{API}/alerts/{alert['key']}/{action}").status_code
                      for action in ("acknowledge", "resolve")]
            found += [is_so(f"{name}: its samples are there, in their order", numbers(world, name) == [
                          float(number) for number in range(20)]),
                      is_so(f"{name}: its alerts can be worked", worked == [200, 200], str(worked)),
                      within(f"{name}: alive by the time of receipt within", comes_alive(world, name, ahead_s),
                             ALIVE_WITHIN_S)]
    latest = world.person.get(f"{API}/metrics/historical?source=ahead").json()["data"][-1]["timestamp"]
    found.append(is_so("nothing is filed in the future", latest <= time.strftime(
        "%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 6))))
    return [*found, *probe.findings(), exactly("events lost", world.nothing_lost())]


def told_twice(world: World, full: bool) -> list[Finding]:
    """Everything three times, the copies some time later."""
    count = 5_000 if full else 200
    before = world.status()["feed"]["duplicates"]
    updates = [update(number, source="twice") for number in range(count)]
    alerts = [world.tell("ALERT_TRIGGERED", "twice", at=time.time() + number / 1_000, alert={
        "id": "t", "level": "INFO", "message": "again"}) for number in range(20)]
    with world.probing(full) as probe:
        world.publish_over(LASTS_S / 3 if full else 0, [*updates, *alerts])
        for _ in range(2):
            world.publish_over(LASTS_S / 3 if full else 0, [*updates, *alerts])
            world.published -= count + 20
    counted_s = world.until(lambda: world.status()["feed"]["duplicates"] - before == 2 * (count + 20), "the copies")
    world.until(lambda: [each["count"] for each in alerts_of(world, "twice")] == [20], "the alert")
    return [*probe.findings(), exactly("events lost", world.nothing_lost()),
            within("the last copies counted within", counted_s, TOLD_WITHIN_S),
            exactly("copies counted", world.status()["feed"]["duplicates"] - before, 2 * (count + 20)),
            is_so("each sample once", numbers(world, "twice") == [float(number) for number in range(count)])]


def out_of_order(world: World, full: bool) -> list[Finding]:
    """Samples and alerts in any order: what counts is the producer's time."""
    count, chance, base = (5_000 if full else 200), random.Random(1), time.time() - 600
    events = [update(number, at=base + number / 100, source="order") for number in range(count)]
    for name in range(20):
        for step, kind in enumerate(("TRIGGERED", "RESOLVED", "TRIGGERED") if name % 2 else ("TRIGGERED", "RESOLVED")):
            alert = {"id": f"o{name}", "level": "INFO", "message": f"step {step}"}
            events.append(world.tell(f"ALERT_{kind}", "order", at=base + name + step, alert=alert))
    chance.shuffle(events)
    with world.probing(full) as probe:
        world.publish_over(LASTS_S if full else 0, events)
    found = [*probe.findings(), exactly("events lost", world.nothing_lost())]
    shown_s = world.until(lambda: len(alerts_of(world, "order")) == 10, "the alerts that are open in the end")
    told_last = sorted(f"o{name}" for name in range(1, 20, 2))
    return [*found, within("all shown within", shown_s, TOLD_WITHIN_S),
            is_so("samples lie in their order", numbers(world, "order") == [float(number) for number in range(count)]),
            is_so("alerts are in the state that was told last",
                  sorted(each["id"] for each in alerts_of(world, "order")) == told_last)]


FAULTS = (
    Fault("producer-silent", "the producer falls silent", silent),
    Fault("producer-flapping", "two publishers flap on one channel", flapping),
    Fault("producer-restarted", "the producer restarts, with the same alert ids", restarting),
    Fault("producer-clock", "the producer's clock is an hour ahead or behind", wrong_clock),
    Fault("producer-duplicates", "every event comes three times", told_twice),
    Fault("producer-reordered", "events come in any order", out_of_order),
)
