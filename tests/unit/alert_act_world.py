"""Alerts on which the console acts: raised, asked for, and looked at again."""

from __future__ import annotations

from dashboard.ui.alert_act import act
from tests.unit.ui_world import hear_alert, strict


def raised(services, count=1, **alert):
    """Keys of so many alerts, in the order in which they were raised."""
    for number in range(count):
        hear_alert(services, f"a{number}", **alert)
    return [services.alerts.find(f"a{number}")[0].key for number in range(count)]


def do(services, action, keys=(), by="ada", **more):
    """What the page is answered, as it travels."""
    return strict(act(services, {"action": action, "keys": list(keys), "for": "1800", "zone": "UTC"} | more, by))


def one(services, alert_id="a0"):
    return services.alerts.find(alert_id)[0]
