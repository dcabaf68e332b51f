"""More than sixty markup payloads in every field of every event, on every page: none runs, none becomes an element, and
each is there as text.

What is written is in stored_markup.py; where each field of it stands, and how much of it, in stored_markup_seen.py.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Request, expect

from tests.browser import stored_markup_seen as pages
from tests.browser.console import Console
from tests.browser.explore_page import Explorer
from tests.browser.host import Host
from tests.browser.publisher import Publisher
from tests.browser.stored_markup import (
    COUNT,
    SOURCES,
    act,
    administer,
    of,
    publish,
    publish_newest,
    publish_without_component,
)
from tests.browser.stored_markup_seen import Seen, lacking, told
from tests.hostile import MARKUP, numbers

EVERY = set(range(len(MARKUP)))
SELDOM_MS = 600_000  # a page asks once when it is opened, and then when it is told to
LOOK_MS, LOOKS = 100, 200  # at most
WATCH = """
    window.__ran = [];
    window.ran = (number) => window.__ran.push(`ran ${number}`);
    addEventListener("securitypolicyviolation", (event) => window.__ran.push(
        `${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
# What a payload would have become: an element of its own, or an attribute that runs or fetches something.
BECAME = """(place) => [...document.querySelectorAll(`${place}, ${place} *`)].filter((one) =>
    ["IFRAME", "OBJECT", "EMBED", "MARQUEE", "VIDEO", "AUDIO", "BASE", "MATH"].includes(one.tagName)
    || (one.tagName === "SCRIPT" && one.textContent.includes("ran("))
    || [...one.attributes].some(({name, value}) => name.startsWith("on") || (value.includes("ran")
        && ["src", "href", "xlink:href", "srcdoc", "data", "action", "formaction", "background", "style", "poster"]
            .includes(name) && (/^\\s*(java|data)/i.test(value) || value.startsWith("ran-")))))
    .map((one) => one.outerHTML.slice(0, 200))"""


@pytest.fixture
def host(redis_server, tmp_path):
    host = Host(redis_server, ring_sources=100, notify_group_s=0.2, interval_ms=SELDOM_MS,
                database_url=f"sqlite:///{tmp_path}/history.sqlite3").start()
    yield host
    host.stop()


class Watched:
    """A page that is watched for what runs in it, and read for what stands in it."""

    def __init__(self, console: Console):
        self.console, self.page = console, console.page
        self.fetched: list[str] = []
        self.page.on("request", self._note)
        self.page.add_init_script(WATCH)

    def _note(self, request: Request) -> None:
        if "ran-" in request.url.partition("?")[0]:
            self.fetched.append(request.url)

    def opens(self, path: str, fields: list[Seen]) -> None:
        self.console.open(path)
        self.shows(fields)

    def shows(self, fields: list[Seen], within: str = "html", asking: bool = False) -> None:
        """Each field comes to stand in its place, and nothing ran or became an element. `asking`: until then the page
        is told to ask again and again, since it skips a beat, and for good, while an answer is due."""
        for _ in range(LOOKS):
            if not (left := lacking(fields, told(self.console, fields))):
                break
            if asking:
                self.console.ask("() => monitoring.wake()")
            self.page.wait_for_timeout(LOOK_MS)
        assert left == []
        self.is_untouched(within)

    def is_untouched(self, within: str = "html") -> None:
        assert self.console.ask("() => window.__ran") == []
        assert self.console.ask(BECAME, within) == []
        assert self.fetched == []

    def shows_rows(self, table: str, fields: list[Seen]) -> None:
        """The rows of a table of two pages."""
        self.console.say(table, "~message~")
        found = told(self.console, fields)
        first = self.page.locator(f"{table} td[data-dash-column=what]").first
        words = first.inner_text()
        self.page.click(f"{table} button.next-page")
        expect(first).not_to_have_text(words)
        assert lacking(fields, found, told(self.console, fields)) == []
        self.is_untouched()

    def open_in_full(self, row: str, alert_id: str) -> None:
        """Open an alert; `row` is what a click on its row sets."""
        key = self.console.host.services.alerts.find(alert_id)[0].key
        self.console.ask("([id, data]) => dash_clientside.set_props(id, {data})", [row, key])


@pytest.mark.parametrize("fields", [
    pages.OVERVIEW, pages.OVERVIEW_ROWS, pages.ALERTS, pages.HISTORY, pages.HISTORY_ROWS, pages.SILENCES,
    pages.NOTIFICATIONS, pages.EXPLORE])
def test_each_field_has_every_payload_or_it_is_said_why_not(fields):
    assert [one.field for one in fields if not one.part and numbers(" ".join(one.texts)) != EVERY] == []


@pytest.mark.parametrize("in_full", [pages.overview_alert, pages.open_alert, pages.closed_alert, pages.newest])
def test_each_field_of_an_alert_and_of_the_newest_has_every_payload(in_full):
    found: dict[str, set[int]] = {}
    for number in range(COUNT):
        for one in in_full(number):
            if not one.part:
                found[one.field] = found.get(one.field, set()) | numbers(" ".join(one.texts))
    assert [field for field, seen in found.items() if seen != EVERY] == []


def test_nothing_runs_of_which_the_newest_alone_is_shown(console, redis_server, host):
    """A text after the other, so that each is sent by itself."""
    watched, source, board = Watched(console), Publisher(redis_server, SOURCES[0]), host.services.board
    console.open(f"?{urlencode({'source': SOURCES[0]})}")
    for number, status in enumerate(of("status of a score")):
        request_id = publish_newest(redis_server, host, number)
        console.eventually(lambda: request_id in board.results, "the last of it")  # noqa: B023
        console.eventually(lambda: host.services.alerts.find(of("id open")[number]), "the alert")  # noqa: B023
        act(host, number)
        watched.open_in_full("alert-open", of("id open")[number])
        watched.shows([*pages.newest(number), *pages.overview_alert(number)], asking=True)
        source.update({"system": {"cpu_percent": 40}}, health_score={"status": status})
        console.eventually(lambda: board.get(SOURCES[0]).headline.status == status, "the score")  # noqa: B023
        watched.shows([Seen("status of a score", "#health-score .score-word", (status,))], asking=True)


def test_no_payload_runs_on_any_page(console, redis_server, host, browsing):
    publish(redis_server)
    alerts, watched, page = host.services.alerts, Watched(console), console.page
    console.eventually(lambda: len(alerts.all()) == 2 * COUNT, "the alerts")
    console.eventually(lambda: host.services.history.status.state == "ready", "the history")
    administer(host)

    console.open(f"?{urlencode({'source': SOURCES[0]})}")
    page.locator("#raw-panel summary").click()
    page.click("#raw-load")
    watched.shows(pages.OVERVIEW)
    watched.shows_rows("#alert-table", pages.OVERVIEW_ROWS)
    watched.opens("alerts/", pages.ALERTS)
    for number, alert_id in enumerate(of("id open")):
        watched.open_in_full("alert-open", alert_id)
        watched.shows(pages.open_alert(number), within="#alert-aside")
    watched.opens("alerts/history/", pages.HISTORY)
    watched.shows_rows("#past-table", pages.HISTORY_ROWS)
    for number, alert_id in enumerate(of("id over")):
        watched.open_in_full("past-open", alert_id)
        watched.shows(pages.closed_alert(number), within="#past-detail")
    watched.opens("alerts/silences/", pages.SILENCES)
    watched.opens("notifications/", pages.NOTIFICATIONS)

    publish_without_component(redis_server)
    lines = [("m", f"{quote(source, safe='')}/{quote(metric, safe='')}")
             for source, metric in zip(SOURCES, of("metric"), strict=True)]
    Explorer(page, host).open("?" + urlencode([*lines, ("source", SOURCES[0]), ("range", "5m"), ("panel", "report")]))
    watched.shows(pages.EXPLORE)

    # And it would have been seen: the same text where somebody takes it for markup.
    browsing.expect_trouble("Content Security Policy", "ran-1")
    console.ask("(text) => document.body.insertAdjacentHTML('beforeend', text)", MARKUP[1])
    console.until("() => window.__ran.length > 0")
    assert console.ask(BECAME, "html") and watched.fetched
