"""GET /metrics/historical: rows, columns, CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from dashboard.feed.coverage import Heard
from dashboard.history.answers import DOWN
from dashboard.settings import Settings
from dashboard.spreadsheet import neutral
from dashboard.web import api_metrics
from tests.unit.web_host import API, sign_in
from tests.unit.web_services import NOW, api_host, hear, hear_metrics, make_services


@pytest.fixture
def services():
    return make_services()


@pytest.fixture
def get(services):
    client = sign_in(api_host(services).test_client())
    return lambda **query: client.get(API + "/metrics/historical", query_string=query)


def rows(answer) -> list[dict]:
    assert answer.status_code == 200, answer.text
    assert answer.json["success"] is True
    return answer.json["data"]


def test_rows_oldest_first_with_the_fields_of_the_contract(get, services):
    hear_metrics(services, NOW - 5, system={"cpu_percent": 2}, score=80)
    hear_metrics(services, NOW - 10, system={"cpu_percent": 1, "io": {"read": 7}})
    assert rows(get()) == [
        {"timestamp": "2025-10-09T08:53:10.000Z", "source": "pl", "health_score": None,
         "metrics": {"system.cpu_percent": 1, "system.io.read": 7}},
        {"timestamp": "2025-10-09T08:53:15.000Z", "source": "pl", "health_score": 80,
         "metrics": {"system.cpu_percent": 2}},
    ]


def test_a_health_check_alone_is_a_row_with_a_score(get, services):
    hear(services, event_type="HEALTH_CHECK", health={"overall_score": 70})
    assert [(row["metrics"], row["health_score"]) for row in rows(get())] == [({}, 70)]
    assert rows(get(source="pl")) == rows(get())


def test_some_metrics_under_any_of_their_names(get, services):
    hear_metrics(services, NOW - 2, system={"cpu_percent": 1, "memory_mb": 5}, score=9)
    hear_metrics(services, NOW - 1, database={"query_latency_ms": 4})
    found = rows(get(metric=["system.memory_mb", "database.query_latency_ms"]))
    assert [(row["metrics"], row["health_score"]) for row in found] == [
        ({"system.memory_mb": 5}, 9), ({"database.query_avg_ms": 4}, None)]


def test_what_was_never_heard_is_not_found_and_named(get, services):
    hear_metrics(services, NOW - 2, system={"cpu_percent": 1})
    hear_metrics(services, NOW - 1, source="other", system={"memory_mb": 5})
    for query, message in (({"metric": ["system.cpu_percent", "no.such"]}, "There is no metric no.such."),
                           ({"source": "other", "metric": "system.cpu_percent"}, "no metric system.cpu_percent."),
                           ({"source": "nobody"}, "Nothing was ever heard of nobody.")):
        answer = get(**query)
        assert answer.status_code == 404 and message in answer.json["message"]
    assert get(metric=["a", "no.such"]).json["metrics"] == ["a", "no.such"]
    assert len(rows(get(metric=["system.cpu_percent", "system.memory_mb"]))) == 2  # each known of some source
    assert rows(get(metric="system.cpu_percent", end=NOW - 10)) == []  # known, and silent then


def test_with_the_database_away_nobody_says_that_it_was_never_heard(get, services, monkeypatch):
    status = replace(services.history.status, state=DOWN, reason="The disk is full")
    monkeypatch.setattr(type(services.history), "status", property(lambda _: status))
    for query in ({"metric": "no.such"}, {"source": "nobody"}):
        answer = get(**query)
        assert (rows(answer), answer.json["notes"]) == ([], ["The history cannot be read: The disk is full."])


def test_two_sources_never_share_a_row(get, services):
    for source, value in (("b", 2), ("a", 1)):
        hear_metrics(services, NOW - 3, source, system={"cpu_percent": value})
    hear_metrics(services, NOW - 4, "b", system={"cpu_percent": 3})
    assert [(row["source"], row["metrics"]["system.cpu_percent"]) for row in rows(get())] == [
        ("b", 3), ("a", 1), ("b", 2)]
    assert [row["metrics"]["system.cpu_percent"] for row in rows(get(source="a"))] == [1]


def at(answer) -> list[float]:
    return [row["metrics"]["x"] for row in rows(answer)]


@pytest.fixture
def hour(services):
    """One sample a minute for an hour; x is its age in minutes."""
    for minute in range(60, 0, -1):
        services.ring.append("pl", NOW - minute * 60, {"x": float(minute)})


@pytest.mark.usefixtures("hour")
def test_windows(get):
    assert at(get(hours=0.05)) == [3, 2, 1]
    assert at(get(start=NOW - 180, end=NOW - 120)) == [3, 2]
    assert at(get(start="2025-10-09T08:50:20Z")) == [3, 2, 1]
    assert at(get(start="2025-10-09T08:50:20")) == [3, 2, 1]  # naive means UTC
    assert at(get(start="2025-10-09T10:50:20 02:00")) == [3, 2, 1]  # a + that was not encoded
    assert at(get(start=f"{(NOW - 180) * 1000:.0f}")) == [3, 2, 1]  # milliseconds
    assert at(get(end=NOW - 58 * 60, hours=1)) == [60, 59, 58]
    assert at(get(start=NOW - 60, end=NOW - 60)) == [1]
    assert at(get(start=NOW + 60)) == []


@pytest.mark.usefixtures("hour")
def test_points(get):
    whole = get()
    assert (len(at(whole)), whole.json["thinned"], whole.json["rows"]) == (60, False, 60)
    few = get(points=10)
    assert few.json["thinned"] is True
    assert len(at(few)) <= 10
    assert at(few)[-1] == 1
    assert at(few) == sorted(at(few), reverse=True)
    assert at(get(points=1)) == [1]


@pytest.mark.usefixtures("hour")
def test_without_points_an_answer_stays_small_and_a_file_is_whole(get, monkeypatch):
    monkeypatch.setattr(api_metrics, "POINTS_DEFAULT", 20)
    assert len(at(get())) <= 20
    assert get().json["thinned"] is True
    assert len(get(format="csv").text.splitlines()) == 61


@pytest.mark.usefixtures("hour")
def test_ten_million_points_are_bounded_and_said(get, services, monkeypatch):
    for number in range(5):
        hear_metrics(services, NOW - 5 + number, x=number)
    monkeypatch.setattr(api_metrics, "POINTS_MAX", 3)
    note = "10,000,000 points were asked for; 3 is the most."
    answer = get(points=10_000_000)
    assert (answer.json["rows"], answer.json["notes"]) == (3, [note, api_metrics.THINNED])
    table = get(points=10_000_000, format="csv")
    assert table.headers["X-Monitoring-Notes"] == f"{note} {api_metrics.THINNED}" and table.text.count("\n") == 4
    assert get(points=2, source="pl").json["notes"] == [api_metrics.THINNED]
    assert "X-Monitoring-Notes" not in get(start=NOW - 2, format="csv").headers


def test_points_are_shared_by_the_sources(get, services):
    for name in ("a", "b"):
        services.ring.append(name, NOW - 30, {"x": 0.5})
    assert len(rows(get(points=30))) <= 30
    assert len(rows(get(points=2))) == 2


def test_a_source_that_has_none_of_the_metrics_takes_no_share(get, services):
    for second in range(10):
        hear_metrics(services, NOW - 20 + second, system={"cpu_percent": second})
        hear_metrics(services, NOW - 20 + second, source="other", elsewhere={"level": 1}, score=70)
    answer = get(metric="system.cpu_percent", points=10)
    assert (len(rows(answer)), answer.json["thinned"]) == (10, False)


@pytest.mark.parametrize("query", [
    {"hours": 0}, {"hours": -1}, {"hours": 24.1}, {"hours": "nan"}, {"hours": "inf"}, {"hours": "x"},
    {"hours": ["1", "2"]}, {"points": 0}, {"points": "many"}, {"start": "yesterday"},
    {"end": "nan"}, {"start": NOW, "end": NOW - 1}, {"format": "xml"}, {"source": ["a", "b"]},
    {"start": ["1", "2"]}, {"metric": "x" * 501}, {"metric": [str(number) for number in range(513)]},
])
def test_what_cannot_be_meant_is_refused(get, query):
    answer = get(**query)
    assert (answer.status_code, answer.json["success"]) == (400, False)


def test_columns(get, services):
    hear_metrics(services, NOW - 2, "a", system={"cpu_percent": 1}, score=50)
    hear_metrics(services, NOW - 1, "a", system={"memory_mb": 2})
    hear_metrics(services, NOW - 1, "b", system={"cpu_percent": 3})
    data = get(format="frame").json["data"]
    assert data["a"] == {
        "timestamps": ["2025-10-09T08:53:18.000Z", "2025-10-09T08:53:19.000Z"],
        "health_score": [50, None],
        "metrics": {"system.cpu_percent": [1, None], "system.memory_mb": [None, 2]},
    }
    assert data["b"]["metrics"] == {"system.cpu_percent": [3]}


def test_csv(get, services):
    hear_metrics(services, NOW - 2, "a", system={"cpu_percent": -1.5}, score=50)
    hear_metrics(services, NOW - 1, "=cmd|' /C calc'!A0", **{"@group": {"x,y": 2}})
    answer = get(format="csv")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert list(csv.reader(io.StringIO(answer.text))) == [
        ["timestamp", "source", "health_score", "'@group.x,y", "system.cpu_percent"],
        ["2025-10-09T08:53:18.000Z", "a", "50.0", "", "-1.5"],
        ["2025-10-09T08:53:19.000Z", "'=cmd|' /C calc'!A0", "", "2.0", ""],
    ]


def test_csv_of_nothing_is_a_heading(get):
    assert get(format="csv").text == "timestamp,source,health_score\r\n"


@pytest.mark.parametrize(("cell", "safe"), [
    ("=1+1", "'=1+1"), ("+x", "'+x"), ("-x", "'-x"), ("@x", "'@x"), ("\tx", "'\tx"), ("-1.5", "-1.5"), ("+2", "+2"),
    ("plain", "plain"), ("", ""), ("a=b", "a=b"), ("a;=b;-", "a;'=b;'-"), ("a\n=b", "a\n'=b"), ("a; b - c", "a; b - c"),
    (" =1", "' =1"), ("\ufeff=1", "'\ufeff=1"), ("\0=1", "'=1"), ("a;\0=1", "a;'=1"), ("-1.5\0", "-1.5")])
def test_formulas_are_made_harmless(cell, safe):
    assert neutral(cell) == safe


@pytest.mark.usefixtures("hour")
def test_json_is_another_name_for_rows(get):
    assert get(format="JSON").json == get().json


@pytest.mark.parametrize(("ring_rows", "most"), [(10, "24"), (43_200, "24"), (45_000, "25"), (100_000, "55.56")])
def test_hours_reach_as_far_as_the_ring(ring_rows, most):
    services = make_services(Settings(ring_rows=ring_rows))
    services.ring.append("pl", NOW - 24.5 * 3600, {"x": 1.0})
    client = sign_in(api_host(services).test_client())
    refused = client.get(API + "/metrics/historical?hours=1000")
    assert refused.status_code == 400
    assert f"at most {most}," in refused.json["message"]
    allowed = client.get(API + f"/metrics/historical?hours={most}")
    assert len(rows(allowed)) == (most != "24")
    assert rows(client.get(API + "/metrics/historical")) == []


def test_a_gap_of_the_feed_breaks_the_line_of_a_source_that_was_missed_in_it(services):
    client = sign_in(api_host(services).test_client())
    for source in ("it", "plain"):
        for ago in (20, 15, 10, 5):
            hear_metrics(services, NOW - ago, source, system={"cpu_percent": ago})
    services.record.connecting()
    services.record.subscribed()
    services.record.missed(NOW - 14, NOW - 11, "Redis did not answer")
    services.record.fill([], {"it": (Heard(NOW - 60, NOW),)})

    def line(source):
        answer = client.get(f"{API}/metrics/series?source={source}&metric=system.cpu_percent&range=1h")
        return answer.json["series"]["system.cpu_percent"]["mean"]

    assert (line("it"), line("plain")) == ([20, 15, 10, 5], [20, 15, None, 10, 5])
