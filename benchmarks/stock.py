"""What people and producers leave in a console beside samples and open alerts, so that no address answers nothing."""

from __future__ import annotations

import time

from benchmarks.filled import Filled
from benchmarks.page import alert
from tests.integration.mounted import publish
from tests.servers import free_port, wait_for
from tests.unit.web_host import API

OVER, SILENCES, ANNOTATIONS, ROUTES, COMMANDS = 200, 5, 20, 3, 20


def stock(console: Filled) -> None:
    """Alerts that are over, silences, annotations, routes with a delivery each, commands."""
    for number in range(OVER):
        _trigger(console, number, f"over {number}")
        publish(console.server, "ALERT_RESOLVED", alert_id=f"over {number}")
    console.known += 2 * OVER
    for number in range(SILENCES):
        _post(console, "/silences", {"component": f"component {number}", "expires_in": "1h"})
    for number in range(ANNOTATIONS):
        _post(console, "/annotations", {"text": f"Release {number}", "start": time.time() - 3_600 * (number + 0.5)})
    nobody = free_port()  # what is sent there fails at once
    for number in range(ROUTES):
        made = _post(console, "/routes", {"name": f"route {number}", "enabled": False,
                                          "urls": [f"json://127.0.0.1:{nobody}"]})
        _post(console, f"/routes/{made['route']['id']}/test", {})
    for _ in range(COMMANDS):
        _post(console, "/health-check", {})
    console.wait_for_update()
    wait_for(lambda: not _waiting(console), 30.0, 0.2, "the end of the deliveries")


def stock_for(console: Filled, clients: int) -> None:
    """An open alert for each of so many clients."""
    for number in range(clients):
        _trigger(console, number, f"client {number}")
    console.known += clients
    console.wait_for_update()


def _trigger(console: Filled, number: int, alert_id: str) -> None:
    event = alert(number)
    publish(console.server, **event | {"alert": event["alert"] | {"id": alert_id}})


def _post(console: Filled, path: str, body: dict) -> dict:
    answer = console.person.post(API + path, body)
    assert answer.ok, (path, answer.text)
    return answer.json()


def _waiting(console: Filled) -> int:
    status = console.person.get(f"{API}/deliveries").json()["status"]
    return status["waiting"] + status["sending"]
