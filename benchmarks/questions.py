"""What an open console asks of its server, and what programs ask of its API, by the name under which it is told."""

from __future__ import annotations

from urllib.parse import urlencode

import orjson

from benchmarks.clients import Question, Round
from benchmarks.filled import Filled
from benchmarks.page import SOURCE
from tests.page_client import PageState, callback_body, tick_body
from tests.unit.web_host import API, PAGE

STATUS, TICK = "GET /status", "a tick of an open page, one new sample"
FIRST, EXPLORE = "the first answer of a page, 1 h", "Explore: 12 charts of 24 h"
EXPLORE_ALL, SERIES_ALL, REPORT_ALL = (
    "Explore: 12 charts of 10 days", "GET /metrics/series, 10 days of one metric", "GET /report, 10 days")
ACKNOWLEDGE = "POST /alerts/{id}/acknowledge and /unacknowledge in turns"
CPU = "system.cpu_percent"
LINES = ("system.cpu_percent", "system.memory_percent", "system.memory_mb", "system.disk_percent",
         "application.patterns_per_second", "application.indicators_per_second", "application.cache_hit_rate",
         "application.avg_pattern_detection_ms", "processing.queue_depth", "processing.ticks_per_second",
         "database.query_avg_ms", "redis.messages_per_second")


def shown(range_name: str) -> str:
    """The address of a view of Explore: twelve charts."""
    return urlencode([*(("m", f"{SOURCE}/{name}") for name in LINES), ("range", range_name), ("charts", "metric")])


READS = {
    STATUS: "/status",
    "GET /alerts, 40 open": "/alerts?state=open",
    "GET /alerts/history, 24 h": "/alerts/history?hours=24",
    "GET /alerts/statistics": "/alerts/statistics",
    "GET /metrics/historical, 24 h of one metric": f"/metrics/historical?hours=24&metric={CPU}",
    "GET /metrics/historical, 24 h of all": "/metrics/historical?hours=24",
    "GET /metrics/series, 24 h of one metric": f"/metrics/series?source={SOURCE}&metric={CPU}&range=24h",
    "GET /metrics/moved, half an hour": "/metrics/moved?range=30m",
    "GET /history/moment, an hour ago": "/history/moment?at=now-1h",
    "GET /report, 24 h": "/report?range=24h",
}
OTHER_READS = {
    "GET /alerts/{id}": "/alerts/alert%200",
    "GET /alerts/export, CSV": "/alerts/export?format=csv",
    "GET /metrics": "/metrics",
    "GET /metrics/historical, 24 h of all, CSV": "/metrics/historical?hours=24&format=csv",
    "GET /explore/export, 12 lines of 24 h, CSV": f"/explore/export?format=csv&{shown('24h')}",
    "GET /explore/export, 12 lines of 24 h, Parquet": f"/explore/export?format=parquet&{shown('24h')}",
    "GET /explore/export, 12 charts of 24 h, HTML": f"/explore/export?format=html&{shown('24h')}",
    "GET /silences": "/silences",
    "GET /annotations, 24 h": "/annotations?range=24h",
    "GET /routes": "/routes",
    "GET /deliveries": "/deliveries",
    "GET /history/commands, 24 h": "/history/commands?range=24h",
    "GET /history/gaps, 24 h": "/history/gaps?range=24h",
    "GET /openapi.json": "/openapi.json",
}


class Questions:
    """What is asked of one console, as the scripts of its pages ask it."""

    def __init__(self, console: Filled):
        self._console = console
        self._dependencies = {page: console.person.get(f"{PAGE}/{page}_dash-dependencies").json()
                              for page in ("", "explore/")}
        console.person.tick()  # sets the token, and leaves the page with all there is

    def all(self) -> dict[str, Question]:
        """By name, made anew: for the page there is one new sample, as with every tick of a page that is open."""
        self._console.catch_up()
        held = self._console.person.page_state
        self._console.person.tick()
        self._console.publish_update()
        self._console.wait_for_update()
        return {
            TICK: self._page("", tick_body(self._dependencies[""], held.question())),
            FIRST: self._page("", tick_body(
                self._dependencies[""], PageState("1h", zone="Europe/Zurich").question())),
            EXPLORE: self._explore("24h"),
        } | {name: Question(API + path) for name, path in (READS | OTHER_READS).items()}

    def of_all_days(self) -> dict[str, Question]:
        """By name, where it is as many as a console is given here."""
        return {EXPLORE_ALL: self._explore("10d"),
                SERIES_ALL: Question(f"{API}/metrics/series?source={SOURCE}&metric={CPU}&range=10d"),
                REPORT_ALL: Question(f"{API}/report?range=10d")}

    def writes(self, alert: str = "client") -> dict[str, Round]:
        """By name: each client has an alert of its own, "`alert` 7", and leaves it as it was."""
        def acknowledged(number: int) -> tuple[Question, ...]:
            return tuple(self._write(f"{API}/alerts/{alert}%20{number}/{action}", {})
                         for action in ("acknowledge", "unacknowledge"))

        return {ACKNOWLEDGE: acknowledged}

    def tick(self, state: PageState) -> Question:
        return self._page("", tick_body(self._dependencies[""], state.question()))

    def _explore(self, range_name: str) -> Question:
        return self._page("explore/", callback_body(self._dependencies["explore/"], "explore-asked", {
            "asked": 1, "zone": "Europe/Zurich", "points": 1_000, "query": shown(range_name)}))

    def _page(self, page: str, body: dict) -> Question:
        return self._write(f"{PAGE}/{page}_dash-update-component", body)

    def _write(self, path: str, body: dict) -> Question:
        return Question(path, orjson.dumps(body), {
            "Content-Type": "application/json", "X-CSRFToken": self._console.person.session.cookies["monitoring_csrf"]})
