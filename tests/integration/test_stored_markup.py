"""Markup in every field of every event and in all that an admin writes, over every reading address and in every file.

With a history, since half of what is told of the past comes from there. The pages are in tests/browser.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from itertools import chain
from urllib.parse import quote, urlencode

import pandas as pd
import pytest
from werkzeug.test import TestResponse

from dashboard.feed.intake import Intake
from dashboard.history.event_writer import Known
from dashboard.history.store import HistoryStore
from dashboard.settings import Settings
from dashboard.spreadsheet import FORMULA_STARTS
from dashboard.web.openapi.document import OPERATIONS
from dashboard.web.openapi.operation import JSON
from tests.described import refuse_constant
from tests.hostile import MARKUP, bundles, numbers
from tests.told import addresses
from tests.unit.snapshot_page import Page
from tests.unit.test_stored_markup import written_everywhere
from tests.unit.ui_world import NOW, make_world
from tests.unit.web_host import API, sign_in
from tests.unit.web_services import api_host

NAME_CHARS = 180  # of the 200 that a name has: an id has something beside
TEXTS = bundles(NAME_CHARS)
ROUTE_NAMES = bundles(95)  # which are shorter
SPAN_S, SAMPLES = 600.0, 100
EVERY = set(range(len(MARKUP)))
OURS = {"openapi": "no producer has a part in it", "past_gaps": "why there is a gap is in words of ours"}
"""Reading addresses without a text from outside, and why."""
PARQUET = "application/vnd.apache.parquet"
JSON_TEXT = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
BETWEEN_TEXTS = re.compile(r"[\[\]{},: ]|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    """A console that has heard it all, with a history that has it too."""
    folder = tmp_path_factory.mktemp("history")
    paper = make_world(Settings(database_url=f"sqlite:///{folder}/history.sqlite3", ring_sources=100))
    history = HistoryStore(paper.settings, paper.ring, Known(
        alerts=paper.alerts.all, alerts_revision=lambda: paper.alerts.revision,
        commands=lambda: paper.commands.recent), clock=paper.clock)
    intake = Intake(paper.ring, paper.board, paper.alerts, paper.record, paper.clock, history=history)
    services = replace(paper, history=history, intake=intake)
    services.clock.now = NOW - 60
    for text in TEXTS:
        written_everywhere(services, text)
        written_by_admins(services, text)
        for number in range(1, SAMPLES):  # as many as it takes to say that something has moved
            services.ring.append(text, NOW - SPAN_S * number / SAMPLES, {text: float(number)})
    for text in ROUTE_NAMES:
        route = services.notifications.add_route(
            {"name": text, "sources": [text], "components": [text], "urls": ["json://127.0.0.1/x"]}, text)
        services.notifications.test_route(route.id, text)
    services.notifications.settle()
    services.clock.now = NOW
    assert history.step() and services.record.handler_errors == {}
    for text in TEXTS:
        history.events.annotate(NOW - 30, None, text, text, text)
    yield services
    history.database.close()


def written_by_admins(services, text: str) -> None:
    """What people write, and their names."""
    asked = {"source": text, "component": text, "text": text, "reason": text, "until": NOW + 600}
    services.alerts.silence(asked, text)
    open_one = next(alert for alert in services.alerts.all() if alert.id == text)
    services.alerts.assign(open_one.key, text, text, notes=text)
    services.alerts.acknowledge(open_one.key, text, text)
    services.commands.send("CLEAR_CACHE", text)


@pytest.fixture(scope="module")
def client(services):
    return sign_in(api_host(services).test_client())


def asked(services) -> Iterator[str]:
    yield from addresses(services, NOW - SPAN_S, NOW)
    for silence in services.alerts.silences():
        yield f"/silences/{silence.id}"
    for route in services.notifications.routes():
        yield f"/routes/{route.id}"


@pytest.fixture(scope="module")
def answers(services, client) -> dict[str, list[TestResponse]]:
    """What every reading address answers, by the name of its row."""
    rules = client.application.url_map.bind("localhost")
    found = defaultdict(list)
    for path in asked(services):
        name = rules.match(API + path.partition("?")[0])[0].rpartition(".")[2]
        found[name].append(client.get(API + path))
    return found


def test_every_reading_address_is_asked(answers):
    assert answers.keys() == {row.name for row in OPERATIONS if row.method == "GET"}
    assert {answer.status_code for each in answers.values() for answer in each} == {200}


@pytest.mark.parametrize("name", sorted(
    {row.name for row in OPERATIONS if row.method == "GET" and row.answer is not None} - OURS.keys()))
def test_it_is_given_back_as_texts_of_strict_json_and_as_nothing_else(answers, name):
    told = [answer for answer in answers[name] if answer.mimetype == JSON]
    seen = set()
    for answer in told:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        json.loads(answer.data, parse_constant=refuse_constant)
        text = answer.get_data(as_text=True)
        assert BETWEEN_TEXTS.sub("", JSON_TEXT.sub("", text)) == ""
        seen |= numbers(text)
    assert seen == EVERY, EVERY - seen


@pytest.mark.parametrize("name", sorted(row.name for row in OPERATIONS if row.files))
def test_a_table_holds_it_in_cells_of_which_none_is_a_formula(answers, name):
    seen, kinds = set(), Counter()
    for answer in answers[name]:
        kinds[answer.mimetype] += 1
        if answer.mimetype == JSON:
            continue
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        heading, *lines = table_of(answer)
        assert all(len(line) == len(heading) for line in lines) and lines
        for cell in chain(heading, *lines):
            assert not cell.startswith(FORMULA_STARTS), cell
            seen |= numbers(cell)
    assert kinds.keys() <= {JSON, "text/csv", PARQUET} and kinds["text/csv"] and (name != "export" or kinds[PARQUET])
    assert seen == EVERY, EVERY - seen


def table_of(answer: TestResponse) -> list[list[str]]:
    """The heading and the rows. What is no text in Parquet is a number or a time, which nobody takes for a formula."""
    if answer.mimetype != PARQUET:
        return list(csv.reader(io.StringIO(answer.data.decode(), newline="")))
    frame = pd.read_parquet(io.BytesIO(answer.data))
    assert {kind.kind for kind in (frame.index.dtype, *frame.dtypes)} <= {"M", "f", "i"}
    return [["time", *frame.columns], *([""] * (1 + len(frame.columns)) for _ in frame.index)]


def test_a_page_to_be_saved_holds_it_as_text(services, client):
    shown = [("m", f"{quote(text, safe='')}/{quote(text, safe='')}") for text in TEXTS]
    answer = client.get(f"{API}/explore/export?{urlencode([('format', 'html'), ('range', '1h'), *shown])}")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    page = Page(answer.data)
    elements = {tag for tag, _ in page.elements}
    assert elements <= {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "section", "table", "tr",
                        "th", "td", "span", "svg", "g", "line", "path", "rect", "text", "tspan", "polyline", "circle",
                        "clippath", "defs", "script"}, elements
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "href", "srcdoc")], tag
    assert numbers(unescape(answer.get_data(as_text=True))) == EVERY
