"""Notifications: what deciding costs over ten thousand open alerts, and what a process costs that has nothing to do.

All by the processor: other people's work on the same machine is not counted.
"""

from __future__ import annotations

import time
from dataclasses import replace

from benchmarks import Row
from dashboard.alerts.alert import Alert
from dashboard.alerts.store import AlertStore
from dashboard.notifications.delivery import Outcome
from dashboard.notifications.grouping import Grouping, Timing
from dashboard.notifications.message import compose, content_of
from dashboard.notifications.notifier import Notifier
from dashboard.notifications.routes import Description, Route, read_route
from dashboard.reading.leaves import LEVELS
from dashboard.settings import Settings
from tests.servers import RedisServer

ALERTS, RESOLVED, ROUTES = 10_000, 10_000, 10
DECIDE_TARGET_MS, ALL_NEW_TARGET_MS = 60.0, 500.0
LOOKS = 300
LOOK_TARGET_MS = 2.0


def rows() -> list[Row]:
    """The figures, each with its target."""
    return [*deciding(), looking()]


def alert(number: int) -> Alert:
    level = list(LEVELS)[number % 5]
    return Alert(key=f"{number:016x}-0000", id=f"alert {number}", source=f"producer {number % 3}", level=level,
                 rank=LEVELS[level], component=f"component {number % 40}", message=f"Step {number} is slow",
                 first_seen=1_800_000_000.0 - number, last_seen=1_800_000_000.0)


def route(number: int) -> Route:
    return read_route({"name": f"route {number}", "urls": [f"json://host/{number}"],
                       "components": [f"component {number}"] if number % 2 else []},
                      describe=lambda url: Description("json", "JSON"), by="ada", now=0.0)


def deciding() -> list[Row]:
    now = 1_800_000_000.0
    alerts = [alert(number) for number in range(ALERTS)]
    alerts += [replace(alert(ALERTS + number), state="resolved", resolved_at=now) for number in range(RESOLVED)]
    routes, groups, grouping = [route(number) for number in range(ROUTES)], {}, Grouping(Timing())

    def decide_ms(at: float) -> tuple[list, float]:
        began = time.thread_time()
        due, _ = grouping.decide(alerts, routes, groups, at)
        return due, (time.thread_time() - began) * 1_000

    decide_ms(now)
    due, first_ms = decide_ms(now + 10)
    began = time.thread_time()
    words = [compose(content_of(each), lambda key: None) for each in due]
    words_ms = (time.thread_time() - began) * 1_000
    for each in due:
        groups[each.group] = each.after
    again = sorted(decide_ms(now + 20 + number)[1] for number in range(20))
    median = again[len(again) // 2]
    told = sum(len(each.news) for each in due)
    return [Row(f"{ALERTS:,} open alerts, {ROUTES} routes: deciding, nothing new", f"{median:.1f} ms",
                f"≤ {DECIDE_TARGET_MS:.0f} ms", median <= DECIDE_TARGET_MS),
            Row("the same, all of it new ÷ the words of its messages",
                f"{first_ms:.0f} ÷ {words_ms:.0f} ms, {len(words)} messages of {told:,}",
                f"≤ {ALL_NEW_TARGET_MS:.0f} ms", first_ms + words_ms <= ALL_NEW_TARGET_MS)]


def looking() -> Row:
    """A look at Redis each second of a process that leads, with a route and nothing to do."""
    server = RedisServer().start()
    try:
        settings = Settings(redis_url=server.url)
        alerts = AlertStore(settings)
        alerts.step()
        notifier = Notifier(settings, alerts, send=lambda url, message: Outcome(True),
                            describe=lambda url: Description("json", "JSON"))
        notifier.add_route({"name": "night", "urls": ["json://host/x"]}, "ada")
        for _ in range(5):
            notifier.step()
        assert notifier.status().leads
        began = time.thread_time()
        for _ in range(LOOKS):
            notifier.step()
        look_ms = (time.thread_time() - began) * 1_000 / LOOKS
    finally:
        server.close()
    return Row("a look of the process that leads, nothing to do (one a second)", f"{look_ms:.2f} ms",
               f"≤ {LOOK_TARGET_MS:.0f} ms", look_ms <= LOOK_TARGET_MS)
