"""The REST API over a real history: beyond the ring, in as many points as asked for, and what is refused how."""

from __future__ import annotations

import pytest

from dashboard.commands import SentCommand
from dashboard.feed.coverage import Gap, Heard
from dashboard.history.event_writer import Known
from dashboard.history.store import HistoryStore
from dashboard.settings import Settings
from dashboard.web import api_annotations, api_past
from tests.unit.web_host import API, sign_in
from tests.unit.web_services import NOW, api_host, hear_alert, hear_metrics, make_services, stamp

HOUR, DAY = 3_600.0, 86_400.0


@pytest.fixture
def services(tmp_path):
    """A ring of ten samples, and a history with what went before."""
    settings = Settings(database_url=f"sqlite:///{tmp_path}/history.sqlite3", ring_rows=10)
    services = make_services(settings)
    sent = [SentCommand("CLEAR_CACHE", "ann", NOW - 50, "r1", 1)]
    services.history = HistoryStore(settings, services.ring, Known(
        alerts=lambda: services.alerts.index().all, alerts_revision=lambda: services.clock(), commands=lambda: sent,
        gaps=lambda: (Gap(NOW - 90, NOW - 80, "Redis was away"),), listened=lambda: [Heard(NOW - 200, NOW)]),
        clock=services.clock)
    yield services
    services.history.database.close()


@pytest.fixture
def get(services):
    def get(path: str, **query):
        return sign_in(api_host(services).test_client()).get(API + path, query_string=query)

    return get


def test_rows_reach_back_beyond_the_ring(services, get):
    ring = services.ring
    big = make_services(Settings(database_url=services.settings.database_url))
    for step in range(360):
        big.ring.append("pl", NOW - HOUR + step * 10, {"x": float(step), "health.score": 80.0})
    assert big.history.step()
    big.history.database.close()
    for step in range(350, 360):
        ring.append("pl", NOW - HOUR + step * 10, {"x": float(step), "health.score": 80.0})
    answer = get("/metrics/historical", hours=2)
    assert answer.json["rows"] == 360
    assert answer.json["thinned"] is False
    assert answer.json["data"][0] == {"timestamp": "2025-10-09T07:53:20.000Z", "source": "pl", "health_score": 80.0,
                                      "metrics": {"x": 0.0}}
    assert [row["metrics"]["x"] for row in answer.json["data"]] == list(map(float, range(360)))
    few = get("/metrics/historical", hours=2, points=20)
    assert few.json["thinned"] is True
    assert 10 <= few.json["rows"] <= 20
    assert few.json["data"][-1]["metrics"]["x"] == 359.0  # a real one, as everywhere
    month = get("/metrics/historical", hours=720, metric="x", points=100)
    assert (month.status_code, month.json["thinned"]) == (200, True)
    assert {row["metrics"]["x"] for row in month.json["data"]} <= set(map(float, range(360)))
    assert get("/metrics/historical", hours=2, metric="no.such").status_code == 404
    assert get("/metrics/historical", hours=2, source="nobody").status_code == 404
    csv = get("/metrics/historical", hours=2, format="csv").text.splitlines()
    assert len(csv) == 361


def test_the_longest_window_is_what_is_kept(get):
    assert get("/metrics/historical", hours=17_520).status_code == 200
    refused = get("/metrics/historical", hours=17_521)
    assert refused.status_code == 400
    assert "at most 17520," in refused.json["message"]


def test_a_source_that_only_the_history_knows(services, get):
    services.ring.append("gone", NOW - 60, {"x": 1.0})
    assert services.history.step()
    services.ring._tables.clear()
    services.history.backlog.restart()
    assert [row["source"] for row in get("/metrics/historical", hours=1).json["data"]] == ["gone"]
    assert [row["source"] for row in get("/metrics/historical", hours=1, source="gone").json["data"]] == ["gone"]


def test_which_metrics_there_are(services, get):
    hear_metrics(services, NOW - 5, system={"cpu_percent": 2}, queue={"wait_ms": 7})
    hear_metrics(services, NOW - 5, "other", system={"cpu_percent": 3})
    services.history.step()
    assert get("/metrics").json["metrics"] == [
        {"source": source, "name": name, "title": title, "group": group, "unit": unit, "first": stamp_ms(NOW - 5),
         "last": stamp_ms(NOW - 5), "value": value}
        for source, name, title, group, unit, value in (
            ("other", "system.cpu_percent", "CPU", "system", "%", 3.0),
            ("pl", "queue.wait_ms", "Wait", "queue", "ms", 7.0),
            ("pl", "system.cpu_percent", "CPU", "system", "%", 2.0))]
    assert len(get("/metrics", source="pl").json["metrics"]) == 2
    unknown = get("/metrics", source="nobody")
    assert (unknown.status_code, unknown.json["message"]) == (404, "Nothing was ever heard of nobody.")


