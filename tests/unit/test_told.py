"""What is compared between processes is all that REST tells, but for what is named as one process's own."""

from __future__ import annotations

import pytest

from dashboard.web.openapi.document import OPERATIONS
from tests.told import FIELDS, OWN, PLAIN, addresses, told
from tests.unit.ui_world import NOW, hear, hear_alert, hear_metrics, make_world
from tests.unit.web_host import API
from tests.unit.web_services import api_host


@pytest.fixture
def services():
    services = make_world()
    for number in range(40):
        hear_metrics(services, at=NOW - 40 + number, source="a / b", system={"cpu_percent": number})
    for alert_id in ("open", "over"):
        hear_alert(services, alert_id, at=NOW - 20, source="a / b")
    hear(services, event_type="ALERT_RESOLVED", alert_id="over", source="a / b")
    return services


def test_every_reading_address_is_compared_or_named_with_a_reason(services):
    rules = api_host(services).url_map.bind("localhost")
    asked = {rules.match(API + path.partition("?")[0])[0].rpartition(".")[2]
             for path in addresses(services, NOW - 60, NOW)}
    assert asked | OWN.keys() == {row.name for row in OPERATIONS if row.method == "GET"}
    assert not asked & OWN.keys()


def test_two_that_know_the_same_tell_the_same_bytes_whenever_they_are_asked(services):
    before = told(services, NOW - 60, NOW)
    services.clock.now += 0.5
    assert told(services, NOW - 60, NOW) == before
    for path in (*FIELDS, *PLAIN):
        assert f"{path}".encode() in before
    hear_metrics(services, at=NOW - 0.5, source="a / b", system={"cpu_percent": 99})
    assert told(services, NOW - 60, NOW) != before
