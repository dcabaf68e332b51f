"""What draws a viewer back: the number in the title, what there is to be told of, and what happened in the meantime."""

from __future__ import annotations

import json

import pytest

from dashboard.alerts.since import since
from dashboard.ui import ids
from dashboard.ui.attention import TOLD_OF
from dashboard.ui.callbacks.frame import LOOK_BACK_S, happened
from dashboard.ui.layout.since import SHOWN, since_panel, summary
from dashboard.ui.pages import PAGES
from dashboard.ui.tick import heartbeat
from dashboard.ui.view import read_view
from tests.unit.ui_world import NOW, Callbacks, components, hear, hear_alert, make_world, texts

NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def services():
    return make_world()


def asked(services, attention=None, revisions=None):
    view = read_view({"attention": attention, "revisions": revisions or {}})
    live, _ = heartbeat(services, view, services.clock())
    return live.get("attention"), live["revisions"]


def key(services, alert_id):
    return services.alerts.find(str(alert_id))[0].key


def titles(services, level):
    return [line[3] for line in asked(services, level)[0]["fresh"]]


# -- the number ------------------------------------------------------------------------------------------------------


def test_a_page_is_told_the_number_of_unacknowledged_alerts_and_how_grave_the_worst_is(services):
    assert asked(services)[0] == {"count": 0, "tone": "ok"}
    hear_alert(services, "a", level="warning")
    hear_alert(services, "b", level="critical")
    assert asked(services)[0] == {"count": 2, "tone": "critical"}
    services.alerts.acknowledge(key(services, "b"), "grace")
    assert asked(services)[0] == {"count": 1, "tone": "warning"}


def test_it_is_sent_only_when_it_changes(services):
    hear_alert(services, "a")
    _, revisions = asked(services)
    services.clock.now += 5
    hear_alert(services, "a")  # one more occurrence
    assert asked(services, None, revisions) == (None, asked(services, None, revisions)[1])
    assert "attention" not in asked(services, None, revisions)[1]
    _, told = asked(services, "INFO", revisions)
    assert asked(services, "INFO", told)[0] is None
    assert asked(services, "ERROR", told)[0]["level"] == "ERROR"


# -- what there is to be told of -------------------------------------------------------------------------------------


def test_only_who_wants_to_be_told_gets_the_alerts_from_a_level_up(services):
    for level in ("info", "warning", "error", "critical", "emergency", "odd"):
        hear_alert(services, level, level=level, message=level)
    assert "fresh" not in asked(services)[0]
    assert set(titles(services, "ERROR")) == {"error", "critical", "emergency"}
    assert set(titles(services, "WARNING")) == {"warning", "odd", "error", "critical", "emergency"}
    line, = asked(services, "EMERGENCY")[0]["fresh"]
    assert line == [key(services, "emergency"), "critical", "✖ Emergency", "emergency", "database · pl", NOW * 1_000]


@pytest.mark.parametrize("level", ["LOUD", "error", 5, ["ERROR"], ""])
def test_a_level_that_is_none_asks_for_nothing(services, level):
    hear_alert(services, "a", level="emergency")
    assert asked(services, level)[0] == {"count": 1, "tone": "critical"}


def test_nobody_is_told_of_what_is_taken_on_silenced_snoozed_or_flapping(services):
    for alert_id in ("taken", "silenced", "snoozed", "news"):
        hear_alert(services, alert_id, message=alert_id)
    services.alerts.acknowledge(key(services, "taken"), "grace", until=NOW + 60)
    services.alerts.silence({"text": "silenced", "until": NOW + 60}, "grace")
    services.alerts.snooze(key(services, "snoozed"), "grace", NOW + 60)
    for number in range(4):
        hear_alert(services, "flapping", message="flapping", at=NOW - 100 + number)
        hear(services, NOW - 99.5 + number, event_type="ALERT_RESOLVED", alert_id="flapping")
    hear_alert(services, "flapping", message="flapping", at=NOW - 1)
    assert titles(services, "INFO") == ["news"]
    services.clock.now += 61  # the true state speaks
    assert set(titles(services, "INFO")) == {"taken", "silenced", "snoozed", "news"}


def test_the_newest_are_told_and_what_comes_back_counts_as_new(services):
    for number in range(TOLD_OF + 5):
        hear_alert(services, number, message=f"m{number}", at=NOW + number)
    services.clock.now += 100
    assert titles(services, "INFO") == [f"m{number}" for number in range(TOLD_OF + 4, 4, -1)]
    told = asked(services, "INFO")[0]
    assert told["older"] == told["fresh"][-1][-1] == (NOW + 5) * 1_000  # what moves up later is older than that
    services.alerts.acknowledge(key(services, 0), "grace", until=NOW + 160)
    services.clock.now += 100
    assert titles(services, "INFO")[0] == "m0"
    for number in range(1, 6):
        services.alerts.acknowledge(key(services, number), "grace")
    assert len(titles(services, "INFO")) == TOLD_OF and "older" not in asked(services, "INFO")[0]


