"""Alerts: a burst, a person's transition over Redis, and questions about ten thousand open alerts.

Transitions and what waits for Redis are timed by the clock on the wall; questions, which wait for nothing, by the
processor, so that other people's work on the same machine is not counted.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise

from dash._utils import to_json

from benchmarks import Row
from dashboard.alerts.filter_language import parse
from dashboard.alerts.query import SORTS, AlertIndex
from dashboard.alerts.store import AlertStore, NotAllowed, Unreachable
from dashboard.events import LEVELS, AlertTriggered
from dashboard.services import build
from dashboard.settings import Settings
from dashboard.ui.alert_question import Line
from dashboard.ui.console_page import console_page
from dashboard.ui.tick import answer
from dashboard.ui.view import read_view
from tests.servers import RedisServer, wait_for

ALERTS = 10_000
TRANSITIONS = 600
BURST, BURST_IDENTITIES, BURST_TARGET_S = 5_000, 20, 2.0
TRANSITION_TARGET_MS = 5.0
QUERY_TARGET_MS = 30.0
TABLE_TARGET_MS = 50.0  # contract section 5: an answer of the API
LINES = ("state:open", "state:open level:critical,error age>15m latency", "", "source:\"producer 1\" -queue")
SEEN_TARGET_MS = 1_000.0
TICK_TARGET_MS = 100.0
CONTENDERS, CONTESTED = 50, 200


def rows() -> list[Row]:
    """The figures, each with its target."""
    server = RedisServer().start()
    try:
        return [burst(server), ticks_in_a_burst(server), *transitions(server), contest(server), *questions(server)]
    finally:
        server.close()


def trigger(number: int, identity: str) -> AlertTriggered:
    now = time.time()
    return AlertTriggered(
        kind="alert_triggered", source=f"producer {number % 3}", time=now - number % 5000, received=now,
        key=f"{identity}/{number}", id=identity, level=list(LEVELS)[number % 5], component=f"component {number % 40}",
        message=f"The latency of step {number % 977} is above its threshold of {number % 90} ms",
        details={"threshold": 90.0, "current_value": float(number), "duration_seconds": 30},
        suggested_actions=("Look at the queue", "Restart the workers"))


def store_with(server: RedisServer, triggers: Iterable[AlertTriggered] = ()) -> AlertStore:
    store = AlertStore(Settings(redis_url=server.url))
    for event in triggers:
        store.offer(event)
    store.step()
    while store.waiting:
        store.step()
    return store


def percentile_ms(work: Iterable[Callable[[], object]], share: float = 0.95,
                  clock: Callable[[], float] = time.perf_counter) -> float:
    """For what waits for nothing, `clock` is the processor's: others on the machine do not count."""
    times = []
    for call in work:
        began = clock()
        call()
        times.append(clock() - began)
    return sorted(times)[int(len(times) * share)] * 1000


