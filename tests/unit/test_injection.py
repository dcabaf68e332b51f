"""Texts that some other language would take for more than a text: in filters, times, names of files, control messages,
lines of the log, headers, redirects and bodies."""

from __future__ import annotations

import gzip
import json
import logging
import re
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from dashboard import Monitoring, Settings, extension
from dashboard.alerts.filter_language import FilterError, parse
from dashboard.commands import Commands
from dashboard.explore.ranges import parse_range
from dashboard.explore.times import TimeError, parse_moment
from dashboard.web import parameters
from dashboard.web.api_events import EVENT_MAX_BYTES
from dashboard.web.guard import CALLBACK_MAX_BYTES
from dashboard.web.openapi.document import OPERATIONS
from tests.alert_events import NOW as ALERT_NOW
from tests.hostile import FORMULAS, LINES, MARKUP, STATEMENTS
from tests.unit.login_world import ELSEWHERE
from tests.unit.test_alert_filter import ALERT
from tests.unit.test_stored_markup import written_everywhere
from tests.unit.ui_world import PaperRedis, hear_alert, hear_metrics, make_world
from tests.unit.web_host import API, PAGE, csrf_headers, plain_host, sign_in
from tests.unit.web_services import api_host

TEXTS = (*STATEMENTS, *LINES, *FORMULAS, *MARKUP)
SETTINGS = Settings(store_token="secret", start_listener=False)
READS = [row for row in OPERATIONS if row.method == "GET"]
WITH_BODY = [row for row in OPERATIONS if row.body is not None]
INJECTED = "X-Injected"


@pytest.fixture(scope="module")
def services():
    services = make_world(SETTINGS)
    hear_metrics(services, system={"cpu_percent": 5})
    hear_alert(services, "some", message="pool")
    return services


@pytest.fixture(scope="module")
def client(services):
    return sign_in(api_host(services).test_client())


