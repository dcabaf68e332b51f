"""What people do to alerts over REST beyond acknowledge and resolve: one, many, silences, filters, statistics."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.unit.test_api_alerts import STRANGE_IDS, ids
from tests.unit.web_host import API, csrf_headers, sign_in
from tests.unit.web_services import NOW, api_host, hear, hear_alert, make_services


@pytest.fixture
def services():
    return make_services()


@pytest.fixture
def client(services):
    return sign_in(api_host(services).test_client())


@pytest.fixture
def get(client):
    return lambda path: client.get(API + path)


@pytest.fixture
def post(client):
    headers = csrf_headers(client)
    return lambda path, **body: client.post(API + path, headers=headers, json=body)


@pytest.fixture
def delete(client):
    headers = csrf_headers(client)
    return lambda path: client.delete(API + path, headers=headers)


# One alert

@pytest.mark.parametrize("alert_id", [*STRANGE_IDS, "x" * 10_000])
def test_every_action_takes_any_id(post, get, services, alert_id):
    hear_alert(services, alert_id)
    at = f"/alerts/{quote(alert_id, safe='')}"
    for action, body, shown in (
            ("acknowledge", {}, {"state": "acknowledged"}), ("unacknowledge", {}, {"state": "active"}),
            ("assign", {"to": "bert"}, {"assigned_to": "bert", "assigned_by": "ada"}),
            ("snooze", {"expires_in": "1h"}, {"snoozed": True, "snoozed_until": "2025-10-09T09:53:20.000Z"}),
            ("unsnooze", {}, {"snoozed": False}), ("resolve", {}, {"state": "resolved"}),
            ("reopen", {}, {"state": "active", "previous_state": "resolved"})):
        answer = post(f"{at}/{action}", **body)
        assert answer.status_code == 200, answer.text
        assert answer.json["alert"].items() >= shown.items()
    alert = get(at).json["alert"]
    assert [entry["action"] for entry in alert["timeline"]] == [
        "fired", "acknowledge", "unacknowledge", "assign", "snooze", "unsnooze", "resolve", "reopen"]
    assert alert["timeline"][1] == {
        "at": "2025-10-09T08:53:20.000Z", "action": "acknowledge", "by": "ada", "reason": "For 30 min",
        "old_state": "active", "new_state": "acknowledged", "note": ""}


@pytest.mark.parametrize(("action", "body", "message"), [
    ("unacknowledge", {}, "the alert is active by producer at"), ("reopen", {}, "the alert is active by producer at"),
    ("unsnooze", {}, "the alert is not snoozed by producer at"),
    ("assign", {"to": "x", "instead_of": "bert"}, "the alert is assigned to nobody.")])
def test_what_the_state_does_not_allow_is_409(post, services, action, body, message):
    hear_alert(services, "a")
    answer = post(f"/alerts/a/{action}", **body)
    assert (answer.status_code, answer.json["state"]) == (409, "active")
    assert message in answer.json["message"]


@pytest.mark.parametrize(("action", "body"), [
    ("assign", {}), ("assign", {"to": 7}), ("assign", {"to": "x" * 201}), ("snooze", {"expires_in": -1}),
    ("snooze", {"expires_in": "31d"}), ("snooze", {"expires_in": False}), ("reopen", {"notes": "x" * 2001}),
    ("unacknowledge", {"notes": 5}), ("unsnooze", {"notes": []})])
def test_what_cannot_be_meant_is_400_and_changes_nothing(post, get, services, action, body):
    hear_alert(services, "a")
    assert post(f"/alerts/a/{action}", **body).status_code == 400
    assert len(get("/alerts/a").json["alert"]["timeline"]) == 1


@pytest.mark.parametrize("action", ["unacknowledge", "reopen", "snooze", "unsnooze"])
def test_unknown_ids_and_an_absent_redis(post, services, action):
    assert post(f"/alerts/nobody/{action}").status_code == 404
    hear_alert(services, "a")
    services.alerts.reachable = False
    assert post(f"/alerts/a/{action}").status_code == 503


def test_one_alert_by_id_or_key_and_one_that_is_not_there(get, services):
    hear_alert(services, "history", source="pl")
    hear_alert(services, "history", source="other")
    assert get("/alerts/nobody").status_code == 404
    key = services.alerts.find("history", "pl")[0].key
    assert get(f"/alerts/{key}").json["alert"]["source"] == "pl"
    assert get("/alerts/history").json["total"] == 2  # its own address wins


# Filters

def test_the_filter_line(get, services):
    hear_alert(services, "old", "critical", at=NOW - 1200)
    hear_alert(services, "new", "critical", source="other")
    hear_alert(services, "small", "info", at=NOW - 1200)
    assert ids(get("/alerts?filter=" + quote("level:critical age>15m"))) == ["old"]
    assert ids(get("/alerts?filter=" + quote("level:critical") + "&source=other")) == ["new"]
    assert ids(get("/alerts/history?filter=" + quote("-source:other slow"))) == ["old", "small"]
    refused = get("/alerts?filter=" + quote("small sorce:x"))
    assert refused.status_code == 400
    assert "There is no field “sorce”" in refused.json["message"] and "character 7" in refused.json["message"]


# Many

def test_many_by_filter_with_their_number_first(post, get, services):
    for number in range(30):
        hear_alert(services, number, "critical" if number < 12 else "info")
    dry = post("/alerts/bulk", action="acknowledge", filter="level:critical", dry_run=True)
    assert (dry.json["matched"], dry.json["dry_run"]) == (12, True)
    assert get("/alerts?state=acknowledged").json["total"] == 0
    assert post("/alerts/bulk", action="acknowledge", filter="level:critical", expected=11).status_code == 409
    done = post("/alerts/bulk", action="acknowledge", filter="level:critical", expected=12, expires_in="1h", notes="us")
    assert (done.json["matched"], len(done.json["changed"]), done.json["refused"]) == (12, 12, [])
    shown = get("/alerts?state=acknowledged&limit=1").json
    assert (shown["total"], shown["alerts"][0]["acknowledged_until"]) == (12, "2025-10-09T09:53:20.000Z")


def test_many_by_key_say_of_each_what_became_of_it(post, services):
    for name in ("a", "b"):
        hear_alert(services, name)
    one, two = (services.alerts.find(name)[0].key for name in ("a", "b"))
    post("/alerts/a/acknowledge")
    answer = post("/alerts/bulk", action="acknowledge", keys=[one, two, two, "no-such"]).json
    assert (answer["matched"], answer["changed"]) == (3, [two])
    assert answer["refused"] == [
        {"key": one, "state": "acknowledged",
         "message": "Not changed: the alert is acknowledged by ada at 2025-10-09T08:53:20.000Z."},
        {"key": "no-such", "message": "There is no such alert."}]
    services.alerts.reachable = False
    away = post("/alerts/bulk", action="resolve", keys=[one, two])
    assert (away.status_code, away.json["changed"]) == (503, [])
    assert away.json["message"] == "Redis is unreachable: 0 of 2 were changed."


def test_many_say_what_was_changed_before_their_end_had_passed(post, get, services):
    for alert_id in ("one", "two"):
        hear_alert(services, alert_id)
    keys = [alert["key"] for alert in get("/alerts").json["alerts"]]
    acknowledge = services.alerts.acknowledge

    def slowly(*arguments):
        done = acknowledge(*arguments)
        services.clock.now += 5
        return done
    services.alerts.acknowledge = slowly
    answer = post("/alerts/bulk", action="acknowledge", keys=keys, expires_in=5)
    assert (answer.status_code, answer.json["changed"]) == (400, keys[:1])
    assert answer.json["message"] == "What is limited in time cannot end in the past: 1 of 2 were changed."


@pytest.mark.parametrize("body", [
    {}, {"action": "acknowledge"}, {"action": "explode", "keys": []}, {"action": 5, "keys": []},
    {"action": "resolve", "keys": "a"}, {"action": "resolve", "keys": [1]}, {"action": "resolve", "keys": ["x" * 101]},
    {"action": "resolve", "keys": [], "filter": "x"}, {"action": "resolve", "filter": "sorce:x"},
    {"action": "resolve", "filter": ""}, {"action": "resolve", "filter": 5}, {"action": "assign", "keys": []},
    {"action": "resolve", "keys": [], "dry_run": "yes"}, {"action": "resolve", "keys": [], "expected": "3"},
    {"action": "resolve", "keys": [str(number) for number in range(1001)]},
    {"action": "snooze", "keys": [], "expires_in": "soon"}])
def test_many_that_cannot_be_meant(post, body):
    assert post("/alerts/bulk", **body).status_code == 400


# Silences

def test_a_silence_is_previewed_made_shown_and_ended(post, get, delete, services):
    hear_alert(services, "a", "critical")
    hear_alert(services, "b", "critical")
    hear_alert(services, "c", "info")
    post("/alerts/b/resolve")
    wanted = {"levels": ["critical"], "expires_in": "2h", "reason": "works"}
    preview = post("/silences/preview", **wanted).json
    assert (preview["matched"], [alert["id"] for alert in preview["alerts"]]) == (1, ["a"])
    assert get("/silences").json["silences"] == []
    made = post("/silences", **wanted).json["silence"]
    assert (made["by"], made["active"], made["until"], made["reason"]) == (
        "ada", True, "2025-10-09T10:53:20.000Z", "works")
    alert = get("/alerts/a").json["alert"]
    assert (alert["silenced_by"], alert["state"], alert["timeline"][-1]["action"]) == (made["id"], "active", "silenced")
    assert ids(get("/alerts?filter=is:silenced")) == ["a"] and get("/alerts?state=open").json["total"] == 2
    assert post("/alerts/a/snooze").json["alert"]["silenced_by"] == made["id"]
    over = delete(f"/silences/{made['id']}").json["silence"]
    assert (over["over"], over["ended_by"]) == (True, "ada")
    assert get("/alerts/a").json["alert"]["silenced_by"] is None
    assert delete(f"/silences/{made['id']}").status_code == 409
    assert get(f"/silences/{made['id']}").json["silence"] == over
    for nobody in ("nobody", quote("a/b", safe=""), quote("<b>'\"\0", safe=""), "x" * 10_000):
        assert get(f"/silences/{nobody}").status_code == delete(f"/silences/{nobody}").status_code == 404
    assert [silence["id"] for silence in get("/silences").json["silences"]] == [made["id"]]


def test_a_silence_by_dates_or_weekly(post):
    dated = post("/silences", source="pl", starts="2025-10-09T10:00:00Z", until="2025-10-09T11:00:00Z").json["silence"]
    assert (dated["active"], dated["starts"], dated["until"]) == (
        False, "2025-10-09T10:00:00.000Z", "2025-10-09T11:00:00.000Z")
    weekly = {"days": ["thu"], "from": "00:00", "to": "24:00", "zone": "UTC"}
    made = post("/silences", text="slow", weekly=weekly).json["silence"]
    assert (made["active"], made["until"], made["weekly"]) == (True, None, weekly | {"to": "00:00"})


@pytest.mark.parametrize("body", [
    {}, {"source": "x"}, {"source": "x", "until": "yesterday"}, {"source": "x", "until": "2020-01-01T00:00:00Z"},
    {"source": "x", "until": True}, {"source": "x", "expires_in": "9h", "until": "2030-01-01T00:00:00Z"},
    {"source": "x", "expires_in": -5}, {"levels": ["loud"], "expires_in": 5}, {"source": 5, "expires_in": 5},
    {"source": "x", "weekly": {"days": ["mon"], "from": "x", "to": "y"}}, {"expires_in": 60}])
def test_a_silence_that_cannot_be_meant(post, get, body):
    for path in ("/silences", "/silences/preview"):
        assert post(path, **body).status_code == 400
    assert get("/silences").json["silences"] == []


def test_silences_with_redis_away(post, get, delete, services):
    services.alerts.reachable = False
    assert post("/silences", source="x", expires_in=60).status_code == 503
    assert delete("/silences/x").status_code == 503
    assert get("/silences").status_code == 200


# Statistics

def test_statistics(get, post, services):
    hear_alert(services, "a", "critical", at=NOW - 100)
    post("/alerts/a/acknowledge")
    hear_alert(services, "b", at=NOW - 100)
    hear(services, NOW - 50, event_type="ALERT_RESOLVED", alert_id="b")
    found = get("/alerts/statistics?hours=168").json
    assert found["counts"] == {"by_state": {"acknowledged": 1, "resolved": 1},
                               "by_level": {"CRITICAL": 1, "WARNING": 1}}
    assert found["by_level"]["CRITICAL"]["mean_acknowledge_s"] == 100
    assert [(row["id"], row["share_cleared_itself"], row["fires_a_week"]) for row in found["noise"]] == [
        ("b", 1.0, 1.0), ("a", 0.0, 1.0)]
    assert get("/alerts/statistics?hours=0").status_code == 400
