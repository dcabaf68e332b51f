"""Alerts, routes and addresses for tests of notifications."""

from __future__ import annotations

from dataclasses import replace

from dashboard.alerts.alert import Alert
from dashboard.alerts.timeline import EXPIRED, Change
from dashboard.event_types import is_simulated
from dashboard.events import normal_level
from dashboard.notifications.grouping import Grouping, GroupState, Timing
from dashboard.notifications.routes import Description, RefusedAddress, Route, read_route

NOW = 1_800_000_000.0
HOUR_S = 3_600
SECRET = "hunter2"
assert not is_simulated("pl")


def describe(url: str) -> Description:
    """What Apprise would tell of a URL of these tests."""
    scheme, _, rest = url.partition("://")
    if not rest:
        raise RefusedAddress("it is no address that Apprise can send to")
    host = rest.rpartition("@")[2].partition("/")[0]
    return Description(scheme, scheme.upper(), host if scheme in ("json", "mailto") else "")


def make_route(name: str = "night", urls=("json://user:hunter2@hooks.test/hunter2",), **wanted) -> Route:
    return read_route({"name": name, "urls": list(urls)} | wanted, describe=describe, by="ada", now=NOW)


def make_alert(identity: str = "cpu", episode: int = 1, level: str = "CRITICAL", source: str = "pl",
               component: str = "system", **more) -> Alert:
    """An open alert whose key is `identity-episode`."""
    fields = {"message": f"{identity} is too much", "first_seen": NOW, "last_seen": NOW} | more
    return Alert(key=f"{identity}-{episode}", id=identity, source=source, component=component, level=level,
                 rank=normal_level(level)[1], **fields)


def over(alert: Alert, at: float = NOW + 30, by: str = "producer: pl", **more) -> Alert:
    return replace(alert, state="resolved", resolved_at=at, resolved_by=by, **more)


def acknowledged(alert: Alert, until: float | None = None) -> Alert:
    return replace(alert, state="acknowledged", acknowledged_by="ada", acknowledged_until=until)


def expired(alert: Alert, at: float) -> Alert:
    """The alert after an acknowledgement ran out."""
    entry = Change(round(at * 1_000_000), EXPIRED, "", "The acknowledgement by ada has run out", "acknowledged",
                   "active")
    return replace(alert, state="active", timeline=(*alert.timeline, entry))


class World:
    """A grouping with its groups, asked at times of the test's choice; `sent` are the messages in their order."""

    def __init__(self, *routes: Route, timing: Timing | None = None):
        self.routes = routes or (make_route(),)
        self.grouping = Grouping(timing or Timing())
        self.groups: dict = {}
        self.sent: list = []
        self.ask_at: float | None = None

    def at(self, seconds: float, *alerts: Alert) -> list:
        """What is sent when it is asked `seconds` after NOW."""
        due, self.ask_at = self.grouping.decide(alerts, self.routes, self.groups, NOW + seconds)
        for each in due:
            self.groups[each.group] = each.after
        if due:
            nothing, self.ask_at = self.grouping.decide(alerts, self.routes, self.groups, NOW + seconds)
            assert nothing == []
        self.sent += [(NOW + seconds, each) for each in due]
        return due

    def told(self) -> GroupState:
        (state,) = self.groups.values()
        return state


def says(due) -> list[tuple[str, str]]:
    """What a message says of which alert."""
    return [(piece.what, piece.alert.id) for piece in due.news]
