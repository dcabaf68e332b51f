"""More than sixty markup payloads in every field of every event, on every page: none runs, none becomes an element.

A name has room for two hundred characters, so a few payloads stand together in each; one alert has each of them alone.
"""

from __future__ import annotations

import time
from urllib.parse import quote, urlencode

import pytest

from tests.browser.explore_page import Explorer
from tests.browser.host import Host
from tests.browser.publisher import Publisher
from tests.hostile import MARKUP, bundles, numbers
from tests.servers import free_port

NAME_CHARS = 180  # of the 200 a name has: an id has its number beside
WATCH = """
    window.__ran = [];
    window.ran = (number) => window.__ran.push(`ran ${number}`);
    addEventListener("securitypolicyviolation", (event) => window.__ran.push(
        `${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
# What a payload would have become: an element of its own, or an attribute that runs or fetches something.
BECAME = """() => [...document.querySelectorAll("*")].filter((one) =>
    ["IFRAME", "OBJECT", "EMBED", "MARQUEE", "VIDEO", "AUDIO", "BASE", "MATH"].includes(one.tagName)
    || (one.tagName === "SCRIPT" && one.textContent.includes("ran("))
    || [...one.attributes].some(({name, value}) => name.startsWith("on") || (value.includes("ran")
        && ["src", "href", "xlink:href", "srcdoc", "data", "action", "formaction", "background", "style", "poster"]
            .includes(name) && (/^\\s*(java|data)/i.test(value) || value.startsWith("ran-")))))
    .map((one) => one.outerHTML.slice(0, 200))"""
# All that the page says, in texts, choices and titles.
SAYS = """() => document.body.textContent + [...document.querySelectorAll("[title], [value], [aria-label]")]
    .map((one) => `${one.title} ${one.value} ${one.ariaLabel}`).join(" ")"""
WORDS_ARE_THERE = "(selector) => (document.querySelector(selector) || {textContent: ''}).textContent.includes('ran(0)')"


BUNDLES = bundles(NAME_CHARS)


@pytest.fixture
def host(redis_server, tmp_path):
    host = Host(redis_server, ring_sources=100, notify_group_s=0.2,
                database_url=f"sqlite:///{tmp_path}/history.sqlite3").start()
    yield host
    host.stop()


def flood(redis_server, host) -> None:
    """Every event with a payload in every field, and all that an admin can write."""
    shown = Publisher(redis_server, BUNDLES[0])
    for text in BUNDLES:
        Publisher(redis_server, text).update({text: {text: 5}})
        shown.update({text[:60]: {text: 5, f"{text[:190]}_ms": 7}, "system": {"cpu_percent": 40, "text": text}})
        shown.payload("job_progress_update", run_id=text, phase=text, percentage=5, current_symbol=text,
                      estimated_completion=text)
        shown.payload("command_result", request_id=text, status=text, message=text)
        shown.event(text[:60], body=text)
    shown.update({"facts": {text: text for text in BUNDLES}, "application": {"active_timeframes": list(BUNDLES)}},
                 recommendations=list(BUNDLES),
                 trends={text: {"direction": text, "prediction_1h": 3} for text in BUNDLES},
                 health_score={"overall": 50, "status": BUNDLES[1], "components": dict.fromkeys(BUNDLES, "odd")})
    shown.event("HEALTH_CHECK", health={"overall_score": 50, "status": BUNDLES[1], "components": {
        text: {"status": text, "details": {text: text}} for text in BUNDLES}})
    shown.event("SYSTEM_STATUS", status=BUNDLES[2], message=" ".join(MARKUP), details=dict.fromkeys(BUNDLES, "x"))
    now = time.time()
    for number, text in enumerate(BUNDLES):
        for over in (False, True):
            alert_id = f"{text} {'over' if over else ''}"
            shown.alert(alert_id, text, text, component=text, details={text: text}, suggested_actions=[text],
                        at=now - 60 + number)
            if over:
                shown.event("ALERT_RESOLVED", alert_id=alert_id.strip(), resolved_by=text, notes=text,
                            at=now - 30 + number)
    shown.alert("each alone", " ".join(MARKUP), "EMERGENCY", component="each",
                details={payload: payload for payload in MARKUP}, suggested_actions=list(MARKUP), at=now - 1)
    services, dead = host.services, f"json://127.0.0.1:{free_port()}/x"
    for text in BUNDLES:
        services.alerts.silence({"source": text, "component": text, "text": text, "reason": text, "until": now + 600},
                                text)
        route = services.notifications.add_route(
            {"name": text[:100], "sources": [text], "components": [text], "urls": [dead], "enabled": False}, text)
    services.notifications.test_route(route.id, BUNDLES[0])


def opened(console, path: str, place: str) -> None:
    """A page, once what a producer wrote stands in a place of it."""
    console.page.goto(console.host.url + "/admin/monitoring/" + path)
    console.until(WORDS_ARE_THERE, place)


def test_no_word_for_a_state_runs(console, redis_server, host):
    """Of these a source has one at a time, so that each is sent by itself."""
    worded = Publisher(redis_server, "worded")
    console.page.add_init_script(WATCH)
    console.open("?source=worded")
    for text in BUNDLES:
        worded.event("SYSTEM_STATUS", status=text)
        worded.update({"system": {"cpu_percent": 40}}, health_score={"status": text})
        for place in ("#facts", "#health-score"):
            console.eventually(lambda place=place, text=text: numbers(text) <= numbers(console.text(place)), text)
        assert console.ask("() => window.__ran") == [], text
        assert console.ask(BECAME) == [], text


def test_no_payload_runs_on_any_page(console, redis_server, host, browsing):
    page, fetched = console.page, []
    page.on("request", lambda request: fetched.append(request.url) if "ran-" in request.url.partition("?")[0] else None)
    page.add_init_script(WATCH)
    flood(redis_server, host)
    alerts = host.services.alerts
    console.eventually(lambda: len(alerts.all()) == 2 * len(BUNDLES) + 1, "the alerts")
    console.eventually(lambda: host.services.history.status.state == "ready", "the history")
    for text in BUNDLES:
        host.services.history.events.annotate(time.time() - 20, None, text, text, BUNDLES[0])

    def untouched(where: str, at_least: int) -> None:
        """Nothing ran, and the payloads are there as words: their numbers tell how many."""
        assert console.ask("() => window.__ran") == [], where
        assert console.ask(BECAME) == [], where
        assert len(numbers(console.ask(SAYS))) >= at_least, where
        assert fetched == [], where

    everything = len(MARKUP)
    console.open("?" + urlencode({"source": BUNDLES[0]}))
    console.page.locator("#raw-panel summary").click()
    page.click("#raw-load")
    console.say("#raw", "alert_resolved")
    untouched("overview", everything)

    opened(console, "alerts/", "#alert-table")
    console.row("<script>ran(0)</script>").first.locator("[data-dash-column=what]").click()
    console.say("#alert-story", "Timeline")
    untouched("alerts", everything)
    opened(console, f"alerts/?alert={quote(alerts.find('each alone')[0].key)}", "#alert-detail")
    untouched("one alert", everything)

    opened(console, "alerts/history/", "#past-table")
    page.locator("#past-table td[data-dash-column='what']").first.click()
    console.say("#past-detail", "Timeline")
    untouched("history", everything // 2)
    opened(console, "alerts/silences/", "#silence-list")
    untouched("silences", everything)
    opened(console, "notifications/", "#route-list")
    untouched("notifications", everything)

    lines = [("m", f"{quote(text, safe='')}/{quote(f'{text}.{text}'[:200], safe='')}") for text in BUNDLES]
    Explorer(page, host).open("?" + urlencode([*lines, ("range", "5m"), ("panel", "report")]))
    console.until(WORDS_ARE_THERE, "body")
    untouched("explore", everything)

    # And it would have been seen: the same text where somebody takes it for markup.
    browsing.expect_trouble("Content Security Policy", "ran-1")
    console.ask("(text) => document.body.insertAdjacentHTML('beforeend', text)", MARKUP[1])
    console.until("() => window.__ran.length > 0")
    assert console.ask(BECAME) and fetched