def burst(server: RedisServer) -> Row:
    events = [trigger(number, f"burst {number % BURST_IDENTITIES}") for number in range(0, BURST * 3, 3)]
    store = AlertStore(Settings(redis_url=server.url))
    store.step()
    began = time.perf_counter()
    for event in events:
        store.offer(event)
    while store.waiting:
        store.step()
    elapsed = time.perf_counter() - began
    exact = [alert.count for alert in store.all()] == [BURST // BURST_IDENTITIES] * BURST_IDENTITIES
    server.client().flushall()
    return Row("5,000 triggers of 20 identities, written",
               f"{elapsed * 1000:.0f} ms, counts {'exact' if exact else 'wrong'}",
               f"≤ {BURST_TARGET_S:.0f} s, exact", exact and elapsed <= BURST_TARGET_S)


def ticks_in_a_burst(server: RedisServer) -> Row:
    """An open page asks again and again while the burst is taken in, written and followed by the store's thread."""
    services = build(Settings(redis_url=server.url, start_listener=False))
    services.alerts.start()
    wait_for(lambda: services.alerts.connected)
    view, took = read_view({"range": "15m", "zone": "UTC"}), []
    events = [trigger(number, f"tick {number % BURST_IDENTITIES}") for number in range(0, BURST * 3, 3)]
    for start in range(0, BURST, 100):
        for event in events[start:start + 100]:
            services.alerts.offer(event)
        began = time.perf_counter()
        answer(services, view, time.time())
        took.append(time.perf_counter() - began)
    wait_for(lambda: not services.alerts.waiting)
    rows = len(services.alerts.all())
    services.alerts.stop()
    server.client().flushall()
    p95 = sorted(took)[int(len(took) * 0.95)] * 1000
    return Row("a page's tick during such a burst, p95", f"{p95:.1f} ms, {rows} rows", f"≤ {TICK_TARGET_MS:.0f} ms, 20",
               p95 <= TICK_TARGET_MS and rows == BURST_IDENTITIES)


def contest(server: RedisServer) -> Row:
    """Fifty threads through two stores acknowledge, then resolve, the same two hundred alerts."""
    one = store_with(server, (trigger(number, f"alert {number}") for number in range(CONTESTED)))
    two = store_with(server)
    keys = [alert.key for alert in one.all()]
    won: Counter[tuple[str, str]] = Counter()
    lock = threading.Lock()

    def work(person: int, name: str) -> None:
        store = (one, two)[person % 2]
        for place in range(len(keys)):
            key = keys[(place + 13 * person) % len(keys)]
            try:
                getattr(store, name)(key, f"person {person}")
            except NotAllowed:
                continue
            except Unreachable:  # fifty threads on a busy machine: a person would click again, another one has
                continue
            with lock:
                won[name, key] += 1

    began = time.perf_counter()
    for name in ("acknowledge", "resolve"):
        threads = [threading.Thread(target=work, args=(person, name)) for person in range(CONTENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    elapsed = time.perf_counter() - began
    again = store_with(server)
    once = won == {(name, key): 1 for name in ("acknowledge", "resolve") for key in keys}
    whole = all([entry.action for entry in alert.timeline] == ["fired", "acknowledge", "resolve"]
                and all(after.old == before.new for before, after in pairwise(alert.timeline)) for alert in again.all())
    server.client().flushall()
    return Row(f"{CONTENDERS} threads, {CONTESTED} alerts: one winner each, no hole",
               f"{elapsed:.1f} s, {'one winner each' if once else 'not one each'}, {'whole' if whole else 'holes'}",
               "one winner each, whole", once and whole)


def transitions(server: RedisServer) -> list[Row]:
    one = store_with(server, (trigger(number, f"alert {number}") for number in range(TRANSITIONS)))
    two = store_with(server)
    keys = [alert.key for alert in one.all()]
    acknowledge = percentile_ms([lambda key=key: one.acknowledge(key, "anna", "looking") for key in keys])
    others = percentile_ms([lambda key=key, change=change: change(key) for change in (
        lambda key: one.unacknowledge(key, "anna"), lambda key: one.assign(key, "anna", "bert"),
        lambda key: one.snooze(key, "anna")) for key in keys])
    resolve = percentile_ms([lambda key=key: one.resolve(key, "anna", "done") for key in keys])
    reopen = percentile_ms([lambda key=key: one.reopen(key, "anna") for key in keys])
    two.start()
    wait_for(lambda: two.revision == one.revision)
    events = [trigger(number, f"seen {number}") for number in range(20)]
    seen = percentile_ms([lambda event=event: _seen(one, two, event) for event in events])
    two.stop()
    server.client().flushall()
    return [Row("acknowledge at the store, producer told, p95", f"{acknowledge:.2f} ms",
                f"≤ {TRANSITION_TARGET_MS:.0f} ms", acknowledge <= TRANSITION_TARGET_MS),
            Row("resolve at the store, producer told, p95", f"{resolve:.2f} ms",
                f"≤ {TRANSITION_TARGET_MS:.0f} ms", resolve <= TRANSITION_TARGET_MS),
            Row("un-acknowledge, assign, snooze ÷ reopen, p95", f"{others:.2f} ÷ {reopen:.2f} ms",
                f"≤ {TRANSITION_TARGET_MS:.0f} ms", max(others, reopen) <= TRANSITION_TARGET_MS),
            Row("an alert seen by another process, p95", f"{seen:.0f} ms", f"≤ {SEEN_TARGET_MS:.0f} ms",
                seen <= SEEN_TARGET_MS)]


def _seen(one: AlertStore, two: AlertStore, event: AlertTriggered) -> None:
    one.offer(event)
    one.step()
    wait_for(lambda: two.find(event.id), 5, 0.001)


def tables(index: AlertIndex, rng: random.Random) -> list[Callable[[], str]]:
    """What an open console asks: after a click, with rows that may move; and after a change, with rows in place."""
    asks = []
    for number in range(200):
        sort = [{"column_id": rng.choice(list(Line.sorts_by_column)), "direction": rng.choice(["asc", "desc"])}]
        asked = rng.choice(LINES), rng.choice([0, 0, 80]), rng.choice([[], sort])
        shown = console_page(index, asked, "anna", index.now, "UTC", [], False, None)
        held = number % 2 == 1, shown.known

        def ask(asked=asked, on_screen=[row["id"] for row in shown.rows], held=held) -> str:  # noqa: B006
            made = console_page(index, asked, "anna", index.now, "Europe/Zurich", on_screen, *held)
            return to_json([made.rows, made.summary, made.known])

        asks.append(ask)
    return asks


def questions(server: RedisServer) -> list[Row]:
    began = time.perf_counter()
    store = store_with(server, (trigger(number, f"alert {number}") for number in range(ALERTS)))
    written = time.perf_counter() - began
    rng = random.Random(7)

    def question() -> dict:
        return {
            "states": rng.choice([None, "open", "active"]),
            "levels": rng.choice([None, "critical", ["error", "info"]]),
            "source": rng.choice([None, "producer 1"]),
            "text": rng.choice([None, "latency", "step 9 queue", "component 3"]),
            "wanted": rng.choice([None, parse("level:critical,error age>15m"), parse("state:open latency -queue")]),
            "sort": rng.choice([None, *SORTS, *(f"-{name}" for name in SORTS)]),
            "limit": 25, "offset": rng.choice([0, 0, 2000])}

    ask = percentile_ms([lambda: store.query(**question()) for _ in range(300)], clock=time.thread_time)

    def after_a_change(number: int) -> Callable[[], object]:
        store.offer(trigger(number, f"alert {number}"))
        store.step()
        return lambda: (store.query(**question()), store.counts(), store.revision)

    changed = []
    for number in range(60):
        changed.append(percentile_ms([after_a_change(ALERTS + number)], clock=time.thread_time))
    anew = sorted(changed)[int(len(changed) * 0.95)]
    began = time.perf_counter()
    again = store_with(server)
    loaded = time.perf_counter() - began
    whole = again.all() == store.all()
    drawn = percentile_ms(tables(store.index(), rng), clock=time.thread_time)
    return [Row(f"{ALERTS:,} open alerts: filter, sort, page, p95 of the processor", f"{ask:.1f} ms",
                f"≤ {QUERY_TARGET_MS:.0f} ms", ask <= QUERY_TARGET_MS),
            Row(f"{ALERTS:,} open alerts: the console's table with its JSON, likewise", f"{drawn:.1f} ms",
                f"≤ {TABLE_TARGET_MS:.0f} ms", drawn <= TABLE_TARGET_MS),
            Row(f"{ALERTS:,} open alerts: the first question after a change, likewise", f"{anew:.1f} ms",
                f"≤ {QUERY_TARGET_MS:.0f} ms", anew <= QUERY_TARGET_MS),
            Row(f"{ALERTS:,} new alerts written ÷ read at a start", f"{written:.1f} s ÷ {loaded:.1f} s",
                "all there", whole)]
