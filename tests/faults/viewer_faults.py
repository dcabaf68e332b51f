"""Those who look at the page: a laptop that slept for a night, a session that has expired, two admins on one alert.

What the browser itself does in these (how often it asks, what it keeps of the view) is shown by tests in a browser.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import requests
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from tests.faults import Fault, Finding, exactly, is_so, spoken, within
from tests.faults.redis_faults import alert, lasting
from tests.faults.world import World
from tests.integration.mounted import Person, live
from tests.page_client import PageState
from tests.servers import wait_for
from tests.unit.web_host import API, PAGE, SECRET_KEY

ASLEEP_S, BEFORE_S, STEP_S = 8 * 3_600.0, 3_600.0, 5.0
ANSWERED_WITHIN_S = 0.3
SEEN_WITHIN_S = 1.0  # by another process; then it is on the page with its next tick
CSRF_SALT = "wtf-csrf-token"
WORKERS = 2
TOKEN = "monitoring_csrf"
SLEEPER = "laptop"


class OldSigner(TimestampSigner):
    """Signs as it was done before the laptop slept."""

    def get_timestamp(self) -> int:
        return int(time.time() - ASLEEP_S)


def with_an_old_token(person: Person) -> None:
    """The same token, made eight hours ago: it is good for one."""
    inside = URLSafeTimedSerializer(SECRET_KEY, salt=CSRF_SALT).loads(person.session.cookies[TOKEN])
    old = URLSafeTimedSerializer(SECRET_KEY, salt=CSRF_SALT, signer=OldSigner).dumps(inside)
    person.session.cookies.set(TOKEN, old, domain="127.0.0.1", path="/")


def sampled(world: World, start: float, end: float) -> None:
    """A sample of six metrics every five seconds of that time."""
    count = int((end - start) / STEP_S)
    for first in range(0, count, 500):
        world.publish(*(world.tell("METRIC_UPDATE", SLEEPER, start + number * STEP_S, metrics={
            "system": {"cpu_percent": number % 90, "memory_percent": number % 70, "thread_count": 40 + number % 5},
            "processing": {"queue_depth": number % 40, "ticks_per_second": number % 30, "orders_ms": number % 9},
        }) for number in range(first, min(first + 500, count))))


def timed(ask) -> tuple[requests.Response, float]:
    began = time.monotonic()
    answer = ask()
    return answer, time.monotonic() - began


def asleep(world: World, full: bool) -> list[Finding]:
    """By a clock of its own: what came in eight hours comes at once, and the page asks with what it held before."""
    hours = 1.0 if full else 0.02
    woken = time.time()
    slept = woken - ASLEEP_S * hours
    sampled(world, slept - BEFORE_S * hours, slept)
    world.nothing_lost()
    world.person.page_state = PageState("24h", source=SLEEPER)
    first, _ = timed(world.person.tick)
    before, _ = timed(world.person.tick)
    sampled(world, slept, woken)
    alert(world, "in-the-night")
    found = lasting(world, full, 10)
    world.publish(world.tell("METRIC_UPDATE", SLEEPER, metrics={"system": {"cpu_percent": 77.0}}))
    lost = world.nothing_lost()
    with_an_old_token(world.person)
    refused, refused_s = timed(world.person.tick)
    answer, taken_s = timed(world.person.tick)
    after, after_s = timed(world.person.tick)
    told, steady = live(answer), live(before)
    size, whole = len(answer.content), len(first.content)
    return [*found, exactly("events lost", lost),
            is_so("a token of eight hours ago is refused, and a new one comes with it", refused.status_code == 400),
            within("a token too old told after", refused_s, ANSWERED_WITHIN_S),
            within("the same question again: the present after", taken_s, ANSWERED_WITHIN_S),
            Finding(f"that answer, {int(ASLEEP_S * hours / STEP_S):,} samples later",
                    f"{size:,} bytes, where the first of all had {whole:,}", "told", True, timed=True),
            Finding("the tick after it", f"{spoken(after_s)}, {len(after.content):,} bytes", "told", True, timed=True),
            is_so("it tells of the alert of the night", told["alertsRevision"] != steady["alertsRevision"]),
            is_so("it has the newest sample", told["last"] > woken - 1)]


def session_expired(world: World, full: bool) -> list[Finding]:
    """In an open tab: the next tick is refused, the page leads to the login and back."""
    person = Person(world.host)
    person.tick()
    person.tick()
    kept = person.page_state
    person.session.cookies.clear(domain="127.0.0.1", path="/", name="session")
    tick, tick_s = timed(person.tick)
    read, read_s = timed(lambda: person.get(API + "/status"))
    page, page_s = timed(lambda: person.get(PAGE + "/?range=6h", allow_redirects=False))
    where = page.headers.get("Location", "")
    found = [is_so("the next tick is refused", tick.status_code == 401, str(tick.status_code)),
             within("the next tick refused after", tick_s, ANSWERED_WITHIN_S),
             is_so("the API says so, as JSON", read.status_code == 401 and not read.json()["success"]),
             within("a read of the API after", read_s, ANSWERED_WITHIN_S),
             is_so("the page leads to the login, and knows the way back", "/login" in where and "range%3D6h" in where,
                   where),
             within("at the login after", page_s, ANSWERED_WITHIN_S)]
    found += lasting(world, full, 10)
    person.get("/enter/ada")
    person.status()
    again, again_s = timed(person.tick)
    return [*found, is_so("signed in again, the tab goes on where it was", again.ok and person.page_state is kept),
            within("live again after", again_s, ANSWERED_WITHIN_S), exactly("events lost", world.nothing_lost())]


def acknowledge(person: Person, name: str) -> tuple[int, str, float]:
    """(status, what it said, seconds)."""
    answer, taken_s = timed(lambda: person.post(f"{API}/alerts/{name}/acknowledge"))
    return answer.status_code, answer.json()["message"], taken_s


def seen_by_all(world: World, person: Person, name: str) -> float:
    """Seconds until every worker tells this person that it is acknowledged."""
    workers: set[str] = set()

    def seen() -> bool:
        answer = person.get(f"{API}/alerts/{name}")
        if answer.json()["alert"]["state"] == "acknowledged":
            workers.add(answer.headers["X-Process"])
        return len(workers) == world.workers

    return world.until(seen, f"{name} acknowledged everywhere")


def acknowledgements(person: Person, name: str) -> list[dict[str, Any]]:
    """Who has acknowledged it, by its timeline. That its source is silent stands there, too, and changes no state."""
    timeline = person.get(f"{API}/alerts/{name}").json()["alert"]["timeline"]
    return [each for each in timeline if each["old_state"] != each["new_state"] == "acknowledged"]


def two_admins(world: World, full: bool) -> list[Finding]:
    """One after the other, and both in the same moment."""
    count = 30 if full else 3
    ada, grace = Person(world.host), Person(world.host, "grace")
    names = [f"both-{number}" for number in range(2 * count)]
    for name in names:
        world.publish(world.tell("ALERT_TRIGGERED", alert={"id": name, "level": "ERROR", "message": "of two"}))
    lost = world.nothing_lost()
    for name in names:
        wait_for(lambda name=name: all(each.get(f"{API}/alerts/{name}").ok for each in (ada, grace)), what=name)
    seen_s, told_s, words = [], [], []
    with world.probing(full) as probe:
        for name in names[:count]:
            assert acknowledge(ada, name)[0] == 200
            seen_s.append(seen_by_all(world, grace, name))
            status, said, taken_s = acknowledge(grace, name)
            words.append(status == 409 and "acknowledged by ada at" in said)
            told_s.append(taken_s)
        outcomes = [at_once((ada, grace), name) for name in names[count:]]
    winners = [[status for status, *_ in outcome].count(200) for outcome in outcomes]
    losers = [[status for status, *_ in outcome].count(409) for outcome in outcomes]
    for name in names[count:]:
        seen_by_all(world, ada, name)
    twice = sum(len(acknowledgements(ada, name)) != 1 for name in names)
    told_s += [taken_s for outcome in outcomes for status, _, taken_s in outcome if status == 409]
    return [*probe.findings(), exactly("events lost", lost),
            within(f"seen by the second, in every process, after, at most ({count} times)", max(seen_s), SEEN_WITHIN_S),
            is_so("who comes second is told who was quicker, and when", all(words)),
            within("told after, at most", max(told_s), ANSWERED_WITHIN_S),
            exactly(f"of {count} clicks at the same moment with one winner and one who is told", sum(
                won == lost == 1 for won, lost in zip(winners, losers, strict=True)), count),
            exactly(f"of {2 * count} timelines without exactly one entry", twice)]


def at_once(people: tuple[Person, ...], name: str) -> list[tuple[int, str, float]]:
    """What each of them was told who clicked in the same moment."""
    for person in people:
        person.status()  # the token is there
    start, found = threading.Barrier(len(people)), []

    def click(person: Person) -> None:
        start.wait(10)
        found.append(acknowledge(person, name))

    threads = [threading.Thread(target=click, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


FAULTS = (
    Fault("laptop-asleep", "laptop asleep for 8 h with the page open", asleep),
    Fault("session-expired", "session expired in an open tab", session_expired),
    Fault("two-admins", "two admins on one alert", two_admins, {"workers": WORKERS}),
)