def test_what_waits_again_has_another_mark_and_so_is_told_again(services):
    hear_alert(services, "a")
    (first, *_), = asked(services, "INFO")[0]["fresh"]
    services.clock.now += 1
    hear_alert(services, "a")  # one more occurrence is no news
    assert [line[0] for line in asked(services, "INFO")[0]["fresh"]] == [first] == [key(services, "a")]
    services.alerts.acknowledge(first, "grace", until=NOW + 60)
    services.clock.now += 61
    (again, *_), = asked(services, "INFO")[0]["fresh"]
    assert again != first and again.split("#")[0] == first


def test_long_words_are_cut_and_markup_is_a_text(services):
    hear_alert(services, "a", message=NASTY + "x" * 5_000, component=NASTY + "y" * 500)
    live = asked(services, "INFO")[0]
    assert len(json.dumps(live)) < 600 and live["fresh"][0][3].startswith(NASTY)


# -- since you last looked -------------------------------------------------------------------------------------------


def panel(services, zone="UTC", person="ada", **more):
    return happened(services, {"since": NOW - 3_600, "until": NOW + 1_000, "zone": zone} | more, person, "./")


def test_the_panel_tells_what_fired_what_cleared_and_what_colleagues_did(services):
    hear_alert(services, "a", message="pool empty", level="critical", at=NOW - 60)
    hear_alert(services, "b", message="queue long", at=NOW - 50)
    hear(services, NOW - 20, event_type="ALERT_RESOLVED", alert_id="b")
    services.alerts.acknowledge(key(services, "a"), "grace", "on it")
    services.alerts.silence({"text": "pool", "until": NOW + 60, "reason": "deploy"}, "grace")
    text = texts(panel(services, "Europe/Zurich"))
    for words in ("Since you last looked 09:53:20, away for 1 h",
                  "2 fired, 1 of them over · 1 cleared by itself · grace acknowledged 1, made a silence",
                  "pool empty 10:52:20 · acknowledged", "queue long 10:53:00, after 30 s",
                  "grace acknowledged ⬣ pool empty 10:53:20 · For 30 min · “on it”",
                  "grace made a silence text pool 10:53:20 · “deploy”"):
        assert words in text, words
    links = {one.href for one in components(panel(services)) if type(one).__name__ == "A"}
    assert links == {f"./?alert={key(services, alert_id)}" for alert_id in ("a", "b")}
    assert panel(services, person="grace") and "Colleagues" not in texts(panel(services, person="grace"))


def test_where_nothing_happened_nothing_is_shown(services):
    hear_alert(services, "a", at=NOW - 7_200)
    assert panel(services) == []


@pytest.mark.parametrize("question", [
    {}, 5, {"since": "x"}, {"since": NOW, "until": NOW}, {"since": NOW, "until": NOW - 5}, {"since": True},
    {"since": float("nan"), "until": NOW}, {"since": float("-inf"), "until": NOW}])
def test_a_question_that_makes_no_sense_has_no_answer(services, question):
    hear_alert(services, "a")
    more = question if isinstance(question, dict) else {}
    assert happened(services, {"until": NOW + 9} | more if more else question, "ada", "./") == []


def test_looking_back_has_an_end(services):
    hear_alert(services, "a", at=NOW - LOOK_BACK_S - 60)
    hear_alert(services, "b", at=NOW - LOOK_BACK_S + 60)
    assert "1 fired, it is still open" in texts(panel(services, since=1.0))


def test_lists_are_bounded_and_numbers_tell_of_all(services):
    for number in range(SHOWN + 7):
        hear_alert(services, number)
    text = texts(panel(services))
    assert f"{SHOWN + 7} fired, all still open" in text and "and 7 more" in text


def test_markup_of_people_and_producers_is_text(services):
    hear_alert(services, NASTY, message=NASTY, component=NASTY)
    services.alerts.acknowledge(key(services, NASTY), NASTY, NASTY)
    services.alerts.silence({"text": NASTY, "until": NOW + 60, "reason": NASTY}, NASTY)
    made = panel(services)
    assert texts(made).count(NASTY) == 8
    assert {type(one).__name__ for one in components(made)} <= {
        "Details", "Summary", "H2", "H3", "Span", "Div", "Ul", "Li", "A", "P"}


def test_several_silences_and_several_ends_in_words(services):
    for _ in range(2):
        made = services.alerts.silence({"text": "x", "until": NOW + 60}, "grace")
    services.alerts.end_silence(made.id, "bert")
    found = since((), services.alerts.silences(), NOW - 1, NOW, "ada")
    assert summary(found) in ("bert ended a silence · grace made 2 silences",
                              "grace made 2 silences · bert ended a silence")
    assert since_panel(found, NOW, "UTC", "./")


@pytest.mark.parametrize("page", [one.name for one in PAGES])
def test_every_page_is_told_who_looks_and_can_ask(services, page):
    hear_alert(services, "a")
    callbacks = Callbacks(services, user="grace", page=page)
    first = callbacks.call("person.data", "since-asked.data")
    assert first == {ids.PERSON: {"data": "grace"}}
    made = callbacks.call("person.data", "since-asked.data", since_asked__data={
        "since": NOW - 60, "until": NOW + 1, "zone": "UTC"})
    assert "1 fired" in str(made[ids.SINCE]["children"])
    assert callbacks.call("person.data", "since-asked.data", since_asked__data={})[ids.SINCE]["children"] == []