def stamp_ms(at: float) -> str:
    return stamp(at).replace("Z", ".000Z")


def fill(services) -> None:
    for step in range(8, 0, -1):
        services.ring.append("pl", NOW - step * 60, {
            "x": float(step), "system.network_io.bytes_sent": 6_000.0 - step * 600})
    assert services.history.step()


def test_series(services, get):
    fill(services)
    found = get("/metrics/series", source="pl", metric=["x", "system.network_io.bytes_sent"], range="1h").json
    assert (found["tier"], found["step_s"], found["from_store"], found["points"], found["notes"]) == (
        "raw", 0, True, 1_000, [])
    x = found["series"]["x"]
    assert x["times"] == [NOW - step * 60 for step in range(8, 0, -1)]
    assert x["mean"] == x["min"] == x["max"] == x["last"] == [float(step) for step in range(8, 0, -1)]
    assert x["count"] == [1] * 8
    assert x["statistics"] == {"last": 1.0, "minimum": 1.0, "mean": 4.5, "maximum": 8.0, "p95": pytest.approx(7.65),
                               "change": -7.0, "count": 8}
    sent = found["series"]["system.network_io.bytes_sent"]
    assert (sent["unit"], sent["is_rate"], sent["mean"][0]) == ("B/s", True, 10.0)
    as_sent = get("/metrics/series", source="pl", metric="system.network_io.bytes_sent", rates=0).json["series"]
    assert as_sent["system.network_io.bytes_sent"]["unit"] == "bytes"
    coarse = get("/metrics/series", source="pl", metric="x", range="7d").json
    assert (coarse["tier"], coarse["step_s"]) == ("5m", 900)


@pytest.mark.parametrize(("query", "status", "words"), [
    ({"metric": "y"}, 404, "There is no metric y."),
    ({"source": "nobody"}, 404, "Nothing was ever heard of nobody."),
    ({"start": NOW - 10, "end": NOW - 20}, 400, "End lies 10 s before start."),
    ({"start": NOW - 800 * DAY}, 400, "are kept."),
    ({"range": "3y"}, 400, "are kept."),
    ({"start": "now-6x"}, 400, "Start: "),
    ({"range": "soon"}, 400, ""),
    ({"points": 0}, 400, "points is a whole number"),
    ({"source": ""}, 400, "source and at least one metric are needed."),
    ({"metric": ""}, 400, "source and at least one metric are needed."),
])
def test_what_cannot_be_meant_is_refused_with_what_is_wrong(services, get, query, status, words):
    fill(services)
    answer = get("/metrics/series", **({"source": "pl", "metric": "x"} | query))
    assert (answer.status_code, answer.json["success"]) == (status, False)
    assert words in answer.json["message"]


def test_ten_million_points_are_bounded_and_it_is_said(services, get):
    fill(services)
    found = get("/metrics/series", source="pl", metric="x", points=10_000_000).json
    assert (found["points"], found["notes"]) == (
        10_000, ["10,000,000 points were asked for; 10,000 is the most."])


def test_the_state_of_the_history(services, get, monkeypatch):
    fill(services)
    told = get("/status").json["history"]
    assert (told["state"], told["written"], told["behind_s"], told["since"]) == ("ready", 16, 0, stamp_ms(NOW))
    services.history._lost(OSError(28, "No space left on device"))
    told = get("/status").json["history"]
    assert (told["state"], told["reason"]) == ("down", "The folder cannot be used (No space left on device)")
    assert get("/metrics/series", source="pl", metric="x").json["from_store"] is False
    away = get("/history/gaps")
    words = "The history cannot be read: The folder cannot be used (No space left on device)."
    assert (away.status_code, away.json["gaps"], away.json["notes"]) == (200, [], [words])
    assert get("/metrics/historical", source="nobody").json["notes"] == [words]
    for address, name in (("/annotations", "annotations"), ("/history/commands", "commands")):
        assert (get(address).json[name], get(address).json["notes"]) == ([], [words])
    moment = get("/history/moment", at=NOW - 5)
    assert (moment.status_code, moment.json["alerts"], moment.json["notes"]) == (200, [], [words])
    monkeypatch.setitem(services.settings.__dict__, "alerts_kept_days", 0.01)
    found = get("/alerts/history", hours=24)
    assert (found.status_code, found.json["total"], found.json["notes"][0]) == (200, 0, words)
    unheard = get("/metrics/series", source="nobody", metric="x")
    assert (unheard.status_code, unheard.json["message"]) == (404, f"{words} This is not in memory.")
    assert get("/metrics", source="nobody").status_code == 404