@pytest.fixture(scope="module")
def mounted(services):
    """The whole console, pages and all, on services of paper."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extension, "build", lambda settings, folder: services)
        app = plain_host()
        Monitoring(app, settings=SETTINGS)
    return app


def address(path: str) -> str:
    return API + re.sub(r"\{\w+\}", "some", path)


# -- languages of our own ----------------------------------------------------------------------------------------------


def test_a_filter_is_words_or_refused():
    for line in [line for text in TEXTS for line in (text, f'"{text}"', f"source:{text}", f"age>{text}")]:
        try:
            found = parse(line)
        except FilterError as refused:
            assert refused.at <= len(line)
        else:
            assert found.matches(ALERT, ALERT_NOW) in (True, False)


def test_what_is_no_time_is_refused():
    for text in TEXTS:
        for read, written in ((parse_moment, text), (parse_moment, f"now-{text}"), (parse_range, text),
                              (parse_range, f"{text}..now")):
            with pytest.raises(TimeError):
                read(written, "UTC")


def test_what_is_searched_for_is_looked_for_as_it_is(services, client):
    for number, text in enumerate(STATEMENTS):
        hear_alert(services, f"s{number}", message=f"here {text} there", component="c")
    for text in STATEMENTS:
        if text == "\0":  # which no event keeps
            continue
        found = client.get(f"{API}/alerts?{urlencode({'q': text, 'limit': 1000})}").json
        words = text.casefold().split()
        assert all(all(word in one["message"].casefold() for word in words) for one in found["alerts"])
        assert found["total"] >= 1, text


# -- names of files, headers, redirects --------------------------------------------------------------------------------


@pytest.mark.parametrize("row", READS, ids=lambda row: row.name)
def test_no_parameter_ends_a_header(client, row):
    for one in row.parameters:
        for text in LINES[::3]:
            if one.where == "path":
                answer = client.get(f"{API}{row.path.replace('{' + one.name + '}', quote(text, safe=''))}")
            else:
                answer = client.get(f"{address(row.path)}?{urlencode({one.name: text})}")
            assert answer.status_code < 500, answer.text
            assert INJECTED not in answer.headers
            assert not [value for _, value in answer.headers if set(value) & set("\r\n\0")]


def test_the_name_of_a_file_is_letters_and_digits(services, client):
    for text in TEXTS:
        name = text[:200].strip() or "x"
        services.ring.append("pl", services.clock() - 5, {name: 1.0})
        query = urlencode([("format", "csv"), ("m", f"pl/{quote(name, safe='')}"), ("range", "1h")])
        answer = client.get(f"{API}/explore/export?{query}")
        assert answer.status_code == 200, text
        assert re.fullmatch(r'attachment; filename="[a-z0-9T_.-]+\.csv"', answer.headers["Content-Disposition"])
        assert INJECTED not in answer.headers


def test_the_way_to_the_login_names_a_place_of_ours(mounted):
    """Whatever stands behind the prefix, and in whatever place of the address."""
    client = mounted.test_client()
    asked = [pair for target in ELSEWHERE if target for pair in (
        (f"{PAGE}/{target.lstrip('/')}", ""), (f"{PAGE}/", target), (PAGE, f"next={target}"))]
    for path, query in asked:
        answer = client.get(quote(path, safe="/%:@"), query_string=quote(query, safe="=&/:%"))
        if answer.location is None:
            assert answer.status_code in (200, 400, 401, 404)
            continue
        where = urlsplit(answer.location)
        assert (where.scheme, where.netloc) in (("", ""), ("http", "localhost")), answer.location
        if where.path == "/login":
            wanted = parse_qs(where.query)["next"][0]
            assert wanted.startswith(PAGE) and not set(wanted) & set("\r\n\0\\"), wanted


def test_the_page_without_a_slash_leads_to_itself(mounted):
    client = sign_in(mounted.test_client())
    for text in (*LINES, *[target for target in ELSEWHERE if target]):
        answer = client.get(f"{PAGE}?{urlencode({'q': text})}", base_url="http://localhost")
        assert answer.location.startswith(f"{PAGE}/?q=") and INJECTED not in answer.headers


# -- control messages --------------------------------------------------------------------------------------------------


def test_a_control_message_has_the_fields_it_has():
    paper = PaperRedis()
    commands = Commands(Settings(), lambda *_, **__: paper)
    for text in TEXTS:
        hostile = text + '","action":"CLEAR_CACHE","x":"'
        commands.send("ENABLE_COMPONENT", requested_by=hostile, type=hostile, name=hostile)
        told = paper.published.pop()
        assert told.keys() == {"channel", "action", "requested_by", "timestamp", "request_id", "type", "name"}
        assert told["action"] == "ENABLE_COMPONENT" and told["name"].strip() == told["type"].strip() == hostile.strip()


@pytest.mark.parametrize("name", ["ALERT_RESOLVED", "ENABLE_COMPONENT", "FORCE_GC\r\nPUBLISH", "FORCE_GC%00", "a/b",
                                  *STATEMENTS[:4]])
def test_only_the_actions_there_are_can_be_sent(client, services, name):
    answer = client.post(f"{API}/actions/{quote(name, safe='')}", headers=csrf_headers(client))
    assert answer.status_code in (400, 404, 405)
    assert services.commands.recent == ()


# -- lines of the log --------------------------------------------------------------------------------------------------


def test_no_text_begins_a_line_of_the_log(services, client, caplog):
    """Names, paths and bodies may stand in a line of the log, and never make two of it, nor colour it."""
    caplog.set_level(logging.DEBUG)
    headers = csrf_headers(client)
    for text in LINES:
        written_everywhere(services, text)
        services.intake.accept(text.encode("utf-8", "replace"), services.clock())
        for row in WITH_BODY:
            path = f"{API}{re.sub(r'{[^}]+}', quote(text, safe=''), row.path)}"
            body = {"name": text, "notes": text, "text": text, "urls": [text], "type": text, "action": text}
            client.open(path, method=row.method, json=body, headers=headers)
            client.open(path, method=row.method, json=body, headers={"X-CSRFToken": quote(text)})
    assert caplog.records
    forged = [record.getMessage() for record in caplog.records if re.search(r"[\r\n\x1b\0]", record.getMessage())]
    assert forged == []


# -- bodies ------------------------------------------------------------------------------------------------------------


class Untouched:
    """A body that must not be read."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = readlines = readinto = read


def unread(length: int | None, **more: str) -> dict[str, Any]:
    """Options of a request that has such a body; `length` is what it says of itself, None: nothing."""
    said = {} if length is None else {"CONTENT_LENGTH": str(length)}
    return {"environ_overrides": {"wsgi.input": Untouched(), "CONTENT_TYPE": "application/json", **said, **more}}


