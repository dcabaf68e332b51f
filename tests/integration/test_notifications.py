"""Notifications for real, by mail and HTTP on loopback: what is sent and what is not, and addresses that fail."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from dashboard.notifications import deliveries as delivery_module
from tests.alert_events import resolution, trigger
from tests.integration.notifying_process import LIMIT_S, SECRET, Process, fire, mailbox, route, running, web
from tests.receivers import HttpReceiver, MailReceiver
from tests.servers import wait_for


@pytest.fixture
def receiver():
    with closing(HttpReceiver()) as server:
        yield server


@pytest.fixture
def process(redis_server):
    with running(redis_server) as one:
        yield one


@pytest.fixture
def mail():
    with closing(MailReceiver(password=SECRET)) as server:
        yield server


def test_two_processes_send_one_message_by_mail_and_one_by_http(redis_server, process, receiver, mail, caplog):
    other = Process(redis_server)
    try:
        with caplog.at_level(1):
            made = route(other, web(receiver), mailbox(mail))
            wait_for(lambda: process.notifier.route(made.id) == made)
            for each in (process, other):  # both hear it, as both do from the feed
                each.alerts.offer(trigger("cpu", 1_800_000_000.0, level="CRITICAL", message="<b>hot</b> @everyone"))
            for each in (process, other):
                each.settled(2)
            time.sleep(1.5)
            assert (len(receiver.got), len(mail.mails)) == (1, 1)
            process.alerts.offer(resolution("cpu", 1_800_000_001.0))
            wait_for(lambda: len(receiver.got) == len(mail.mails) == 2, LIMIT_S)
    finally:
        other.stop()
    path, body = receiver.got[0]
    assert path.startswith(f"/{SECRET}") and body["type"] == "failure"
    assert body["title"] == "CRITICAL: <b>hot</b> @everyone (system, producer)"
    first, last = mail.mails
    assert first["Subject"] == body["title"] and first.get_content_type() == "text/plain"
    assert first.get_content().splitlines()[:2] == ["New:", "- CRITICAL system: <b>hot</b> @everyone"]
    assert first["To"] == "team@example.com" and last["Subject"].startswith("Over: ")
    assert receiver.got[1][1]["type"] == "success"
    assert SECRET not in caplog.text
    for each in (process, other):
        assert SECRET not in repr(each.notifier.routes()) + repr(each.notifier.deliveries())


def test_what_is_over_within_the_time_of_grouping_is_not_sent(process, receiver):
    route(process, web(receiver))
    fire(process, "blip")
    process.alerts.offer(resolution("blip", time.time() + 0.001))
    fire(process, "stays")
    process.settled(1)
    time.sleep(1.5)
    assert receiver.titles == ["CRITICAL: too much (system, producer)"]
    assert "blip" not in str(receiver.got)


def test_silenced_and_snoozed_alerts_are_not_sent_until_they_are_not_any_more(process, receiver):
    silence = process.alerts.silence({"component": "quiet", "until": time.time() + 600}, "ada")
    fire(process, "silenced", component="quiet", message="silenced")
    fire(process, "loud", message="loud")
    key = wait_for(lambda: process.alerts.find("loud"))[0].key
    process.alerts.snooze(key, "ada")
    route(process, web(receiver))
    time.sleep(2.0)
    assert receiver.got == []
    process.alerts.end_silence(silence.id, "ada")
    wait_for(lambda: len(receiver.got) == 1, LIMIT_S)
    process.alerts.unsnooze(key, "ada")
    wait_for(lambda: len(receiver.got) == 2, LIMIT_S)
    assert [("silenced" in title, "loud" in title) for title in receiver.titles] == [(True, False), (False, True)]


@pytest.mark.parametrize(("spoil", "reason"), [
    (lambda receiver: setattr(receiver, "status", 503), "The service answered 503 (Service Unavailable)"),
    (lambda receiver: receiver.close(), "Nothing answers at the address"),
])
def test_failed_sends_are_tried_again_up_to_a_bound_and_then_shown(process, receiver, monkeypatch, spoil, reason,
                                                                   caplog):
    monkeypatch.setattr(delivery_module, "PAUSES_S", (0.1, 0.2, 0.3))
    monkeypatch.setattr(delivery_module, "TRIES", 4)
    spoil(receiver)
    with caplog.at_level(1):
        route(process, web(receiver))
        fire(process)
        (delivery,) = process.settled(1)
    assert (delivery.state, delivery.tries, delivery.reason) == ("failed", 4, reason)
    assert len(receiver.got) == (4 if receiver.status == 503 else 0) and SECRET not in caplog.text
    assert caplog.text.count("failed (try") == 4


def test_a_service_that_comes_back_gets_the_message(process, receiver, monkeypatch):
    monkeypatch.setattr(delivery_module, "PAUSES_S", (0.3,) * 8)
    receiver.status = 500
    route(process, web(receiver))
    fire(process)
    wait_for(lambda: len(receiver.got) == 2, LIMIT_S)
    receiver.status = 204
    (delivery,) = process.settled(1)
    assert delivery.state == "sent" and delivery.tries == len(receiver.got) == 3


def test_a_redirect_is_not_followed(process, receiver):
    receiver.status, receiver.location = 302, f"http://127.0.0.1:{receiver.port}/elsewhere"
    process.notifier.test_route(route(process, web(receiver)).id, "ada")
    (delivery,) = process.settled(1)
    assert (delivery.state, delivery.reason) == ("failed", "The service answered 302 (Found)")
    assert [path.partition("?")[0] for path, _ in receiver.got] == [f"/{SECRET}"]


@pytest.mark.parametrize(("spoil", "url", "reason"), [
    (lambda mail: setattr(mail, "refuses", f"550 no {SECRET}"), mailbox, "The mail server refused the message"),
    (lambda mail: None, lambda mail: mailbox(mail, SECRET + "x"), "The mail server answered 535"),
    (lambda mail: mail.close(), mailbox, "Nothing answers at the address"),
])
def test_a_test_tells_why_a_mail_was_not_taken(process, mail, spoil, url, reason, caplog):
    spoil(mail)
    with caplog.at_level(1):
        process.notifier.test_route(route(process, url(mail)).id, "ada")
        (delivery,) = process.settled(1)
    assert (delivery.state, delivery.tries, delivery.reason) == ("failed", 1, reason)
    assert SECRET not in caplog.text
    if mail.refuses:
        mail.refuses = ""
        process.notifier.test_route(process.notifier.routes()[0].id, "ada")
        assert process.settled(2)[0].state == "sent" and mail.mails[0]["Subject"] == "Test of night"


def test_an_address_that_hangs_holds_up_no_other(process, receiver):
    slow = HttpReceiver()
    try:
        slow.holding.set()
        route(process, web(slow), web(receiver))
        fire(process)
        wait_for(lambda: len(receiver.got) == 1, LIMIT_S)
        assert slow.reached.acquire(timeout=LIMIT_S) and slow.got == []
        slow.holding.clear()
        process.settled(2)
        assert len(slow.got) == len(receiver.got) == 1
    finally:
        slow.close()
