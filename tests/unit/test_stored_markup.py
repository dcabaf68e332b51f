"""Markup that a producer puts into every field of every event, on its way out: over REST, in files, in notifications.

What it does in a browser is in tests/browser/test_stored_markup.py.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from dashboard.alerts.timeline import EXPIRED, Change
from dashboard.notifications import addresses, apprise_quietly
from dashboard.notifications.delivery import EXACT, inert
from dashboard.notifications.message import NAME_LIMIT, Message, compose, one_line
from dashboard.spreadsheet import FORMULA_STARTS, neutral
from tests.hostile import FORMULAS, LINES, MARKUP
from tests.unit.notification_parts import NOW as ALERTED
from tests.unit.notification_parts import World, make_alert, over
from tests.unit.snapshot_page import Page
from tests.unit.test_notification_message import told
from tests.unit.ui_world import NOW, hear, hear_alert, hear_metrics, make_world
from tests.unit.web_host import API, sign_in
from tests.unit.web_services import api_host

NAME_CHARS, LINES_AT_ONCE = 200, 40
TOGETHER = 16  # sources, of the 32 that a console keeps


def written_everywhere(services: Any, text: str) -> None:
    """Every event with `text` in each of its fields."""
    hear_metrics(services, source=text, facts={text: text}, **{text: {text: 5, f"{text}_ms": 7}})
    hear(services, source=text, event_type="HEALTH_CHECK", health={
        "overall_score": 50, "status": text, "components": {text: {"status": text, "details": {text: text}}}})
    hear(services, source=text, event_type="SYSTEM_STATUS", status=text, message=text, details={text: text})
    hear(services, source=text, event_type="METRIC_UPDATE", metrics={}, recommendations=[text],
         trends={text: {"direction": text, "prediction_1h": 5}})
    hear(services, source=text, event="job_progress_update", payload={
        "run_id": text, "phase": text, "current_symbol": text, "estimated_completion": text})
    hear(services, source=text, event="command_result", payload={"request_id": text, "status": text, "message": text})
    hear(services, source=text, type=text, body=text)
    for alert_id in (text, text + "!"):
        hear_alert(services, alert_id, level=text, source=text, message=text, component=text,
                   details={text: text}, suggested_actions=[text])
    hear(services, source=text, event_type="ALERT_RESOLVED", alert_id=text + "!", resolved_by=text, notes=text)


@pytest.mark.parametrize("first", range(0, len(MARKUP), TOGETHER))
def test_rest_gives_it_back_as_text_and_says_that_it_is_json(first):
    services = make_world()
    texts = MARKUP[first:first + TOGETHER]
    for text in texts:
        written_everywhere(services, text)
    client = sign_in(api_host(services).test_client())
    for text in texts:
        found = client.get(f"{API}/alerts?{urlencode({'source': text})}")
        assert found.mimetype == "application/json" and found.headers["X-Content-Type-Options"] == "nosniff"
        alert = next(one for one in found.json["alerts"] if one["state"] == "active")
        assert (alert["id"], alert["message"], alert["component"], alert["source"]) == (text,) * 4
        assert alert["details"] == {text: text} and alert["suggested_actions"] == [text]
        one = client.get(f"{API}/alerts/{quote(text + '!', safe='')}?{urlencode({'source': text})}").json["alert"]
        assert (one["id"], one["resolved_by"], one["notes"]) == (text + "!", text, text)
        status = client.get(f"{API}/status?{urlencode({'source': text})}").json
        assert status["source"] == text and status["health_status"]["components"][text]["word"] == text
        assert text in [source["system_message"] for source in status["sources"]]
    assert services.record.handler_errors == {}


def test_a_table_holds_it_as_cells_and_no_cell_is_a_formula():
    services = make_world()
    texts = [text for text in (*MARKUP, *FORMULAS, *LINES) if text.strip() and "\0" not in text]
    for number, text in enumerate(texts):
        hear_alert(services, f"{text}{number}", message=text, component=text, source=text, level=text,
                   details={text: text})
        hear(services, event_type="ALERT_RESOLVED", alert_id=f"{text}{number}", source=text, resolved_by=text,
             notes=text)
    answer = sign_in(api_host(services).test_client()).get(API + "/alerts/export?format=csv")
    assert answer.mimetype == "text/csv" and answer.headers["Content-Disposition"].startswith("attachment; ")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode(), newline="")))
    assert len(rows) == len(texts)
    assert {row["message"] for row in rows} >= {neutral(text) for text in MARKUP}
    for row in rows:
        for name, cell in row.items():
            assert not cell.startswith(FORMULA_STARTS), (name, cell)


@pytest.mark.parametrize("path", ["/metrics/historical", "/explore/export"])
def test_no_name_of_a_source_or_metric_is_a_formula_in_a_table(path):
    services = make_world()
    for text in FORMULAS:
        services.ring.append(text, NOW - 60, {text: -1.5})
    shown = [("m", f"{quote(text, safe='')}/{quote(text, safe='')}") for text in FORMULAS]
    answer = sign_in(api_host(services).test_client()).get(f"{API}{path}?{urlencode([('format', 'csv'), *shown])}")
    assert answer.mimetype == "text/csv" and answer.headers["Content-Disposition"].startswith("attachment; ")
    heading, *lines = csv.reader(io.StringIO(answer.data.decode(), newline=""))
    cells = {*heading, *(cell for line in lines for cell in line)}
    assert cells >= ({neutral(text) for text in FORMULAS} if path == "/metrics/historical" else
                     {neutral(f"{text} {text}") for text in FORMULAS})
    assert [cell for cell in cells if cell.startswith(FORMULA_STARTS)] == ["-1.5"]


@pytest.mark.parametrize("first", range(0, len(MARKUP), LINES_AT_ONCE))
def test_a_snapshot_holds_it_as_text(first):
    services = make_world()
    names = [text for text in MARKUP[first:first + LINES_AT_ONCE] if len(text) <= NAME_CHARS]
    for name in names:
        for number in range(3):
            services.ring.append("pl", NOW - 60 + number, {name: float(number)})
    hear_alert(services, names[0], at=NOW - 30, message=names[0], component=names[0])
    query = [("format", "html"), ("range", "1h"), *(("m", f"pl/{quote(name, safe='')}") for name in names)]
    answer = sign_in(api_host(services).test_client()).get(f"{API}/explore/export?{urlencode(query)}")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment; ")
    page = Page(answer.data)
    tags = [tag for tag, _ in page.elements]
    assert [attributes["type"] for tag, attributes in page.elements if tag == "script"] == ["application/json"]
    assert not set(tags) & {"img", "iframe", "link", "object", "embed", "a", "base", "form", "video", "input"}
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "href", "srcdoc")]
    data = json.loads(page.data)
    assert {line["metric"] for chart in data["charts"] for line in chart["lines"]} == set(names)


CHATS = (
    "tgram://123456789:AAGnbGGhjkfdsfdsgfds-fdsfdsfdsfd/12315544/",
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
    "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "matrix://u:p@127.0.0.1/#room")
MENTIONS = ("@everyone", "<!channel>", "<@U024BE7LH>", "[@here](https://x)")
MAIL = "mailto://user:pass@127.0.0.1?to=a@example.com&from=b@example.com&format=html"


def sent(url: str, message: Message) -> tuple[str, str]:
    """Title and body as the service of an address would be given them; nothing is sent."""
    with apprise_quietly.hushed():
        plugin = addresses.plugin_for(url)
        said: list[tuple[str, str]] = []
        plugin.send = lambda body, title="", **_: said.append((title, body)) or True
        exact = addresses.scheme_of(url, plugin) in EXACT
        title, text = (message.title, message.text) if exact else (inert(message.title), inert(message.text))
        assert apprise_quietly.notify(plugin, title, text, "info")[0]
    return said[0]


def all_at_once(text: str) -> Message:
    """News of three kinds: an alert that is new, one that somebody resolved, one that came back and why."""
    world = World()
    before, gone, back = (make_alert(name, level=text, message=text, component=text, source=text) for name in "abc")
    told(gone, back, world=world)
    why = Change(round((ALERTED + 50) * 1_000_000), EXPIRED, text, text, "acknowledged", "active")
    message = compose(told(before, over(gone, by=text), replace(back, timeline=(why,)), world=world, at=100),
                      lambda key: None)
    assert re.findall("^(.*):$", message.text, re.MULTILINE) == ["New", "Nobody has it any more", "Over"]
    said = one_line(text)
    assert f", by {one_line(text, NAME_LIMIT)}" in message.text and f"UTC; {said}" in message.text
    return message


@pytest.mark.parametrize("url", [*CHATS, MAIL], ids=lambda url: url.partition("://")[0])
def test_no_service_that_reads_notation_is_given_any(url):
    """What is sent has no element but those that Apprise itself lays lines with."""
    for text in (*MARKUP, *MENTIONS):
        alone = compose(told(make_alert(level=text, message=text, component=text, source=text)), lambda key: None)
        for message in (alone, all_at_once(text)):
            title, body = sent(url, message)
            shown = body if url == MAIL else title + body  # the subject of a mail is no HTML
            tags = {tag.lower() for tag in re.findall(r"</?([A-Za-z!][\w:-]*)", shown)}
            assert not tags - {"br", "p", "b", "html", "head", "body", "h1"}, (text, body)
            assert url == MAIL or not re.search(r"\]\(|<@|(?<!\w)@\w", shown), (text, body)


@pytest.mark.parametrize("text", LINES)
def test_a_message_keeps_its_lines_whatever_a_producer_writes(text):
    message = compose(told(make_alert(level=text, message=text, component=text, source=text)), lambda key: None)
    assert "\n" not in message.title and message.title.isprintable()
    assert [line for line in message.text.splitlines() if line.lstrip("- ").startswith("X-Injected")] == []
    assert len(message.text.splitlines()) == len(compose(told(make_alert()), lambda key: None).text.splitlines())