def bombs(limit: int) -> dict[str, bytes]:
    """Bodies that are small and want to become large, or to make the reader despair."""
    half = limit // 2 - 100
    return {
        "nested lists": b"[" * half + b"]" * half, "nested objects": b'{"a":' * (limit // 6 - 100), "open": b"[" * half,
        "digits": b'{"notes":' + b"9" * half + b"}", "exponent": b'{"expires_in":1e999999999}',
        "names": b"{" + b",".join(b'"%d":0' % number for number in range(limit // 12)) + b"}",
        "the same name": b"{" + b",".join([b'"notes":1'] * (limit // 12)) + b"}", "escapes": b'"' + b"\\u0000" * 9_000,
        "zipped": gzip.compress(b'{"notes":"' + b"x" * 10_000_000 + b'"}'), "utf-16": '{"notes":"x"}'.encode("utf-16"),
        "half a pair": b'{"notes":"\\ud800"}', "no utf-8": b'{"notes":"\xff\xfe"}', "nan": b'{"expected":NaN}',
        "infinity": b'{"expected":Infinity}', "comment": b"{/**/}", "two": b"{}{}", "a list": b"[1]", "null": b"null"}


@pytest.mark.parametrize("row", WITH_BODY, ids=lambda row: row.name)
def test_a_bomb_is_a_body_that_is_no_json(client, row):
    headers = csrf_headers(client) | {"X-Monitoring-Token": "secret"}
    most = EVENT_MAX_BYTES if row.by_token else parameters.JSON_BODY_MAX_BYTES
    every = bombs(most)
    # All rows but one read their body in the same way: a few of them are given all there are.
    chosen = every if row.name in ("store_event", "add_route", "acknowledge_alert") else dict(list(every.items())[::4])
    for name, body in chosen.items():
        assert len(body) <= most, name
        answer = client.open(address(row.path), method=row.method, data=body, headers=headers)
        # An object of many unknown names is one, and is taken for an empty one.
        fine = (200, 400, 404, 409, 503) if "name" in name else (400, 404, 409)
        assert answer.status_code in fine, (name, answer.text[:200])


@pytest.mark.parametrize("row", WITH_BODY, ids=lambda row: row.name)
@pytest.mark.parametrize("protect", [False, True], ids=["no CSRFProtect", "CSRFProtect"])
def test_a_body_too_large_is_refused_unread_and_a_strangers_too(services, row, protect):
    app = api_host(services, protect)
    client = sign_in(app.test_client())
    most = EVENT_MAX_BYTES if row.by_token else parameters.JSON_BODY_MAX_BYTES
    known = csrf_headers(client) | {"X-Monitoring-Token": "secret", "Referer": "http://localhost/"}
    admins = client.open(address(row.path), method=row.method, headers=known, **unread(most + 1))
    assert (admins.status_code, admins.json["success"]) == (413, False)
    assert app.test_client().open(address(row.path), method=row.method, **unread(10)).status_code == 401


def test_a_callback_too_large_or_of_unknown_length_is_refused_unread(mounted):
    client = sign_in(mounted.test_client())
    path = PAGE + "/_dash-update-component"
    headers = csrf_headers(client)
    for options in (unread(CALLBACK_MAX_BYTES + 1), unread(None, HTTP_TRANSFER_ENCODING="chunked")):
        answer = client.post(path, headers=headers, **options)
        assert (answer.status_code, answer.json["success"]) == (413, False)
    assert mounted.test_client().post(path, **unread(10)).status_code == 401


def test_a_callback_is_given_what_it_is_and_no_bomb(mounted, caplog):
    client = sign_in(mounted.test_client())
    headers = csrf_headers(client)
    for name, body in bombs(parameters.JSON_BODY_MAX_BYTES).items():
        answer = client.post(PAGE + "/_dash-update-component", data=body, headers=headers,
                             content_type="application/json")
        assert answer.status_code == 400, name
        assert "Traceback" not in answer.text and "dashboard" not in answer.text, name
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("body", bombs(EVENT_MAX_BYTES).values(), ids=bombs(EVENT_MAX_BYTES).keys())
def test_the_feed_rejects_it_and_goes_on(services, body):
    received = services.record.received
    outcome = services.intake.accept(body, services.clock())
    assert outcome.startswith("rejected:") and outcome != "rejected:parser-error", outcome
    assert services.record.received == received + 1
    json.dumps(services.record.snapshot().rejected)
