"""What lies over every chart: spans of alerts in their lane, gaps of the feed with their cause."""

from __future__ import annotations

import pytest

from dashboard.ui.layers import SPANS_DRAWN, TEXT_LIMIT
from tests.unit.ui_world import NOW, Screen, ask, hear_alert, hear_metrics, make_world, strict


@pytest.fixture
def services():
    services = make_world()
    hear_metrics(services, system={"cpu_percent": 1})
    return services


def lane(services, **asked):
    return strict(ask(services, **asked)[0])["lane"]


def test_an_open_alert_is_a_span_without_an_end(services):
    hear_alert(services, "a", level="critical", at=NOW - 60, message="Pool exhausted")
    key = services.alerts.all()[0].key  # a click leads to it
    assert lane(services) == [[(NOW - 60) * 1000, None, "critical", "Critical: Pool exhausted", key]]


def test_a_resolved_alert_ends(services):
    hear_alert(services, "a", at=NOW - 60)
    services.alerts.resolve(services.alerts.find("a")[0].key, "ada")
    assert lane(services)[0][:4] == [(NOW - 60) * 1000, NOW * 1000, "warning", "Warning: slow"]


def test_spans_are_in_the_viewers_time(services):
    hear_alert(services, "a")
    assert lane(services, zone="Asia/Tokyo")[0][0] == (NOW + 9 * 3600) * 1000


def test_only_alerts_of_this_source_within_the_range_are_drawn(services):
    hear_alert(services, "old", at=NOW - 5000)
    services.alerts.resolve(services.alerts.find("old")[0].key, "ada")
    services.clock.now += 3000
    hear_alert(services, "open", at=NOW - 5000)
    hear_alert(services, "other", source="other")
    assert len(lane(services, source="pl", range_name="15m")) == 1
    assert len(lane(services, source="pl", range_name="1h")) == 2


def test_the_gravest_is_drawn_last_on_top(services):
    for number, level in enumerate(["critical", "info", "warning"]):
        hear_alert(services, number, level=level)
    assert [span[2] for span in lane(services)] == ["info", "warning", "critical"]


def test_an_alert_without_words_is_named_by_its_id_and_markup_is_text(services):
    hear_alert(services, "<b>7</b>", message="")
    hear_alert(services, "8", message="<a href='javascript:alert(1)'>click</a>" + "x" * 500)
    said = [span[3] for span in lane(services)]
    assert not any("<" in words for words in said)
    assert any("7" in words for words in said)


def test_the_lane_is_bounded(services):
    for number in range(SPANS_DRAWN + 20):
        hear_alert(services, number, message="y" * 1000)
    spans = lane(services)
    assert len(spans) == SPANS_DRAWN
    assert max(len(span[3]) for span in spans) <= TEXT_LIMIT


@pytest.mark.parametrize("moment", [
    0, -1, -5e9, -62_135_596_800, "0001-01-01T00:00:00", "1969-07-20T20:17:00Z", 4e10, 2e12])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Zurich", "America/New_York"])
def test_an_alert_of_any_age_can_be_drawn(services, moment, zone):
    hear_alert(services, "a", timestamp=moment, at=NOW)
    strict(ask(services, zone=zone)[0])


def test_a_gap_has_its_cause(services):
    services.record.lost(NOW - 30, "Redis closed the connection")
    assert ask(services)[0]["gaps"] == [[(NOW - 30) * 1000, None, "Redis closed the connection"]]
    services.record.subscribed()
    assert ask(services)[0]["gaps"] == [[(NOW - 30) * 1000, NOW * 1000, "Redis closed the connection"]]


def test_a_gap_before_the_range_is_not_drawn(services):
    services.record.lost(NOW - 30, "away")
    services.record.subscribed()
    services.clock.now += 901
    assert ask(services, range_name="15m")[0]["gaps"] == []
    assert len(ask(services, range_name="1h")[0]["gaps"]) == 1


def test_layers_come_only_when_they_changed(services):
    screen = Screen(services)
    hear_alert(services, "a")
    assert {"lane", "gaps"} <= screen.tick()[0].keys()
    services.clock.now += 5
    hear_metrics(services, system={"cpu_percent": 1})
    assert not {"lane", "gaps"} & screen.tick()[0].keys()
    hear_alert(services, "b")
    live, _ = screen.tick()
    assert "lane" in live and "gaps" not in live
    services.record.lost(services.clock.now, "away")
    live, _ = screen.tick()
    assert "gaps" in live and "lane" not in live
    screen.view["zone"] = "Asia/Tokyo"
    assert {"lane", "gaps"} <= screen.tick()[0].keys()
    screen.view["range"] = "1h"
    assert {"lane", "gaps"} <= screen.tick()[0].keys()


def test_a_rising_count_of_an_alert_draws_nothing_anew(services):
    screen = Screen(services)
    hear_alert(services, "a")
    screen.tick()
    services.clock.now += 1
    hear_alert(services, "a")
    assert "lane" not in screen.tick()[0]
