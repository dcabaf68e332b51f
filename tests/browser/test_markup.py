"""Whatever a producer sends as a name or a text is shown as text, in every field of every event."""

from __future__ import annotations

import itertools

import pytest
from playwright.sync_api import expect

from tests.browser.publisher import Publisher

numbers = itertools.count()


def nasty(where: str) -> str:
    """Markup that would run by itself, that names the field it came in."""
    return f"<img src=x onerror='window.__xss=\"{where}\"'><script>window.__xss='{where}'</script>{where}"


SOURCE = nasty("source")
# What a text holds when it is shown as it was sent.
SHOWN = "<img src=x onerror="


@pytest.fixture
def flooded(console, publisher, redis_server):
    """An open page on a source that sends markup wherever it can."""
    nasty_source = Publisher(redis_server, SOURCE)
    nasty_source.update(
        {nasty("group"): {nasty("metric"): 5, nasty("fact"): nasty("fact value")},
         "system": {"cpu_percent": 40, nasty("leaf_ms"): 7, "text": nasty("text"), "list": [nasty("list")],
                    "broken": float("nan")},
         "application": {"active_timeframes": [nasty("timeframe")]}, "database": {"last_write": nasty("time")}},
        health_score={"overall": 55, "status": nasty("status"), "components": {nasty("component"): nasty("word")}},
        trends={nasty("trend"): {"direction": nasty("direction"), "prediction_1h": 3}},
        recommendations=[nasty("recommendation")])
    nasty_source.event("HEALTH_CHECK", health={
        "overall_score": 50, "status": nasty("health"), "components": {
            "database": {"status": nasty("database"), "details": {nasty("detail"): nasty("detail value")}}}})
    nasty_source.event("SYSTEM_STATUS", status=nasty("lifecycle"), message=nasty("message"),
                       details={nasty("key"): nasty("value")})
    for level in (nasty("level"), "CRITICAL"):
        nasty_source.alert(
            nasty(f"id {next(numbers)}"), nasty("alert message"), level, component=nasty("alert component"),
            details={"<b>": "<img src=x onerror='window.__xss=1'>", nasty("alert detail"): 1},
            suggested_actions=[nasty("action")])
    nasty_source.event("ALERT_TRIGGERED", alert={"id": "over", "level": "INFO", "message": nasty("over")})
    nasty_source.event("ALERT_RESOLVED", alert_id="over", resolved_by=nasty("resolver"), notes=nasty("note"))
    nasty_source.payload("job_progress_update", run_id=nasty("run"), phase=nasty("phase"), percentage=5,
                         current_symbol=nasty("symbol"), estimated_completion=nasty("completion"))
    nasty_source.payload("command_result", request_id="unknown", status=nasty("result"), message=nasty("outcome"))
    nasty_source.event(nasty("kind"), body=nasty("body"))
    nasty_source.publish(b"<script>window.__xss='raw'</script>")
    console.page.add_init_script("""addEventListener("securitypolicyviolation", () => { window.__xss = "policy"; })""")
    console.open()
    expect(console.rows()).to_have_count(2)
    return console


def untouched(console):
    """No script ran, and nothing became an element."""
    assert console.ask("() => window.__xss") is None
    assert console.ask("() => document.querySelectorAll('img[src=x], [onerror], .console script').length") == 0


def test_every_field_is_shown_as_text_and_a_persons_own_words_are(flooded, host):
    for place, words in (
            ("#health", ["component", "word", "detail"]), ("#tiles", ["Img", "Leaf"]),
            ("#charts", ["metric", "leaf"]), ("#jobs", ["run", "phase", "symbol", "completion"]),
            ("#facts", ["recommendation", "lifecycle", "message", "text", "list", "timeframe", "fact value"]),
            ("#alerts", ["alert message", "alert component", "level"]), ("#feed", ["kind"])):
        shown = flooded.text(place).lower()
        for word in words:
            assert word.lower() in shown, (place, word)
    assert SHOWN in flooded.text("#facts") and SHOWN in flooded.text("#jobs") and SHOWN in flooded.text("#alerts")
    assert SHOWN in flooded.page.locator("#source-select option:enabled").text_content()
    untouched(flooded)

    # Details, resolved alerts and raw messages.
    flooded.rows().first.click()
    flooded.say("#alert-detail", "<b> <img src=x onerror='window.__xss=1'>")
    flooded.say("#alert-detail", SHOWN)
    flooded.page.select_option("#filter-state", "resolved")
    expect(flooded.rows()).to_have_count(1)
    flooded.rows().first.click()
    flooded.say("#alert-detail", "resolver")
    flooded.say("#alert-detail", "note")
    flooded.page.select_option("#filter-source", SOURCE)
    expect(flooded.rows()).to_have_count(1)
    flooded.page.locator("#raw-panel summary").click()
    flooded.page.click("#raw-load")
    flooded.say("#raw", "<script>window.__xss='raw'</script>")
    untouched(flooded)

    # The note, the search, the fields of a command; and they come back as they were typed.
    page = flooded.page
    page.select_option("#filter-state", "open")
    page.select_option("#filter-source", "all")
    expect(flooded.rows()).to_have_count(2)
    page.fill("#filter-text", nasty("alert message"))
    expect(flooded.rows()).to_have_count(2)
    flooded.page.locator("#alert-table input[type=checkbox]").first.check()
    page.fill("#resolve-notes", nasty("my note"))
    page.click("#acknowledge")
    flooded.say("#alert-feedback", "Done")
    assert nasty("my note") in [alert.notes for alert in host.services.alerts.all()]
    flooded.rows().first.click()
    page.locator(".enable-component summary").click()
    page.fill("#component-type", nasty("type"))
    page.fill("#component-name", nasty("name"))
    page.get_by_role("button", name="Enable…").click()
    flooded.say("#command-question", nasty("name"))
    page.click("#command-confirm")
    flooded.say("#command-feedback", "nobody is listening")
    untouched(flooded)


def test_what_a_chart_says_under_the_mouse_is_text(console, publisher):
    """plotly.js reads a few tags in its labels, links among them: none of them is the producer's."""
    link = "<a href='https://example.com'>click <b>here</b></a>"
    publisher.history(minutes=3, **{f"{link} load_percent": 50})
    publisher.alert("a", link)
    console.open("?range=5m")
    console.ticks(1)
    frame = console.page.locator(".chart", has_text="load")
    expect(frame).to_have_count(1)
    plot = frame.locator(".nsewdrag.drag").first
    box = plot.bounding_box()
    console.page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    hover = frame.locator(".hoverlayer")
    expect(hover.locator(".legendtext, .hovertext text").first).to_be_visible()
    assert hover.locator("a").count() == 0 and hover.locator("[style*=bold]").count() == 0
    expect(hover).to_contain_text("<b>here</b></a> load")
    bar = frame.locator(".bars .point path").first.bounding_box()
    console.page.mouse.move(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    expect(hover).to_contain_text("<a href='https://example.com'>click <b>here</b></a>")
    assert hover.locator("a").count() == 0
