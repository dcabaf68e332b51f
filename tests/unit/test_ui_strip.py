"""The strip: the worst state first, in word, shape and tone."""

from __future__ import annotations

import pytest

from dashboard.ui.palette import LEVEL_SHAPES, LIVENESS_SHAPES, LIVENESS_TONES, STATUS_SHAPES, STATUS_TONES
from tests.unit.ui_world import NOW, ask, hear, hear_alert, hear_metrics, make_world, strict


@pytest.fixture
def services():
    return make_world()


def strip(services, **asked):
    return strict(ask(services, **asked)[0])["strip"]


def worst(services):
    found = strip(services)["worst"]
    return found["word"], found["tone"]


def live(services, score=None, source="pl"):
    hear_metrics(services, source=source, score=score, system={"cpu_percent": 5})


def test_the_worst_state_comes_first(services):
    """From quiet to the gravest: each next thing hides the one before."""
    assert worst(services) == ("No data yet", "stale")
    live(services, score=95)
    assert worst(services) == ("All quiet", "ok")
    services.clock.now += 1
    live(services, score=65)
    assert worst(services) == ("Degraded", "warning")
    services.clock.now += 1
    live(services, score=10)
    assert worst(services) == ("Critical", "critical")
    services.clock.now += 31
    assert worst(services) == ("Source delayed", "warning")
    services.clock.now += 31
    assert worst(services) == ("Source inactive", "critical")
    services.record.lost(services.clock.now, "away")
    assert worst(services) == ("No connection to Redis", "critical")
    for level in ("error", "critical", "emergency"):
        hear_alert(services, level, level=level)
        assert worst(services) == (level.capitalize(), "critical")


def test_an_unknown_level_is_shown_as_sent_and_ranks_as_a_warning(services):
    hear_alert(services, 1, level="info")
    hear_alert(services, 2, level="Purple")
    assert strip(services)["worst"] == {"tone": "warning", "shape": "◇", "word": "Purple"}


def test_the_worst_state_has_a_shape_of_its_own(services):
    hear_alert(services, 1, level="error")
    assert strip(services)["worst"] == {"tone": "critical", "shape": LEVEL_SHAPES["ERROR"], "word": "Error"}
    hear_alert(services, 2, level="error")
    assert strip(services)["worst"]["word"] == "2 × Error"


def test_acknowledged_alerts_do_not_shout(services):
    live(services, score=95)
    hear_alert(services, 1, level="emergency")
    hear_alert(services, 2, level="warning")
    key = services.alerts.find("1")[0].key
    services.alerts.acknowledge(key, "ada")
    assert worst(services) == ("Warning", "warning")
    services.alerts.resolve(services.alerts.find("2")[0].key, "ada")
    assert worst(services) == ("All quiet", "ok")
    assert strip(services)["counts"] == [["stale", "✓ acknowledged: 1 emergency"]]


def test_counts_by_severity_gravest_first(services):
    for number, level in enumerate(["info", "critical", "warning", "Purple", "critical"]):
        hear_alert(services, number, level=level)
    counts = [words for _, words in strip(services)["counts"]]
    assert counts[0] == "⬣ 2 critical" and counts[-1] == "● 1 info"
    assert {"▲ 1 warning", "◇ 1 purple"} <= set(counts)


def test_quiet_is_told_in_words(services):
    live(services)
    assert strip(services)["counts"] == [["stale", "no open alert"]]
    services.record.lost(NOW, "refused")
    assert strip(services)["counts"] == []  # nobody can know


def test_before_redis_has_told_of_its_alerts_nothing_is_said_of_them(services, monkeypatch):
    live(services)
    monkeypatch.setattr(type(services.alerts), "connected", False)
    assert strip(services)["counts"] == []


@pytest.mark.parametrize(("word", "alive"), [
    ("STOPPING", "stopping"), ("stopped", "stopped"), ("starting", "starting")])
def test_a_source_that_said_it_goes_is_not_active(services, word, alive):
    live(services)
    services.clock.now += 1
    hear(services, event_type="SYSTEM_STATUS", status=word)
    shown = strip(services)
    assert shown["source"]["word"] == alive and shown["stale"]
    assert shown["worst"] == {"tone": LIVENESS_TONES[alive], "shape": LIVENESS_SHAPES[alive], "word": f"Source {alive}"}


def test_while_redis_is_away_nobody_says_whether_the_source_lives(services):
    live(services)
    services.record.lost(NOW, "away")
    shown = strip(services)
    assert shown["source"]["word"] == "cannot be heard" and shown["source"]["tone"] == "stale"
    assert shown["feed"] == {"state": "disconnected", "since": NOW, "nextTry": None}
    services.record.failed("Nothing answers", NOW + 7)
    assert ask(services)[0]["strip"]["feed"]["nextTry"] == NOW + 7


@pytest.mark.parametrize(("ahead_s", "told"), [
    (0, None), (5, None), (-5, None), (6, "clock 6 s ahead"), (90, "clock 1 min ahead"), (-3600, "clock 1 h behind")])
def test_skew_is_told_once_it_matters(services, ahead_s, told):
    hear(services, event_type="METRIC_UPDATE", timestamp=NOW + ahead_s, metrics={"a": {"b": 1}})
    source = strip(services)["source"]
    assert source["skew"] == told
    assert source["received"] == NOW and source["word"] == "active"


def test_a_source_without_a_clock_has_no_skew(services):
    hear(services, event_type="METRIC_UPDATE", timestamp=None, metrics={"a": {"b": 1}})
    assert strip(services)["source"]["skew"] is None


@pytest.mark.parametrize("name", ["pl-simulator", "TEST", "Simulator-2"])
def test_simulated_sources_say_so(services, name):
    live(services, source=name)
    shown = strip(services)
    assert shown["source"]["simulated"]
    assert shown["sources"] == [{"value": name, "label": f"{name} (simulated)"}]


def test_without_a_source_there_is_nothing_to_choose_and_the_page_is_stale(services):
    shown = strip(services)
    assert (shown["source"], shown["stale"], shown["others"]) == (None, True, "")
    assert shown["sources"] == [{"value": "", "label": "No source yet"}]
    assert shown["alertSources"] == []


def test_other_sources_are_counted_by_state(services):
    live(services, source="old")
    services.clock.now += 90
    for name in ("pl", "second", "third"):
        live(services, source=name)
    assert strip(services, source="pl")["others"] == "· 3 more: 1 inactive, 2 active"
    services.record.lost(services.clock.now, "away")
    assert strip(services, source="pl")["others"] == "· 3 more"  # nobody knows
    services.record.subscribed()
    assert [option["value"] for option in strip(services)["sources"]] == ["old", "pl", "second", "third"]


def test_sources_of_alerts_are_offered_once_each(services):
    for name in ("b", "a", "b"):
        services.clock.now += 1
        hear_alert(services, name, source=name)
    assert [option["value"] for option in strip(services)["alertSources"]] == ["a", "b"]


def test_simulated_sources_of_alerts_say_so(services):
    hear_alert(services, 1, source="x-simulator")
    assert strip(services)["alertSources"] == [{"value": "x-simulator", "label": "x-simulator (simulated)"}]


def test_every_state_has_a_shape_and_a_tone():
    assert LIVENESS_SHAPES.keys() == LIVENESS_TONES.keys() >= {
        "active", "delayed", "inactive", "starting", "stopping", "stopped"}
    assert STATUS_SHAPES.keys() == STATUS_TONES.keys()
    assert len(set(LEVEL_SHAPES.values())) == len(LEVEL_SHAPES)
