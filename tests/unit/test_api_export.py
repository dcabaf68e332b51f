"""Closed alerts as a file: what the filter names, in pieces, harmless to a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from dashboard.alerts.past import ArchiveAway, ClosedAlerts, ClosedInMemory
from dashboard.spreadsheet import FORMULA_STARTS
from dashboard.web import api_export
from tests.unit.notification_parts import make_alert, over
from tests.unit.web_host import API, sign_in
from tests.unit.web_services import NOW, api_host, hear, hear_alert, make_services

NASTY = "=HYPERLINK(\"http://evil\";\"x\")"


@pytest.fixture
def services():
    return make_services()


@pytest.fixture
def ask(services):
    client = sign_in(api_host(services).test_client())

    def ask(query=""):
        return client.get(f"{API}/alerts/export{query}")

    return ask


def close(services, alert_id, at=NOW - 60, lasted_s=30.0, **alert):
    hear_alert(services, alert_id, at=at - lasted_s, **alert)
    hear(services, at, event_type="ALERT_RESOLVED", alert_id=str(alert_id), source=alert.get("source", "pl"))


def rows(answer):
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.data.decode())))


def test_json_has_the_newest_closed_first_with_timelines(services, ask):
    close(services, "a", NOW - 60)
    close(services, "b", NOW - 10)
    hear_alert(services, "open")
    answer = ask()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="alerts-2025-10-09.json"'
    found = answer.json
    assert (found["success"], found["matched"], found["rows"]) == (True, 2, 2)
    assert [alert["id"] for alert in found["alerts"]] == ["b", "a"]
    assert [entry["action"] for entry in found["alerts"][0]["timeline"]] == ["fired", "resolve"]
    assert found["alerts"][0]["cleared_itself"] is True


def test_csv_has_a_line_for_each_with_times_in_seconds(services, ask):
    hear_alert(services, "a", at=NOW - 100, level="critical", details={"value": 91.5})
    key = services.alerts.find("a")[0].key
    services.clock.now = NOW - 60
    services.alerts.acknowledge(key, "grace")
    services.clock.now = NOW - 30
    services.alerts.resolve(key, "ada", "bigger pool")
    services.clock.now = NOW
    row, = rows(ask("?format=csv"))
    assert row | {"id": "a", "level": "CRITICAL", "open_s": "70.0", "acknowledge_s": "40.0", "resolved_by": "ada",
                  "cleared_itself": "no", "notes": "bigger pool", "closed": "2025-10-09T08:52:50.000Z",
                  "details": '{"value":91.5}', "simulated": "no"} == row
    assert tuple(row) == api_export.COLUMNS


@pytest.mark.parametrize(("query", "found"), [
    ("", "dcba"), ("&level=Critical", "c"), ("&level=critical,info", "dc"), ("&level=nobody", ""),
    ("&source=feed", "b"),
    ("&q=SLOW%20unusual", "a"), ("&hours=1", "cba"), (f"&start={NOW - 60}", "ba"), (f"&end={NOW - 60}", "dcb"),
    (f"&start={NOW - 90}&end={NOW - 40}", "b"), ("&limit=2", "ba"), ("&start=2025-10-09T08:52:20Z", "ba")])
def test_the_file_holds_what_the_filter_names(services, ask, query, found):
    close(services, "d", NOW - 7_200, level="info")
    close(services, "c", NOW - 300, level="critical")
    close(services, "b", NOW - 60, source="feed")
    close(services, "a", NOW - 10, message="slow and unusual")
    assert sorted(row["id"] for row in rows(ask("?format=csv" + query))) == sorted(found)


def test_it_is_bounded_and_says_so(services, ask, monkeypatch):
    for number in range(5):
        close(services, number)
    answer = ask("?limit=3")
    assert (answer.headers["X-Monitoring-Matched"], answer.headers["X-Monitoring-Rows"]) == ("5", "3")
    assert (answer.json["matched"], answer.json["rows"], len(answer.json["alerts"])) == (5, 3, 3)
    monkeypatch.setattr(api_export, "TOGETHER", 2)
    assert len(ask().json["alerts"]) == 5 == len(rows(ask("?format=csv")))
    assert ask("?q=nothing").json == {"success": True, "matched": 0, "alerts": [], "rows": 0}


@pytest.mark.parametrize("query", [
    "?format=xml", "?limit=0", "?limit=50001", "?start=soon", "?start=2025-10-09&end=2025-10-08", "?hours=0",
    "?hours=100000", "?source=a&source=b", "?q=" + "x" * 501])
def test_what_cannot_be_meant_is_a_400(ask, query):
    assert ask(query).status_code == 400


def test_no_text_is_a_formula_or_breaks_a_line(services, ask):
    close(services, NASTY, message="+1\nline two,\"quoted\"", component="@cmd", source="-pl", level="=loud",
          details={"=a": "=b"})
    hear_alert(services, "own", at=NOW - 50)
    services.alerts.resolve(services.alerts.find("own")[0].key, "\uff1dada", "=1")
    first, second = sorted(rows(ask("?format=csv")), key=lambda row: row["id"])
    assert (first["id"], first["message"]) == ("'" + NASTY, "'+1\nline two,\"quoted\"")
    assert [first[name][:2] for name in ("component", "source", "level")] == ["'@", "'-", "'="]
    assert (second["resolved_by"], second["notes"]) == ("'\uff1dada", "'=1")
    assert json.loads(first["details"]) == {"=a": "=b"}


def test_an_archive_that_goes_away_breaks_the_file_off(services, ask):
    class Archive(ClosedInMemory):
        def count(self, wanted):
            return 9

        def each(self, wanted):
            yield from super().each(wanted)
            raise ArchiveAway("the disk is full")

    close(services, "a")
    services.closed = ClosedAlerts(ClosedInMemory(services.alerts.index), Archive(services.alerts.index))
    for query in ("", "?format=csv"):
        with pytest.raises(ArchiveAway):
            ask(query).get_data()


@pytest.mark.parametrize("text", [
    "pool;=1+1", "pool;\0=1+1", "\0=1+1", "a\n=1+1", "a\r@x", "a\t+1", "\ufeff=1+1", "pool; =1+1", 'pool;"=1+1;b',
    'pool; "" =1+1;b', "a\n\u00a0@x"])
def test_no_part_of_a_line_is_a_formula_however_it_is_cut(text):
    """Where a comma is the decimal point a spreadsheet cuts lines at semicolons, and sees no quotes within a cell."""
    alert = replace(over(make_alert("a")), message=text, notes=text, details={text: text})
    table = b"".join(api_export.to_csv([alert])).decode()
    assert "\0" not in table
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(table, newline=""), delimiter=separator):
            assert not [cell for cell in row if cell.lstrip(" \u00a0\ufeff").startswith(FORMULA_STARTS)], separator
