"""Whatever happens to alerts, in any order: no message too early, none too often, and each end told once."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.notifications.grouping import OVER, REPEAT
from tests.unit.notification_parts import HOUR_S, NOW, World, acknowledged, expired, make_alert, over

ACTS = ("fire", "worsen", "resolve", "acknowledge", "release", "silence", "speak", "wait")
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from("ab"),
                           st.sampled_from([1, 3, 8, 15, 40, 70, 5_000, 20_000])), max_size=40)


class Night:
    """Two alerts to which things happen; the grouping is asked whenever it wants to be, and after each step."""

    def __init__(self):
        self.world, self.clock, self.alerts = World(), 0.0, {}
        self.born: dict[str, float] = {}
        self.told_open: dict[str, str] = {}  # id of what people know as open -> key of the alert they were told of
        self.recovered: list[str] = []

    def act(self, act: str, name: str) -> None:
        present = next((alert for alert in self.alerts.values() if alert.id == name and alert.is_open), None)
        now = NOW + self.clock
        if present is None:
            if act == "fire":
                fresh = make_alert(name, len(self.alerts), level="ERROR", first_seen=now)
                self.alerts[fresh.key], self.born[fresh.key] = fresh, self.clock
            return
        after = {"worsen": lambda alert: replace(alert, rank=1, level="CRITICAL", state="active"),
                 "resolve": lambda alert: over(alert, now, silenced_by=None), "acknowledge": acknowledged,
                 "release": lambda alert: expired(alert, now) if alert.state == "acknowledged" else alert,
                 "silence": lambda alert: replace(alert, silenced_by="s"),
                 "speak": lambda alert: replace(alert, silenced_by=None)}.get(act, lambda alert: alert)(present)
        self.alerts[after.key] = after

    def pass_time(self, seconds: float) -> None:
        end = self.clock + seconds
        self.look()
        while self.world.ask_at is not None and self.world.ask_at - NOW <= end:
            self.clock = self.world.ask_at - NOW
            self.look()
        self.clock = end

    def look(self) -> None:
        is_first = not self.world.sent
        for due in self.world.at(self.clock, *self.alerts.values()):
            if is_first:
                assert min(self.born[key] for key, alert in self.alerts.items() if alert.is_open) <= self.clock - 10
            for piece in due.news:
                if piece.what == OVER:
                    assert self.told_open.pop(piece.alert.id)  # perhaps it came back and ended again meanwhile
                    self.recovered.append(piece.alert.key)
                else:
                    assert piece.alert.state == "active" and not piece.alert.silenced_by
                    self.told_open[piece.alert.id] = piece.alert.key
            if due.kind == REPEAT:
                assert any(alert.state == "active" and not alert.silenced_by for alert in due.still_open)


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_whatever_happens(steps):
    """No message within a minute of the last; none before something that is open has waited; one recovery each, of
    what was told; no repetition of what somebody has; nobody who was told is left without the end."""
    night = Night()
    for act, name, seconds in steps:
        night.act(act, name)
        night.pass_time(seconds)
    night.pass_time(500)
    times = [at - NOW for at, _ in night.world.sent]
    assert all(later - earlier >= 60 for earlier, later in pairwise(times))
    assert len(night.recovered) == len(set(night.recovered))
    for key in night.told_open.values():  # it is open, or it came back before its end was told
        assert night.alerts[key].is_open or any(
            other.id == night.alerts[key].id and other.first_seen > night.alerts[key].first_seen
            for other in night.alerts.values())
    for at in (at - NOW for at, due in night.world.sent if due.kind == REPEAT):
        assert max(before for before in times if before < at) <= at - 4 * HOUR_S
