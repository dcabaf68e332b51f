"""Routes and deliveries over REST: made, changed, tried, removed; nothing secret in any answer."""

from __future__ import annotations

import logging

import pytest

from dashboard.notifications.delivery import Outcome
from tests.unit.web_host import API, csrf_headers, sign_in
from tests.unit.web_services import api_host, hear_alert, make_services

SECRET = "hunter2"
URL, MAIL = f"json://user:{SECRET}@hooks.test/{SECRET}", f"mailto://user:{SECRET}@mail.test"
NIGHT = {"name": "night", "levels": ["critical"], "urls": [URL, MAIL]}


class Admin:
    def __init__(self, services):
        self.services = services
        self.client = sign_in(api_host(services).test_client())
        self.headers = csrf_headers(self.client)
        self.answers = []

    def ask(self, method, path, json=None, status=200):
        answer = self.client.open(API + path, method=method, json=json, headers=self.headers)
        self.answers.append(answer.text)
        assert answer.status_code == status, answer.text
        assert answer.json["success"] is (status == 200)
        return answer.json

    def settle(self):
        for _ in range(6):
            self.services.notifications.step()


@pytest.fixture
def admin():
    return Admin(make_services())


def test_a_route_is_made_changed_and_removed(admin):
    route = admin.ask("POST", "/routes", NIGHT)["route"]
    assert (route["name"], route["levels"], route["enabled"], route["revision"]) == ("night", ["CRITICAL"], True, 1)
    assert [target["shown"] for target in route["targets"]] == ["json://hooks.test", "mailto://mail.test"]
    assert route["created_by"] == "ada" and route["created_at"].endswith("Z")
    assert admin.ask("GET", "/routes")["routes"] == [route]
    path = f"/routes/{route['id']}"
    assert admin.ask("GET", path)["route"] == route
    changed = admin.ask("PATCH", path, {"name": "day", "sources": ["pl"], "revision": 1})["route"]
    assert (changed["name"], changed["targets"], changed["levels"]) == ("day", route["targets"], ["CRITICAL"])
    kept = admin.ask("PATCH", path, {"urls": [{"id": route["targets"][1]["id"]}]})["route"]
    assert kept["targets"] == route["targets"][1:]
    assert "ada" in admin.ask("PATCH", path, {"name": "x", "revision": 1}, 409)["message"]
    admin.ask("DELETE", path)
    for method in ("GET", "PATCH", "DELETE"):
        assert "no such route" in admin.ask(method, path, {} if method == "PATCH" else None, 404)["message"]
    admin.ask("POST", path + "/test", status=404)
    assert admin.ask("GET", "/routes")["routes"] == []
    assert SECRET not in "".join(admin.answers)


@pytest.mark.parametrize("body", [
    {}, {"name": "x"}, {"urls": [URL]}, NIGHT | {"urls": [SECRET]}, NIGHT | {"levels": ["loud"]},
    NIGHT | {"sources": 5}, NIGHT | {"enabled": "yes"}, NIGHT | {"urls": [URL] * 11}])
def test_what_cannot_be_a_route_is_400_in_words(admin, body):
    message = admin.ask("POST", "/routes", body, 400)["message"]
    assert message.endswith(".") and SECRET not in message
    assert admin.ask("GET", "/routes")["routes"] == []


def test_with_redis_away_nothing_is_changed_and_reads_answer(admin):
    route = admin.ask("POST", "/routes", NIGHT)["route"]
    admin.services.notifications.paper.reachable = False
    path = f"/routes/{route['id']}"
    for method, address, body in (("POST", "/routes", NIGHT), ("PATCH", path, {"name": "x"}), ("DELETE", path, None),
                                  ("POST", path + "/test", None)):
        assert admin.ask(method, address, body, 503)["message"] == "Not changed: Redis is unreachable."
    admin.settle()
    answer = admin.ask("GET", "/routes")
    assert answer["routes"] == [route]
    assert answer["status"] | {"since": None} == {
        "enabled": True, "connected": False, "since": None, "reason": "The connection to Redis failed", "leader": None,
        "leads": False, "waiting": 0, "sending": 0, "hanging": 0, "errors": 0}


def test_a_preview_says_which_open_alerts_it_would_take(admin):
    hear_alert(admin.services, "pool", "critical")
    hear_alert(admin.services, "lag", "info")
    answer = admin.ask("POST", "/routes/preview", {"levels": ["critical"]})
    assert (answer["matched"], [alert["id"] for alert in answer["alerts"]]) == (1, ["pool"])
    assert admin.ask("POST", "/routes/preview", {})["matched"] == 2
    admin.ask("POST", "/routes/preview", {"levels": ["loud"]}, 400)


def test_a_test_and_what_became_of_it(admin):
    route = admin.ask("POST", "/routes", NIGHT)["route"]
    answer = admin.ask("POST", f"/routes/{route['id']}/test")
    assert answer["message"] == "2 on the way." and [each["state"] for each in answer["deliveries"]] == ["waiting"] * 2
    assert "under way" in admin.ask("POST", f"/routes/{route['id']}/test", status=409)["message"]
    admin.settle()
    log = admin.ask("GET", f"/deliveries?route={route['id']}")
    assert log["total"] == 2 and {each["state"] for each in log["deliveries"]} == {"sent"}
    one = next(each for each in log["deliveries"] if each["service"] == "JSON")
    assert (one["kind"], one["by"], one["tries"], one["tries_at_most"], one["address"], one["title"]) == (
        "test", "ada", 1, 1, "json://hooks.test", "Test of night")
    assert one["process"] == log["status"]["leader"] and log["status"]["leads"] is True


def test_the_log_is_filtered_and_paged(admin):
    routes = [admin.ask("POST", "/routes", NIGHT | {"name": name, "levels": []})["route"] for name in "ab"]
    hear_alert(admin.services, "pool", "critical")
    admin.settle()
    admin.services.clock.now += 10
    admin.settle()
    assert admin.ask("GET", "/deliveries")["total"] == 4
    assert admin.ask("GET", f"/deliveries?route={routes[0]['id']}&state=sent,waiting")["total"] == 2
    page = admin.ask("GET", "/deliveries?limit=1&offset=3")
    assert (len(page["deliveries"]), page["total"]) == (1, 4)
    assert "database" in page["deliveries"][0]["title"] and page["deliveries"][0]["kind"] == "first"
    assert admin.ask("GET", "/deliveries?state=failed")["total"] == 0
    for query in ("state=lost", "limit=0", "limit=1001", "offset=-1", "route=a&route=b"):
        admin.ask("GET", f"/deliveries?{query}", status=400)


def test_markup_in_names_is_text_and_nothing_secret_is_answered_or_logged(admin, caplog):
    with caplog.at_level(1, logger="dashboard"):
        route = admin.ask("POST", "/routes", NIGHT | {"name": "<img src=x onerror=alert(1)>"})["route"]
        admin.services.notifications._dispatch._send = lambda url, message: Outcome(False, "The service answered 500")
        admin.ask("POST", f"/routes/{route['id']}/test")
        admin.settle()
    assert route["name"] == "<img src=x onerror=alert(1)>"
    log = admin.ask("GET", "/deliveries")["deliveries"]
    assert {(each["state"], each["reason"]) for each in log} == {("failed", "The service answered 500")}
    assert SECRET not in "".join(admin.answers) and SECRET not in caplog.text
    assert any(record.levelno == logging.WARNING for record in caplog.records)
