"""The REST API over the real store and the real control channel."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

import pytest

from dashboard.services import build
from dashboard.settings import Settings
from tests.hostile import LINES, STATEMENTS
from tests.servers import wait_for
from tests.unit.web_host import API, csrf_headers, sign_in
from tests.unit.web_services import api_host

TRIGGER = {"event_type": "ALERT_TRIGGERED", "source": "pl",
           "alert": {"id": "pool/1", "level": "critical", "component": "database", "message": "pool is full"}}


@pytest.fixture
def services(redis_server):
    services = build(Settings(redis_url=redis_server.url, store_token="secret"))
    services.start()
    wait_for(lambda: services.record.state == "connected" and services.alerts.connected, what="the connection")
    yield services
    services.stop()


@pytest.fixture
def client(services):
    return sign_in(api_host(services, protect=True).test_client())


@pytest.fixture
def post(client):
    headers = csrf_headers(client)
    return lambda path, **body: client.post(API + path, headers=headers, **body)


@pytest.fixture
def control(redis_server, services):
    """What arrives on the control channel."""
    with redis_server.client() as listening, listening.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(services.settings.control_channel)
        wait_for(lambda: listening.pubsub_numsub(services.settings.control_channel)[0][1], what="the subscription")
        yield lambda: json.loads(wait_for(lambda: channel.get_message(timeout=1.0), what="a message")["data"])


def publish(redis_server, services, message):
    with redis_server.client() as producer:
        producer.publish(services.settings.channel, json.dumps(message))


def test_an_alert_from_the_channel_to_its_end(redis_server, services, client, post, control):
    publish(redis_server, services, TRIGGER)
    wait_for(lambda: services.alerts.find("pool/1"), what="the alert")
    assert client.get(API + "/status").json["active_alerts"] == 1

    taken = post("/alerts/pool%2F1/acknowledge", json={"notes": "on it", "expires_in": "30m"})
    assert taken.status_code == 200
    assert taken.json["alert"]["state"] == "acknowledged"
    assert taken.json["receivers"] == 1
    told = control()
    assert (told["action"], told["alert_id"], told["acknowledged_by"], told["notes"]) == (
        "ALERT_ACKNOWLEDGED", "pool/1", "ada", "on it")

    assert post("/alerts/pool%2F1/acknowledge").status_code == 409
    assert post("/alerts/pool%2F1/resolve").json["alert"]["resolved_by"] == "ada"
    assert control()["action"] == "ALERT_RESOLVED"
    assert [alert["state"] for alert in client.get(API + "/alerts").json["alerts"]] == ["resolved"]


def test_commands_reach_the_channel(post, control):
    answer = post("/actions/FORCE_GC")
    assert answer.json["receivers"] == 1
    told = control()
    assert (told["action"], told["requested_by"], told["request_id"]) == ("FORCE_GC", "ada", answer.json["request_id"])
    post("/components/enable", json={"type": "pattern", "name": "doji"})
    told = control()
    assert (told["action"], told["type"], told["name"]) == ("ENABLE_COMPONENT", "pattern", "doji")


def test_hostile_words_stay_words_on_their_way_through_redis(services, client, post, control):
    """As an alert's id, in a note, and in the message that tells the producer."""
    for text in (*STATEMENTS, *LINES):
        alert = TRIGGER["alert"] | {"id": text, "message": text}
        assert client.post(API + "/store-event", json=TRIGGER | {"alert": alert},
                           headers={"X-Monitoring-Token": "secret"}).json["outcome"] == "accepted"
        found = wait_for(lambda text=text: [one for one in services.alerts.all() if one.is_open and one.message in (
            text, text.replace("\0", "\ufffd"))], what="the alert")
        answer = post(f"/alerts/{quote(found[0].id, safe='')}/resolve", json={"notes": text})
        assert answer.status_code == 200, (text, answer.json)
        assert answer.json["alert"]["notes"] == text.strip()
        told = control()
        assert told.keys() == {"action", "requested_by", "timestamp", "request_id", "alert_id", "resolved_by", "notes",
                               "source"}
        assert (told["action"], told["alert_id"], told["notes"]) == ("ALERT_RESOLVED", found[0].id, text.strip())


def test_an_event_over_http_is_an_event(services, client):
    answer = client.post(API + "/store-event", json=TRIGGER, headers={"X-Monitoring-Token": "secret"})
    assert answer.status_code == 200
    wait_for(lambda: services.alerts.find("pool/1"), what="the alert")


def test_with_redis_gone_reads_answer_and_writes_say_why_not(redis_server, services, client, post):
    publish(redis_server, services, TRIGGER)
    wait_for(lambda: services.alerts.find("pool/1"), what="the alert")
    redis_server.kill()
    wait_for(lambda: services.record.state == "disconnected", what="the loss")

    asked = time.monotonic()
    status = client.get(API + "/status")
    assert (status.status_code, status.json["redis"], status.json["active_alerts"]) == (200, "disconnected", 1)
    assert len(client.get(API + "/alerts").json["alerts"]) == 1
    assert client.get(API + "/metrics/historical").status_code == 200
    for path, body in (("/alerts/pool%2F1/resolve", {}), ("/health-check", {}), ("/actions/FORCE_GC", {}),
                       ("/components/enable", {"type": "a", "name": "b"})):
        answer = post(path, json=body)
        assert (answer.status_code, answer.json["success"]) == (503, False), path
    assert time.monotonic() - asked < 10  # nobody waited for a server that is gone
    assert client.get(API + "/alerts").json["alerts"][0]["state"] == "active"
