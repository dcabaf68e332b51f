"""One alert in full beside the table: what it is, its story, and the links that lead to and from it."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.alerts.silences import Silence
from dashboard.alerts.story import story as told_of
from dashboard.alerts.timeline import Change
from dashboard.services import Services
from dashboard.ui import ids
from dashboard.ui.alert_chart import Asked, alert_chart
from dashboard.ui.alert_rows import detail
from dashboard.ui.layout.alert_detail import charts_link, head, story
from dashboard.ui.navigation import ALERTS
from tests.alert_events import NOW
from tests.unit.measured_world import measured_world
from tests.unit.test_ui_alerts import HOUR_S, alert
from tests.unit.ui_world import NOW as WORLD_NOW
from tests.unit.ui_world import Callbacks, components, hear_alert, props, texts

SHOWN = (NOW - 900, NOW)


@pytest.fixture
def services():
    return measured_world()


def headed(found, zone="UTC"):
    return head(found, NOW, zone, SHOWN)


def links(tree):
    return {texts(one): one.href for one in components(tree) if type(one).__name__ == "A"}


# -- what it is ------------------------------------------------------------------------------------------------------


def test_the_head_says_what_it_is_and_whose():
    found = alert("7", "CRITICAL", "acknowledged", acknowledged_until=NOW + 90, message="Pool exhausted",
                  assigned_to="ada", assigned_by="ben", assigned_at=NOW - 5, regressed=True, snoozed_by="cat",
                  silenced_by="s", stale_since=NOW - 200, source="x-simulator")
    text = texts(headed(found, "Europe/Zurich"))
    for words in ("⬣ Critical", "Pool exhausted", "Acknowledged by anna at 2027-01-15 08:59:50 CET, until "
                  "2027-01-15 09:01:30 CET (1 min left).", "Assigned to ada, by ben at 2027-01-15 08:59:55 CET.",
                  "Snoozed until it gets worse, by cat.", "Regressed: it came back after a person had resolved it.",
                  "Stale: nothing heard of its source for 3 min.", "Silenced.", "→ ada", "simulated"):
        assert words in text, words
    rest, = [one for one in components(headed(found)) if getattr(one, "data-until", None)]
    assert getattr(rest, "data-until") == f"{NOW + 90:.3f}"


@pytest.mark.parametrize(("found", "attributes"), [
    (alert("a"), ("", "active", "")), (alert("a", assigned_to="ada", snoozed_by="b"), ("ada", "active", "1")),
    (alert("a", state="resolved"), ("", "resolved", ""))])
def test_the_head_carries_what_the_actions_go_by(found, attributes):
    level = headed(found)[0]
    assert tuple(getattr(level, f"data-{name}") for name in ("assigned", "at", "snoozed")) == attributes


def test_links_lead_here_to_the_charts_and_to_a_silence():
    found = alert("7", source="pl & co", component="db", message="too  slow\nby far", age_s=60)
    button, = [one for one in components(headed(found)) if getattr(one, "data-copy", None)]
    assert getattr(button, "data-copy") == "?alert=7"
    there = urlsplit(links(headed(found))["Show in charts"])
    asked = {name: values[0] for name, values in parse_qs(there.query).items()}
    assert there.path == "../" and asked["source"] == "pl & co"
    assert asked["zoom"] == f"{(NOW - 900) * 1000:.0f},{NOW * 1000:.0f}"
    silence = urlsplit(links(headed(found))["Silence this…"])
    assert silence.path == "../alerts/silences/"
    assert parse_qs(silence.query) == {"source": ["pl & co"], "component": ["db"], "text": ["too slow by far"]}
    assert "Silence this…" not in links(headed(alert("a", state="resolved")))


@pytest.mark.parametrize(("start_s", "range_name"), [
    (100, "5m"), (800, None), (1000, "1h"), (5 * HOUR_S, "6h"), (20 * HOUR_S, "24h"), (90 * HOUR_S, "24h")])
def test_the_charts_are_asked_for_a_range_that_holds_it(start_s, range_name):
    asked = parse_qs(urlsplit(charts_link(alert("a"), NOW, (NOW - start_s, NOW))).query)
    assert asked.get("range") == (None if range_name is None else [range_name])


def test_the_overview_leads_here():
    assert links(detail(alert("7"), NOW, "UTC")) == {"Timeline and more": "alerts/?alert=7"}


# -- its story -------------------------------------------------------------------------------------------------------


def test_the_story_has_it_all():
    found = alert("7", count=12_345, notes="x" * 600, details={
        "threshold": 80, "list": [1, 2], "long": "y" * 3000, **{f"d{number}": number for number in range(60)}},
        suggested_actions=("Enlarge the pool", "Ask grace"), last_seen=NOW)
    text = texts(story(found, NOW, "UTC"))
    for words in ("Suggested actions Enlarge the pool Ask grace", "Newest note " + "x" * 600, "threshold 80",
                  "list 1, 2", "y" * 1000, "Component db", "Id 7", "Count 12,345", "(1 min ago)", "Timeline"):
        assert words in text, words[:40]
    assert "y" * 1001 not in text and "d36 36" in text and "d37" not in text


def test_what_there_is_not_has_no_heading():
    text = texts(story(alert("a"), NOW, "UTC"))
    assert not [word for word in ("Suggested", "Details", "Newest note") if word in text]


def test_the_timeline_has_time_actor_reason_states_and_note_newest_first():
    us = 1_000_000
    found = alert("7", stale_since=NOW - 5, timeline=(
        Change(int((NOW - 60) * us), "fired", "producer", "Fired, WARNING", "", "active"),
        Change(int((NOW - 50) * us), "acknowledge", "anna", "For 30 min", "active", "acknowledged", "on it"),
        Change(int((NOW - 40) * us), "unacknowledge", "anna", "By hand", "acknowledged", "active"),
        Change(int((NOW - 30) * us), "odd", "", "", "active", "active")))
    silence = Silence(id="ab", by="bert", at=NOW - 25, reason="deploy", starts=NOW - 25)
    drawn = components(story(found, NOW, "Europe/Zurich", told_of(found, (silence,), NOW)))
    items = [texts(one) for one in drawn if type(one).__name__ == "Li"]
    assert items == [
        "08:59:55 Stale Its source has been silent since; the state is the last known one",
        "08:59:35 Silenced by bert A silence is for it deploy",
        "08:59:30 odd",
        "08:59:20 Acknowledgement taken back by anna acknowledged → unacknowledged",
        "08:59:10 Acknowledged by anna For 30 min unacknowledged → acknowledged on it",
        "08:59:00 Fired by producer"]


def test_markup_is_text():
    found = alert("<b>", message="<script>x</script>", component="<i>", details={"<u>": "<s>"}, notes="<p>" * 300,
                  suggested_actions=("<a href=x>",), assigned_to="<em>")
    made = [*headed(found), *story(found, NOW, "UTC")]
    assert "<script>x</script>" in texts(made) and "<u> <s>" in texts(made)
    assert {type(one).__name__ for one in components(made)} <= {
        "A", "Button", "Dd", "Div", "Dl", "Dt", "H2", "H3", "Li", "Ol", "P", "Q", "Span", "Strong", "Time", "Ul"}
    assert all(href.startswith(("../?source=pl&", "../alerts/silences/?source=pl&")) for href in links(made).values())


# -- callbacks -------------------------------------------------------------------------------------------------------


def test_an_alert_is_opened_and_one_that_is_gone_is_said_to_be(services):
    hear_alert(services, "a", message="Pool exhausted")
    console = Callbacks(services, page=ALERTS)
    made = console.call("alert-detail.children", "alert-detail-asked.data",
                        alert_detail_asked__data={"key": services.alerts.all()[0].key, "number": 1},
                        alerts_stamp__data={"zone": "Asia/Tokyo"})
    assert "Pool exhausted" in props(made[ids.ALERT_DETAIL]["children"])
    assert "17:53:20 JST" in props(made[ids.ALERT_STORY]["children"])
    gone = console.call("alert-detail.children", "alert-detail-asked.data",
                        alert_detail_asked__data={"key": "gone", "number": 2})
    assert "There is no such alert" in props(gone[ids.ALERT_DETAIL]["children"])
    assert gone[ids.ALERT_STORY]["children"] == []
    for nothing in (None, 5, {}, ["a"], {"key": None}, {"key": ["a"]}):
        closed = console.call("alert-detail.children", "alert-detail-asked.data", alert_detail_asked__data=nothing)
        assert closed[ids.ALERT_DETAIL]["children"] == [] == closed[ids.ALERT_STORY]["children"]


def test_an_alert_that_only_the_history_has_is_opened_from_there(services, monkeypatch):
    archived = alert("old", state="resolved", message="Disk full", first_seen=WORLD_NOW - 900,
                     last_seen=WORLD_NOW - 900, resolved_at=WORLD_NOW - 600)
    monkeypatch.setattr(Services, "closed", property(lambda self: SimpleNamespace(get={"old": archived}.get)))
    made = Callbacks(services, page=ALERTS).call("alert-detail.children", "alert-detail-asked.data",
                                                 alert_detail_asked__data={"key": "old", "number": 1})
    assert "Disk full" in props(made[ids.ALERT_DETAIL]["children"])
    assert "names one of the metrics" in alert_chart(services, Asked("old"), WORLD_NOW)["why"]
