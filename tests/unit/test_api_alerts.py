"""Alerts over REST: lists, filters, pages, acknowledge, resolve."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest

from dashboard.history.answers import DOWN
from dashboard.web.api_alerts import HOURS_PER_DAY
from tests.unit.web_host import API, csrf_headers, sign_in
from tests.unit.web_services import NOW, api_host, hear, hear_alert, make_services

FIELDS = {"key", "id", "source", "level", "component", "message", "details", "suggested_actions", "state", "first_seen",
          "last_seen", "count", "acknowledged_by", "acknowledged_at", "acknowledged_until", "resolved_by",
          "resolved_at", "notes"}
STRANGE_IDS = ["a/b", "/a", "a/", "//", "http://host/x?y=1#z", "100%", "%2F", 'quote"\'', "<b>&amp;", "ä ö",
               "new\nline", "acknowledge", "x/acknowledge", "..", "a+b", ";", "😀"]


@pytest.fixture
def services():
    return make_services()


@pytest.fixture
def client(services):
    return sign_in(api_host(services).test_client())


@pytest.fixture
def get(client):
    return lambda query="", path="/alerts": client.get(API + path + query)


@pytest.fixture
def post(client):
    headers = csrf_headers(client)
    return lambda path, **body: client.post(API + path, headers=headers, **body)


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [alert["id"] for alert in answer.json["alerts"]]


def test_an_alert_has_the_fields_of_the_contract(get, services):
    hear_alert(services, 7, "warn", at=NOW - 10, details={"threshold": 1}, suggested_actions=["look"])
    answer = get()
    assert answer.json["total"] == 1
    alert = answer.json["alerts"][0]
    assert set(alert) >= FIELDS
    assert (alert["id"], alert["source"], alert["level"], alert["state"]) == ("7", "pl", "WARNING", "active")
    assert (alert["first_seen"], alert["count"]) == ("2025-10-09T08:53:10.000Z", 1)
    assert (alert["details"], alert["suggested_actions"]) == ({"threshold": 1}, ["look"])
    assert alert["acknowledged_at"] is None
    assert alert["simulated"] is False


def test_an_alert_of_a_simulated_source_says_so(get, services):
    hear_alert(services, "a", source="x-Simulator")
    assert [alert["simulated"] for alert in get().json["alerts"]] == [True]


def test_emergency_first_then_newest_whatever_the_state(get, post, services):
    for place, (name, level) in enumerate([("i", "info"), ("e1", "EMERGENCY"), ("w", "odd"), ("c", "critical"),
                                           ("e2", "emerg")]):
        hear_alert(services, name, level, at=NOW - 50 + place)
    assert post("/alerts/e2/acknowledge").status_code == 200
    assert ids(get()) == ["e2", "e1", "c", "w", "i"]


def test_filters(get, post, services):
    hear_alert(services, "a", "warning", message="disk is full")
    hear_alert(services, "b", "critical", source="other")
    hear_alert(services, "c", "error")
    post("/alerts/b/acknowledge")
    post("/alerts/c/resolve")
    assert ids(get("?state=active")) == ["a"]
    assert ids(get("?state=ACKNOWLEDGED&state=resolved")) == ["b", "c"]
    assert ids(get("?state=active,resolved")) == ["c", "a"]
    assert ids(get("?state=open")) == ["b", "a"]
    assert ids(get("?level=warn")) == ["a"]
    assert ids(get("?level=WARNING,critical")) == ["b", "a"]
    assert ids(get("?source=other")) == ["b"]
    assert ids(get("?source=nobody")) == []
    assert ids(get("?q=DISK")) == ["a"]
    assert ids(get("?state=&level=&source=&q=&limit=&offset=")) == ["b", "c", "a"]


def test_a_level_of_the_producers_own_is_found_while_an_alert_has_it(get, services):
    assert get("?level=notice").status_code == 400
    hear_alert(services, "a", "Notice")
    hear_alert(services, "b", "purple")
    hear_alert(services, "c", "error")
    assert ids(get("?level=NOTICE")) == ids(get("?level=Notice", "/alerts/history")) == ["a"]
    assert sorted(ids(get("?level=notice,err"))) == ["a", "c"]
    assert sorted(ids(get("?level=other"))) == ["a", "b"]
    assert get("?level=notice,green").status_code == 400


def test_pages(get, services):
    for number in range(150):
        hear_alert(services, number, at=NOW - number)
    assert len(ids(get())) == 100
    assert get().json["total"] == 150
    assert ids(get("?limit=2&offset=3")) == ["3", "4"]
    assert len(ids(get("?limit=1000"))) == 150
    assert ids(get("?offset=150")) == []
    joined = [name for offset in range(0, 150, 40) for name in ids(get(f"?limit=40&offset={offset}"))]
    assert joined == [str(number) for number in range(150)]


@pytest.mark.parametrize("query", [
    "limit=0", "limit=1001", "limit=-1", "limit=x", "limit=1.5", "limit=1e2", "limit=1&limit=2", "limit=٣",
    "limit=" + "9" * 5000, "offset=-1", "offset=x", "state=unknown", "state=active,odd", "level=loud", "level=unknown",
    "source=a&source=b", "q=" + "x" * 501, "q=a&q=b",
])
def test_what_cannot_be_meant_is_refused(get, query):
    answer = get("?" + query)
    assert (answer.status_code, answer.json["success"]) == (400, False)
    assert query.partition("=")[0] in answer.json["message"]


# -- history ---------------------------------------------------------------------------------------------------------


def test_the_history_reaches_back_as_far_as_asked(get, post, services):
    hear_alert(services, "old", at=NOW - 7200)
    hear(services, NOW - 7100, event_type="ALERT_RESOLVED", alert_id="old")
    hear_alert(services, "new", at=NOW - 60)
    hear(services, NOW - 30, event_type="ALERT_RESOLVED", alert_id="new")
    assert ids(get("?hours=1", "/alerts/history")) == ["new"]
    assert ids(get("?hours=2.5", "/alerts/history")) == ["new", "old"]
    assert ids(get("", "/alerts/history")) == ["new", "old"]
    assert get("", "/alerts/history").json["total"] == 2


def test_the_history_ends_where_nothing_is_kept(get, services):
    kept = services.settings.alerts_kept_days * HOURS_PER_DAY
    assert get(f"?hours={kept}", "/alerts/history").status_code == 200
    for hours in ("0", "-1", "nan", "inf", "x", "1e400", f"{kept + 1}"):
        assert get(f"?hours={hours}", "/alerts/history").status_code == 400, hours


def test_with_the_database_away_the_history_is_what_memory_has(get, services, monkeypatch):
    hear_alert(services, "kept", at=NOW - 60)
    hear_alert(services, "worse", "critical", at=NOW - 90)
    status = replace(services.history.status, state=DOWN, reason="The disk is full")
    monkeypatch.setattr(type(services.history), "status", property(lambda _: status))
    monkeypatch.setitem(services.settings.__dict__, "alerts_kept_days", 0.01)
    answer = get("?hours=24&level=warning,critical&limit=1", "/alerts/history")
    assert (ids(answer), answer.json["total"]) == (["worse"], 2)
    assert [note.partition(":")[0] for note in answer.json["notes"]] == [
        "The history cannot be read", "These are the alerts in memory."]
    assert get("?hours=24&filter=count:1", "/alerts/history").json["notes"] == []


# -- acknowledge and resolve -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("alert_id", STRANGE_IDS)
@pytest.mark.parametrize(("verb", "state"), [("acknowledge", "acknowledged"), ("resolve", "resolved")])
def test_an_id_may_hold_anything(post, services, alert_id, verb, state):
    hear_alert(services, alert_id)
    answer = post(f"/alerts/{quote(alert_id, safe='')}/{verb}")
    assert answer.status_code == 200, answer.text
    assert answer.json["alert"]["id"] == services.alerts.index().all[0].id
    assert answer.json["alert"]["state"] == state


def test_acknowledge_with_notes_for_a_time(post, get, services):
    hear_alert(services, "a")
    answer = post("/alerts/a/acknowledge", json={"notes": " on it ", "expires_in": 1800})
    assert answer.json["success"] is True
    assert answer.json["message"]
    alert = answer.json["alert"]
    assert (alert["state"], alert["acknowledged_by"], alert["notes"]) == ("acknowledged", "ada", "on it")
    assert alert["acknowledged_until"] == "2025-10-09T09:23:20.000Z"
    services.clock.now += 1801
    assert get().json["alerts"][0]["state"] == "active"


def test_resolve_with_notes(post, services):
    hear_alert(services, "a")
    alert = post("/alerts/a/resolve", json={"notes": "done"}).json["alert"]
    assert (alert["state"], alert["resolved_by"], alert["notes"]) == ("resolved", "ada", "done")
    assert alert["resolved_at"] == "2025-10-09T08:53:20.000Z"


@pytest.mark.parametrize(("receivers", "message"), [
    (2, "Resolved."), (0, "Resolved. Nobody is listening."), (None, "Resolved. The producer could not be told.")])
def test_whether_the_producer_heard_of_it(post, services, receivers, message):
    hear_alert(services, "a")
    services.alerts.receivers = receivers
    answer = post("/alerts/a/resolve").json
    assert (answer["success"], answer["receivers"], answer["message"]) == (True, receivers, message)


def test_by_key(post, services):
    hear_alert(services, "a")
    key = services.alerts.find("a")[0].key
    assert post(f"/alerts/{quote(key, safe='')}/resolve").json["alert"]["key"] == key


def test_who_comes_second_hears_who_was_first(post, services):
    hear_alert(services, "a")
    post("/alerts/a/acknowledge")
    answer = post("/alerts/a/acknowledge")
    assert answer.status_code == 409
    assert answer.json["message"] == "Not changed: the alert is acknowledged by ada at 2025-10-09T08:53:20.000Z."
    assert answer.json["state"] == "acknowledged"
    post("/alerts/a/resolve")
    for verb in ("acknowledge", "resolve"):
        again = post(f"/alerts/a/{verb}")
        assert (again.status_code, again.json["state"]) == (409, "resolved")


def test_one_id_at_several_sources(post, services):
    hear_alert(services, "a", source="pl")
    hear_alert(services, "a", source="other")
    answer = post("/alerts/a/resolve")
    assert answer.status_code == 409
    assert answer.json["sources"] == ["other", "pl"]
    assert "other, pl" in answer.json["message"]
    assert post("/alerts/a/resolve?source=other").json["alert"]["source"] == "other"
    assert post("/alerts/a/resolve?source=nobody").status_code == 404


@pytest.mark.parametrize("verb", ["acknowledge", "resolve"])
def test_an_unknown_alert_is_404(post, verb):
    assert post(f"/alerts/nobody/{verb}").status_code == 404


@pytest.mark.parametrize("body", [
    b"[]", b"{", b'"text"', b"null", b'{"notes": 1}', b'{"notes": ["x"]}', b'{"notes": "%s"}' % (b"x" * 2001),
    b'{"expires_in": -1}', b'{"expires_in": true}', b'{"expires_in": "soon"}',
    b'{"expires_in": 1e9}', b'{"expires_in": [1]}', b'{"expires_in": "31d"}', b'{"expires_in": NaN}', b"notes=x",
])
def test_a_body_of_the_wrong_kind_changes_nothing(post, get, services, body):
    hear_alert(services, "a")
    answer = post("/alerts/a/acknowledge", data=body)
    assert (answer.status_code, answer.json["success"]) == (400, False)
    assert get().json["alerts"][0]["state"] == "active"


def test_notes_of_two_thousand_characters_and_any_content_type(post, services):
    hear_alert(services, "a")
    body = b'{"notes": "%s"}' % (b"\\ud83d\\ude00" * 2000)
    assert post("/alerts/a/resolve", data=body, content_type="text/plain").json["alert"]["notes"] == "😀" * 2000


@pytest.mark.parametrize(("body", "seconds"), [
    ({}, 1800), ({"expires_in": None}, None), ({"expires_in": 0}, None), ({"expires_in": "Resolved"}, None)])
def test_without_a_span_for_half_an_hour_and_with_none_until_resolved(post, services, body, seconds):
    hear_alert(services, "a")
    assert post("/alerts/a/acknowledge", json=body).status_code == 200
    assert services.alerts.find("a")[0].acknowledged_until == (seconds and NOW + seconds)


@pytest.mark.parametrize(("span", "seconds"), [("30m", 1800), ("1h", 3600), ("45s", 45), ("90", 90), (" 2 H ", 7200),
                                               (0.5, 0.5), ("30d", 30 * 86_400)])
def test_spans_in_words(post, services, span, seconds):
    hear_alert(services, "a")
    assert post("/alerts/a/acknowledge", json={"expires_in": span}).status_code == 200
    assert services.alerts.find("a")[0].acknowledged_until == pytest.approx(NOW + seconds)


@pytest.mark.parametrize("verb", ["acknowledge", "resolve"])
def test_with_redis_away_it_is_503_while_lists_answer(post, get, services, verb):
    hear_alert(services, "a")
    services.alerts.reachable = False
    answer = post(f"/alerts/a/{verb}")
    assert (answer.status_code, answer.json["message"]) == (503, "Not changed: Redis is unreachable.")
    assert ids(get()) == ["a"]
