"""One alert in full beside the table: what it is, its story, its chart, and the links that lead to and from it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from dashboard.alerts.silences import Silence
from dashboard.alerts.story import story as told_of
from dashboard.alerts.timeline import Change
from dashboard.history.answers import READY, HistoryUnavailable, UnknownMetric, UnknownSource, WindowError
from dashboard.metrics.window import Window
from dashboard.services import Services
from dashboard.ui import ids
from dashboard.ui.alert_chart import GAPS_DRAWN, POINTS, SAMPLES, Asked, alert_chart, read_asked, window_of
from dashboard.ui.alert_rows import detail
from dashboard.ui.layout.alert_detail import charts_link, head, story
from dashboard.ui.navigation import ALERTS
from tests.alert_events import NOW
from tests.unit.test_ui_alerts import alert
from tests.unit.ui_world import NOW as WORLD_NOW
from tests.unit.ui_world import (
    Callbacks,
    components,
    hear,
    hear_alert,
    hear_metrics,
    make_world,
    props,
    strict,
    texts,
)

MINUTE_S, HOUR_S = 60, 3600
SHOWN = (NOW - 900, NOW)


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


# -- its chart -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fields", "before_s", "after_s"), [
    ({"age_s": 60}, 15 * MINUTE_S, 60), ({"age_s": 2 * HOUR_S}, HOUR_S, 2 * HOUR_S),
    ({"age_s": 20 * HOUR_S}, 2 * HOUR_S, 20 * HOUR_S), ({"age_s": -30}, 15 * MINUTE_S, MINUTE_S),
    ({"age_s": 4 * HOUR_S, "state": "resolved", "resolved_at": NOW - 3 * HOUR_S}, HOUR_S / 2, HOUR_S * 1.25)])
def test_the_window_reaches_before_it_and_a_little_beyond_its_end(fields, before_s, after_s):
    found = alert("a", **fields)
    assert window_of(found, NOW) == (found.first_seen - before_s, found.first_seen + after_s)


@pytest.mark.parametrize(("asked", "read"), [
    (None, None), ({}, None), ({"key": 5}, None), ({"key": "x" * 201}, None), ({"key": "a"}, Asked("a")),
    ({"key": "a", "zone": "Asia/Tokyo", "mark": "m"}, Asked("a", "Asia/Tokyo", "m")),
    ({"key": "a", "zone": 5, "mark": []}, Asked("a"))])
def test_what_is_asked_of_the_chart(asked, read):
    assert read_asked(asked) == read


@pytest.fixture
def services():
    services = make_world()
    for number in range(240, 0, -1):
        at = WORLD_NOW - number * 5
        hear_metrics(services, at, system={"cpu_percent": 40.0 + number % 7}, application={"cache_hit_rate": 0.93},
                     worker={"jobs_total": (240 - number) * 10})
    return services


def chart(services, alert_id="a", zone="UTC", mark=""):
    return strict(alert_chart(services, Asked(services.alerts.find(alert_id)[0].key, zone, mark), services.clock()))


def test_the_chart_is_of_the_metric_it_names_with_trigger_and_threshold(services):
    hear_alert(services, "a", message="CPU is above 85 %", at=WORLD_NOW - 300, level="critical",
               details={"threshold": 85, "current_value": 91, "unit": "%"})
    made = chart(services)
    assert made["caption"] == "CPU (system.cpu_percent), named in its message" and made["why"] == ""
    line, limit = made["figure"]["data"]
    assert len(made["x"]) == len(line["y"]) == 240 and line["y"][0] == 40.0 + 240 % 7
    assert (made["base"] + made["x"][-1] * 100) / 1000 == WORLD_NOW - 5
    assert limit["y"] == [85, 85] and limit["x"] == ["2025-10-09T08:33:20.000", "2025-10-09T08:53:20.000"]
    assert made["figure"]["layout"]["xaxis"]["range"] == limit["x"]
    fired = [shape for shape in made["figure"]["layout"]["shapes"] if shape["name"] == "fired"]
    assert [shape["x0"] for shape in fired] == ["2025-10-09T08:48:20.000"]
    assert [note["text"] for note in made["figure"]["layout"]["annotations"]] == ["fired", "limit 85 %"]
    assert chart(services, zone="Asia/Tokyo")["figure"]["layout"]["xaxis"]["range"][1] == "2025-10-09T17:53:20.000"


def test_the_same_chart_is_not_sent_twice(services):
    hear_alert(services, "a", message="CPU is high", at=WORLD_NOW - 300)
    mark = chart(services)["mark"]
    assert chart(services, mark=mark) is None
    hear_metrics(services, WORLD_NOW, system={"cpu_percent": 99})
    assert chart(services, mark=mark)["figure"]["data"][0]["y"][-1] == 99
    mark = chart(services)["mark"]
    services.alerts.resolve(services.alerts.all()[0].key, "ada")
    made = chart(services, mark=mark)
    assert [shape["name"] for shape in made["figure"]["layout"]["shapes"]] == ["open", "fired", "ended"]


def test_shares_are_drawn_as_percent_and_counters_as_rates_without_a_threshold(services):
    hear_alert(services, "a", message="Cache hit rate is low", at=WORLD_NOW - 60, details={"threshold": 0.95})
    made = chart(services)
    assert made["figure"]["data"][0]["y"][-1] == 93 and made["figure"]["data"][1]["y"] == [95, 95]
    hear_alert(services, "b", message="worker.jobs_total stands still", at=WORLD_NOW - 60, details={"threshold": 5})
    made = chart(services, "b")
    assert made["figure"]["data"][0]["y"][-1] == 2 and len(made["figure"]["data"]) == 1


@pytest.mark.parametrize(("alert_id", "fields", "words"), [
    ("a", {"message": "Something is odd"}, "nothing it says names one of the metrics of its source"),
    ("b", {"message": "CPU", "source": "silent"}, "no metrics of silent are kept here"),
    ("c", {"message": "CPU", "at": WORLD_NOW - 20 * HOUR_S, "over": True}, "has no samples left of that time")])
def test_where_there_is_no_chart_it_says_why(services, alert_id, fields, words):
    over = fields.pop("over", False)
    hear_alert(services, alert_id, **fields)
    if over:  # resolved by its producer long ago
        services.intake.accept(b'{"event_type": "ALERT_RESOLVED", "source": "pl", "alert_id": "c", "timestamp": %d}'
                               % (WORLD_NOW - 19 * HOUR_S), services.clock())
        services.clock.now += 10 * HOUR_S
    made = chart(services, alert_id)
    assert words in made["why"] and made["figure"] is None


class Past:
    """A history of one source; what its reader is asked is kept."""

    def __init__(self, window=None, names=(), error=None):
        self.asked, self._window, self._names, self._error = [], window, names, error
        self.status = SimpleNamespace(state=READY)
        self.metrics = SimpleNamespace(samples=self._samples, metrics=self._metrics)

    def _samples(self, source, metrics, start, end, points):
        self.asked.append((source, tuple(metrics), start, end, points))
        if self._error is not None:
            raise self._error
        return self._window, False

    def _metrics(self, source):
        if not self._names:
            raise UnknownSource(source)
        return [SimpleNamespace(name=name) for name in self._names]


def past(start, values):
    times = start + np.arange(100) * 10.0
    columns = {name: np.full(100, value) for name, value in values.items()}
    return Window("pl", "", 0, times, columns, np.zeros(100, dtype=np.int64))


def test_what_memory_does_not_reach_comes_from_the_history(services):
    old = WORLD_NOW - 5 * HOUR_S
    hear_alert(services, "a", message="Pool size of the orders", at=old)
    hear(services, WORLD_NOW, event_type="ALERT_RESOLVED", alert_id="a", timestamp=old + 60)
    history = Past(past(old - 500, {"orders.pool_size": 7.0}), ["orders.pool_size"])
    services = replace(services, history=history)
    made = chart(services)
    assert made["figure"]["data"][0]["y"] == [7.0] * 100 and "named in its message" in made["caption"]
    (source, metrics, start, end, points), = history.asked
    assert (source, metrics, points) == ("pl", ("orders.pool_size",), SAMPLES) and start == old - 900
    hear_metrics(services, WORLD_NOW, system={"cpu_percent": 1})  # what is over is not drawn anew
    assert chart(services, mark=made["mark"]) is None


@pytest.mark.parametrize("error", [UnknownMetric(("x",)), HistoryUnavailable("away"), WindowError("odd")])
def test_a_history_that_is_away_leaves_what_memory_has(services, error):
    hear_alert(services, "a", message="CPU", at=WORLD_NOW - 1000)
    services = replace(services, history=Past(error=error))
    assert len(chart(services)["x"]) == 240
    hear_alert(services, "b", message="CPU", at=WORLD_NOW - 60)  # memory reaches back far enough: nobody waits
    assert len(chart(services, "b")["x"]) > 100 and len(services.history.asked) == 1


def test_gaps_of_the_feed_are_drawn_and_bounded(services):
    hear_alert(services, "a", message="CPU is high", at=WORLD_NOW - 300)
    for number in range(GAPS_DRAWN + 5):
        services.record.lost(WORLD_NOW - 200 + number, "away")
        services.record.subscribed()
    services.clock.now += 1
    names = [shape["name"] for shape in chart(services)["figure"]["layout"]["shapes"]]
    assert names.count("gap") == GAPS_DRAWN


def test_a_long_alert_has_a_bounded_number_of_points():
    services = make_world(rows=20_000)
    for number in range(4 * 720, 0, -1):
        hear_metrics(services, WORLD_NOW - number * 5, system={"cpu_percent": number % 50})
    hear_alert(services, "a", message="CPU", at=WORLD_NOW - 4 * HOUR_S)
    assert len(chart(services)["x"]) <= POINTS


@pytest.mark.parametrize("at", [1.0, 86_400.0, 4e9, 3.9e10])
def test_an_alert_of_any_age_can_be_drawn(services, at):
    hear_alert(services, "a", message="CPU", timestamp=at, at=WORLD_NOW)
    strict(alert_chart(services, Asked(services.alerts.find("a")[0].key, "America/New_York"), services.clock()))


def test_markup_in_a_metrics_name_is_text_for_plotly(services):
    name = "<b>odd</b> load"
    hear_metrics(services, WORLD_NOW, **{name: {"<i>x</i>_ms": 5.0}})
    hear_alert(services, "a", details={"metric": f"{name}.<i>x</i>_ms", "threshold": "<u>5</u>"})
    made = chart(services)
    assert "<" not in made["figure"]["data"][0]["name"]


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


def test_the_chart_comes_when_it_is_asked_for(services):
    hear_alert(services, "a", message="CPU is high")
    console, key = Callbacks(services, page=ALERTS), services.alerts.all()[0].key
    made = console.call("alert-chart-data.data", "alert-chart-asked.data", alert_chart_asked__data={"key": key})
    data = made[ids.ALERT_CHART_DATA]["data"]
    assert data["key"] == key and data["figure"] is not None
    again = console.call("alert-chart-data.data", "alert-chart-asked.data",
                         alert_chart_asked__data={"key": key, "mark": data["mark"]})
    assert not again
    assert not console.call("alert-chart-data.data", "alert-chart-asked.data", alert_chart_asked__data=None)
    gone = console.call("alert-chart-data.data", "alert-chart-asked.data", alert_chart_asked__data={"key": "gone"})
    assert gone[ids.ALERT_CHART_DATA]["data"]["figure"] is None
