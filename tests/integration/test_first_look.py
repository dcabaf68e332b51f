"""A process that has just begun knows nothing. Who asks it is told what there is, and not that there is nothing."""

from __future__ import annotations

import time

import pytest

from dashboard import Monitoring, Settings
from dashboard.services import FIRST_LOOK_S
from tests.integration.alert_stores import make, raise_alert
from tests.integration.mounted import publish
from tests.servers import wait_for
from tests.unit.web_host import API, csrf_headers, plain_host, sign_in

SLOW_MS = 300
AMPLE_S = 30.0  # of a machine that is busy


@pytest.fixture
def begin(redis_server):
    """A host that is signed in to, whose feed starts when it is told to."""
    begun = []

    def begin() -> tuple[Monitoring, object]:
        app = plain_host()
        settings = Settings(redis_url=redis_server.url, start_listener=False, database_url="off")
        monitoring = Monitoring(app, settings=settings)
        begun.append(monitoring)
        return monitoring, sign_in(app.test_client())

    yield begin
    for monitoring in begun:
        monitoring.stop()


def test_the_first_answer_has_the_alerts_the_routes_and_what_was_heard(redis_server, begin, monkeypatch):
    monkeypatch.setattr("dashboard.services.FIRST_LOOK_S", AMPLE_S)
    raise_alert(make(redis_server))
    monitoring, client = begin()
    monitoring.start()
    wait_for(lambda: monitoring.services.listener.is_sure)
    publish(redis_server, metrics={"system": {"cpu_percent": 41.5}})
    wait_for(lambda: monitoring.services.journal.status.recorded)
    route = client.post(API + "/routes", json={"name": "night", "urls": ["json://127.0.0.1:1/x"]},
                        headers=csrf_headers(client))
    assert route.status_code == 200
    monitoring.stop()

    for path, found in ("/alerts", "total"), ("/routes", "routes"), ("/metrics", "metrics"):
        monitoring, client = begin()
        assert not client.get(API + path).json[found]  # which has not started looks at nothing, and waits for nothing
        with redis_server.client() as slow:
            slow.execute_command("CLIENT", "PAUSE", SLOW_MS, "ALL")
        monitoring.start()
        assert client.get(API + path).json[found]


def test_a_redis_that_hangs_costs_the_first_second_and_no_more(redis_server, begin):
    monitoring, client = begin()
    redis_server.freeze()
    try:
        began = time.monotonic()
        monitoring.start()
        assert client.get(API + "/alerts").json["total"] == 0
        waited = time.monotonic() - began
        assert 0.5 * FIRST_LOOK_S < waited < 5 * FIRST_LOOK_S
        taken = []
        for _ in range(20):
            began = time.monotonic()
            assert client.get(API + "/alerts").status_code == 200
            taken.append(time.monotonic() - began)
        assert min(taken) < 0.5 * FIRST_LOOK_S and sum(taken) < 10 * FIRST_LOOK_S
    finally:
        redis_server.thaw()