def test_alerts_beyond_what_redis_keeps(services, get, monkeypatch):
    hear_alert(services, "old", at=NOW - 1_000)
    hear_alert(services, "bad", "critical", at=NOW - 2_000)
    services.history.step()
    documents = services.alerts._transitions.documents
    documents.clear()
    assert get("/alerts/history").json["total"] == 0
    monkeypatch.setitem(services.settings.__dict__, "alerts_kept_days", 0.01)
    found = get("/alerts/history", hours=24).json
    assert (found["total"], [alert["id"] for alert in found["alerts"]]) == (2, ["bad", "old"])
    assert [alert["id"] for alert in get("/alerts/history", hours=24, level="warning").json["alerts"]] == ["old"]
    assert get("/alerts/history", hours=24, q="nothing").json["total"] == 0
    assert get("/alerts/history", hours=721).status_code == 400
    assert found["notes"] == []
    one = get("/alerts/old").json["alert"]
    assert (one["id"], one["timeline"][0]["action"]) == ("old", "fired")
    assert get(f"/alerts/{one['key']}").json["alert"]["key"] == one["key"]
    assert get("/alerts/unheard-of").status_code == 404


def test_a_past_moment_commands_and_gaps(services, get):
    hear_alert(services, "disk", at=NOW - 100)
    services.history.step()
    moment = get("/history/moment", at=NOW - 50).json
    assert [(alert["id"], alert["state_then"]) for alert in moment["alerts"]] == [("disk", "active")]
    assert get("/history/moment", at="now-150s").json["alerts"] == []
    assert [command["request_id"] for command in moment["commands"]] == ["r1"]
    assert get("/history/moment", at="now-51s").json["commands"] == []
    assert get("/history/moment", at=NOW - 85).json["deaf"] == "Redis was away" and moment["deaf"] is None
    assert get("/history/moment").status_code == get("/history/moment", at=NOW + 100).status_code == 400
    command, = get("/history/commands", range="1h").json["commands"]
    assert (command["action"], command["requested_by"], command["answer"]) == ("CLEAR_CACHE", "ann", None)
    gap, = get("/history/gaps", range="1h").json["gaps"]
    assert (gap["start"], gap["end"], gap["why"]) == (stamp_ms(NOW - 90), stamp_ms(NOW - 80), "Redis was away")
    assert get("/history/gaps", start="now-10s").json["gaps"] == []


def test_that_a_list_is_cut_is_said(services, get, monkeypatch):
    services.history.step()
    services.history.events.annotate(NOW - 60, None, "one", "ada")
    services.history.events.annotate(NOW - 50, None, "two", "ada")
    for module, path, words, kept in ((api_past, "/history/commands", "0 commands", 0),
                                      (api_annotations, "/annotations", "1 annotations", 1)):
        assert get(path, range="1h").json["notes"] == []
        monkeypatch.setattr(module, "LISTED_MOST", kept)
        answer = get(path, range="1h").json
        assert answer["notes"] == [
            f"There are more than {words}: these are the newest, a shorter window has the rest."]
    assert [one["text"] for one in answer["annotations"]] == ["two"]


def test_of_names_without_end_an_answer_about_all_has_those_in_memory_and_the_newest(services, monkeypatch):
    monkeypatch.setattr("dashboard.history.reading.METRICS_MOST", 3)
    for number in range(6):
        services.ring.append("many", NOW - 10 + number, {f"n{number}": float(number)})
    assert services.history.step()
    found = services.history.metrics.matrix("many", None, NOW - 60, NOW, 100)
    assert len(found.metrics) == 3 and set(found.metrics) <= {f"n{number}" for number in range(6)}
    assert services.history.metrics.matrix("many", ["n0", "n1", "n2", "n3"], NOW - 60, NOW, 100).metrics == (
        "n0", "n1", "n2", "n3")
