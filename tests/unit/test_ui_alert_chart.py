"""The chart of one alert: of which metric, over which time, out of memory or the history; and why there is none."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.history.answers import READY, HistoryUnavailable, UnknownMetric, UnknownSource, WindowError
from dashboard.metrics.window import Window
from dashboard.ui import ids
from dashboard.ui.alert_chart import GAPS_DRAWN, POINTS, SAMPLES, Asked, alert_chart, read_asked, window_of
from dashboard.ui.navigation import ALERTS
from tests.alert_events import NOW
from tests.unit.measured_world import measured_world
from tests.unit.test_ui_alerts import HOUR_S, alert
from tests.unit.ui_world import NOW as WORLD_NOW
from tests.unit.ui_world import Callbacks, hear, hear_alert, hear_metrics, make_world, strict

MINUTE_S = 60


@pytest.fixture
def services():
    return measured_world()


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

    def __init__(self, ring, window=None, names=(), error=None):
        self.asked, self._window, self._names, self._error = [], window, names, error
        self.status = SimpleNamespace(state=READY)
        self.metrics = SimpleNamespace(samples=self._samples, metrics=self._metrics, ring=ring.still())

    def look(self):
        return nullcontext(self)

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
    history = Past(services.ring, past(old - 500, {"orders.pool_size": 7.0}), ["orders.pool_size"])
    services = replace(services, history=history)
    made = chart(services)
    assert made["figure"]["data"][0]["y"] == [7.0] * 100 and "named in its message" in made["caption"]
    (source, metrics, start, end, points), = history.asked
    assert (source, metrics, points) == ("pl", ("orders.pool_size",), SAMPLES) and start == old - 900
    hear_metrics(services, WORLD_NOW, system={"cpu_percent": 1})  # what is over is not drawn anew
    assert chart(services, mark=made["mark"]) is None


def test_memory_is_cut_once_for_a_chart(services, monkeypatch):
    hear_alert(services, "a", message="CPU is high", at=WORLD_NOW - 300)
    cut, cuts = services.ring.cut, []
    monkeypatch.setattr(services.ring, "cut", lambda source: cuts.append(source) or cut(source))
    assert chart(services)["figure"] is not None
    assert cuts == ["pl"]


@pytest.mark.parametrize("error", [UnknownMetric(("x",)), HistoryUnavailable("away"), WindowError("odd")])
def test_a_history_that_is_away_leaves_what_memory_has(services, error):
    hear_alert(services, "a", message="CPU", at=WORLD_NOW - 1000)
    services = replace(services, history=Past(services.ring, error=error))
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
