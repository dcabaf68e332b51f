"""What the Explore page finds out, over REST: what moved, the report, files; and what is refused in which words."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from urllib.parse import urlencode

import pandas as pd
import pytest

from dashboard.colours import line_colour
from dashboard.history.answers import DOWN, HistoryUnavailable
from dashboard.history.metric_reader import MetricReader
from dashboard.inquiry import movement
from dashboard.web.answers import NOTES_MAX_CHARS
from tests.unit.web_host import API, sign_in
from tests.unit.web_services import NOW, api_host, hear_alert, make_services

RISE_S = 600.0


@pytest.fixture(scope="module")
def services():
    services = make_services()
    for number in range(360):
        at, wave = NOW - 3_600 + 10 * number, number * 7_919 % 101 / 50
        burst = 40.0 if at >= NOW - RISE_S else 0.0
        services.ring.append("pl", at, {"system.cpu_percent": 30 + wave + burst, "system.memory_mb": 2_048 + wave,
                                        "health.score": 95 - burst})
    hear_alert(services, "q1", "critical", at=NOW - 500)
    return services


@pytest.fixture(scope="module")
def client(services):
    return sign_in(api_host(services).test_client())


def get(client, path, **parameters):
    return client.get(f"{API}{path}?{urlencode(parameters, doseq=True)}")


def test_what_moved(client):
    answer = get(client, "/metrics/moved", start="now-10m", source="pl")
    assert answer.status_code == 200
    body = json.loads(answer.data, parse_constant=pytest.fail)
    assert (body["start"], body["end"]) == ("2025-10-09T08:43:20.000Z", "2025-10-09T08:53:20.000Z")
    assert body["reference"]["start"] == "2025-10-09T08:03:20.000Z" and body["total"] == 3
    first = body["metrics"][0]
    assert first["metric"] in ("system.cpu_percent", "health.score") and first["verdict"] == "moved"
    assert first["distance"] > 0.9 and first["adjusted_p_value"] < 0.01 and abs(first["change"]) > 35
    assert body["metrics"][-1]["metric"] == "system.memory_mb" and body["metrics"][-1]["verdict"] == "same"
    assert body["unread"] == []
    assert len(get(client, "/metrics/moved", start="now-10m", limit=1).json["metrics"]) == 1


def test_how_many_sources_are_left_out_is_said(client, services, monkeypatch):
    assert get(client, "/metrics/moved", start="now-10m").json["sources_left_out"] == 0
    known = services.history.metrics.sources()
    gone = replace(known[0], name="a", last_at=known[0].last_at - 9e5)
    monkeypatch.setattr(MetricReader, "sources", lambda _: [gone, *known, replace(known[0], name="z")])
    monkeypatch.setattr(movement, "SOURCES_MOST", 1)
    answer = get(client, "/metrics/moved", start="now-10m").json
    assert (answer["sources_left_out"], {one["source"] for one in answer["metrics"]}) == (2, {"pl"})


def test_a_source_that_cannot_be_read_is_named(client, monkeypatch):
    away = HistoryUnavailable("the database is away")
    monkeypatch.setattr(MetricReader, "matrix_of_each", lambda _, wanted, *more: dict.fromkeys(wanted, away))
    body = get(client, "/metrics/moved", start="now-10m").json
    assert (body["total"], body["unread"]) == (0, ["pl"])


def test_the_report(client):
    body = get(client, "/report", range="1h").json
    assert body["notes"] == ["The history is switched off: this is what this server has in memory."]
    source, = body["sources"]
    assert source["source"] == "pl" and source["availability"] == 1.0 and source["outages"] == []
    assert source["health_bands_s"]["degraded"] == 0 and source["health_bands_s"]["critical"] == 0
    assert sum(source["health_bands_s"].values()) == pytest.approx(3_600)
    assert body["alerts"]["all"]["count"] == 1 and body["alerts"]["by_level"]["CRITICAL"]["resolved"] == 0
    assert body["components"] == [{"source": "pl", "component": "database", "worst_level": "CRITICAL", "alerts": 1,
                                   "by_level": {"CRITICAL": 1}, "open_s": 500.0}]


@pytest.mark.parametrize(("path", "parameters", "status", "words"), [
    ("/metrics/moved", {"start": "now-10m", "source": "nobody"}, 404, "Nothing was ever heard of nobody"),
    ("/report", {"source": "nobody"}, 404, "Nothing was ever heard of nobody"),
    ("/metrics/moved", {}, 400, "start is needed"),
    ("/metrics/moved", {"end": "now"}, 400, "start is needed"),
    ("/metrics/moved", {"start": "now-10q"}, 400, '"q" is no unit'),
    ("/metrics/moved", {"start": "now", "end": "now-1h"}, 400, "before start"),
    ("/report", {"range": "9y"}, 400, "are kept"),
    ("/report", {"range": "6h", "start": "now-1h"}, 400, "Either range"),
    ("/report", {"range": "6h", "zone": "Mars/Olympus"}, 400, "zone is the name"),
    ("/explore/export", {}, 400, "format is one of csv, parquet, html"),
    ("/explore/export", {"format": "csv"}, 400, "choose a metric"),
    ("/explore/export", {"format": "csv", "m": "pl/nope"}, 404, "has never sent it"),
    ("/explore/export", {"format": "csv", "m": "nobody/x"}, 404, "nothing was ever heard of nobody"),
    ("/explore/export", {"format": "csv", "m": "pl/system.cpu_percent", "points": 0}, 400, "points"),
    ("/explore/export", {"format": "csv", "m": "pl/system.cpu_percent", "range": "9y"}, 400, "are kept"),
    ("/explore/export", {"format": "csv", "m": "pl/system.cpu_percent", "range": "now-6q"}, 400, '"q" is no unit'),
    ("/explore/export", {"format": "csv", "m": "pl/system.cpu_percent", "zone": "Mars/Olympus"}, 400, "is no zone"),
    ("/explore/export", {"format": "csv", "m": ["pl/system.cpu_percent", "nonsense"]}, 400, "is no metric"),
    ("/explore/export", {"format": "csv", "m": ["pl/system.cpu_percent", "pl/nope"]}, 404,
     "nope: pl has never sent it"),
    ("/explore/export", {"format": "parquet", "m": ["pl/system.cpu_percent", "nobody/x"]}, 404,
     "x: nothing was ever heard of nobody"),
    ("/history/moment", {"at": 1_000_000_000}, 400, "1 d are kept"),
    ("/history/moment", {"at": "now-6q"}, 400, '"q" is no unit'),
    ("/history/moment", {"at": "now+1h"}, 400, "1 h in the future"),
    ("/history/moment", {}, 400, "at is needed"),
])
def test_what_is_refused_says_why(client, path, parameters, status, words):
    answer = get(client, path, **parameters)
    assert (answer.status_code, answer.json["success"]) == (status, False)
    assert words.lower() in answer.json["message"].lower()


def view(**more):
    return {"m": ["pl/system.cpu_percent", "pl/system.memory_mb"], "range": "1h", "zone": "Europe/Zurich"} | more


def test_what_is_shown_as_csv(client):
    answer = get(client, "/explore/export", format="csv", **view())
    assert answer.mimetype == "text/csv"
    assert 'filename="system-cpu-percent-and-more_20251009T095320_20251009T105320.csv"' in answer.headers[
        "Content-Disposition"]
    frame = pd.read_csv(io.BytesIO(answer.data))
    assert list(frame) == ["time", "pl system.cpu_percent [%]", "pl system.memory_mb [MB]"] and len(frame) == 360
    assert get(client, "/explore/export", format="csv", utm="x", **view()).status_code == 200  # unknown: ignored
    assert frame["time"][0].endswith("+02:00")


def test_what_is_hidden_is_not_shown_and_what_it_is_compared_with_is(client):
    frame = pd.read_csv(io.BytesIO(get(client, "/explore/export", format="csv", **view(
        hide="1", range="20m", compare="before")).data))
    assert list(frame)[1:] == ["pl system.cpu_percent [%]", "pl system.cpu_percent [%] (2)"]


def test_what_is_shown_as_parquet(client):
    answer = get(client, "/explore/export", format="parquet", points=60, **view())
    frame = pd.read_parquet(io.BytesIO(answer.data))
    assert "pl system.cpu_percent mean [%]" in frame and len(frame) <= 61
    assert frame.attrs["zone"] == "Europe/Zurich"


def test_a_snapshot_is_one_file_that_needs_nothing_else(client):
    answer = get(client, "/explore/export", format="html", **view(compare="before"))
    text = answer.text
    assert answer.mimetype == "text/html" and "attachment" in answer.headers["Content-Disposition"]
    assert "<svg" in text and "CPU" in text and "period before" in text and "by ada" in text
    assert "src=" not in text and "href=" not in text and "default-src 'none'" in text
    assert "slow" in text  # the alert of the window
    assert "slow" not in get(client, "/explore/export", format="html", **view(without="alert")).text


@pytest.mark.parametrize("kind", ["csv", "parquet", "html"])
def test_ten_million_points_are_bounded_and_said(client, kind):
    answer = get(client, "/explore/export", format=kind, points=10**7, **view())
    note = "10,000,000 points were asked for; 10,000 is the most."
    assert answer.status_code == 200 and answer.headers["X-Monitoring-Notes"].startswith(note)
    assert kind != "html" or note in answer.text
    assert note not in get(client, "/explore/export", format=kind, **view()).headers.get("X-Monitoring-Notes", "")


def test_a_line_of_a_snapshot_has_the_colour_it_has_on_the_page(client):
    def colours(**more):
        found = get(client, "/explore/export", format="html", **view(**more)).text
        return [one[:7] for one in found.split('class="key" style="background:')[1:]]

    assert colours() == [line_colour(0), line_colour(1)]
    assert colours(colours="4,2") == [line_colour(4), line_colour(2)]
    assert colours(colours="4,2", hide="0") == [line_colour(2)]


def test_a_snapshot_says_what_is_not_in_it(client):
    text = get(client, "/explore/export", format="html", m=["pl/system.cpu_percent", "pl/<b>nope"], range="1h").text
    assert "&lt;b&gt;nope is missing: pl has never sent it." in text and "<b>" not in text
    assert "Alerts, commands and annotations are those in memory" in text


def test_what_is_missing_is_told_in_one_line_that_a_proxy_takes(client):
    """A line of an address may be called anything."""
    shown = ["pl/system.cpu_percent", *(f"pl/{'x' * 150}%0D%0AX-Injected:{number}" for number in range(20))]
    answer = get(client, "/explore/export", **(view(format="html") | {"m": shown}))
    assert answer.status_code == 200, answer.text
    notes = answer.headers["X-Monitoring-Notes"]
    assert notes.startswith("xxx") and "??X-Injected:0 is missing" in notes and notes.endswith("...")
    assert len(notes) == NOTES_MAX_CHARS and "X-Injected" not in answer.headers
    assert "X-Injected:19 is missing" in answer.text  # the file has room for all of them


def test_with_the_database_away_nobody_says_that_a_metric_was_never_heard(client, services, monkeypatch):
    status = replace(services.history.status, state=DOWN, reason="The disk is full")
    monkeypatch.setattr(type(services.history), "status", property(lambda _: status))
    answer = get(client, "/explore/export", format="csv", m=["pl/system.cpu_percent", "pl/nope"], range="1h")
    assert (answer.status_code, answer.json["message"]) == (
        404, "The history cannot be read: The disk is full. This is not in memory.")
