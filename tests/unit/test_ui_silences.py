"""The page of silences: what its form asks for, what it would hit, what its list says, and what a person is told."""

from __future__ import annotations

import json

import pytest

from dashboard.alerts.silences import read_silence
from dashboard.ui import ids
from dashboard.ui.layout.silence_list import OVER, PLANNED, RUNNING, again, grouped, silence_list, silences_over
from dashboard.ui.layout.silence_preview import NOTHING_NAMED, SHOWN
from dashboard.ui.navigation import SILENCES
from dashboard.ui.silence_form import wanted
from tests.unit.ui_world import NOW, Callbacks, components, hear_alert, make_world, props, texts

HOUR_S = 3_600
FORM = {"levels": ["WARNING"], "source": " pl ", "component": "", "text": "pool", "reason": "deploy", "kind": "once",
        "span": "1h", "starts": "", "until": "", "days": [], "from": "22:00", "to": "06:00", "zone": "Europe/Zurich"}
NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def services():
    return make_world()


@pytest.fixture
def page(services):
    return Callbacks(services, page=SILENCES)


def make(silence_id="s1", by="anna", now=NOW, **body):
    return read_silence({"levels": ["warn"], "until": now + HOUR_S} | body, silence_id=silence_id, by=by, now=now)


# -- the form --------------------------------------------------------------------------------------------------------


def test_a_form_for_a_time():
    asked = wanted(FORM, "Europe/Zurich", NOW)
    assert asked == {"levels": ["WARNING"], "source": "pl", "component": "", "text": "pool", "reason": "deploy",
                     "starts": None, "until": NOW + HOUR_S}
    assert wanted(FORM | {"span": "1d"}, "UTC", NOW)["until"] == NOW + 24 * HOUR_S


def test_times_that_are_typed_go_by_the_viewers_clock():
    asked = wanted(FORM | {"starts": "2025-10-10T10:00", "span": "4h"}, "Europe/Zurich", NOW)
    assert asked["starts"] == 1_760_083_200.0  # 08:00 UTC
    assert asked["until"] == asked["starts"] + 4 * HOUR_S
    custom = wanted(FORM | {"span": "custom", "until": "2025-10-10T10:00:30"}, "UTC", NOW)
    assert custom["until"] == 1_760_090_430.0


def test_a_weekly_window_has_days_hours_and_a_zone_and_needs_no_end():
    weekly = FORM | {"kind": "weekly", "days": ["sun", "sat", "x"], "from": "22:00:00"}
    asked = wanted(weekly, "UTC", NOW)
    assert asked["until"] is None
    assert asked["weekly"] == {"days": ["sat", "sun"], "from": "22:00", "to": "06:00", "zone": "Europe/Zurich"}
    assert wanted(weekly | {"zone": ""}, "Asia/Tokyo", NOW)["weekly"]["zone"] == "Asia/Tokyo"
    assert wanted(weekly | {"until": "2025-12-01T00:00"}, "UTC", NOW)["until"] == 1_764_547_200.0


@pytest.mark.parametrize(("more", "words"), [
    ({"span": "custom"}, "Say until when"), ({"span": None}, "Say for how long"),
    ({"span": ["1h"]}, "Say for how long"),
    ({"starts": "soon"}, "The start is no date and time"), ({"until": "99999-01-01T00:00"}, "The end is no date"),
    ({"kind": "weekly"}, "Choose a day"), ({"kind": "weekly", "days": ["mon"], "to": ""}, "from when to when"),
    ({"kind": "weekly", "days": "mon"}, "Choose a day")])
def test_what_is_missing_is_said_in_words(more, words):
    with pytest.raises(ValueError, match=words):
        wanted(FORM | more, "UTC", NOW)


# -- the list --------------------------------------------------------------------------------------------------------


def test_silences_are_grouped_by_what_they_do_now():
    running, later = make("r"), make("p", starts=NOW + 60)
    endless = make("w", until=None, weekly={"days": ["thu"], "from": "08:00", "to": "09:00"})  # NOW is Thu 08:53 UTC
    asleep = make("a", until=None, weekly={"days": ["mon"], "from": "08:00", "to": "09:00"})
    groups = grouped((endless, asleep, later, running), NOW)
    assert [silence.id for silence in groups[RUNNING]] == ["r", "w"]
    assert [silence.id for silence in groups[PLANNED]] == ["a", "p"]
    assert [silence.id for silence in grouped((make("o", now=NOW - 2 * HOUR_S), running), NOW)[OVER]] == ["o"]


def said(*silences, now=NOW, hits=None, zone="UTC"):
    return texts([*silence_list(silences, hits or {}, now, zone), *silences_over(silences, now, zone)])


def test_each_says_what_when_who_and_how_many():
    text = said(make(levels=["warn", "info"], source="x-simulator", component="db", text="pool", reason="deploy"),
                hits={"s1": 12}, zone="Europe/Zurich")
    for words in ("Running 1", "▲ Warning", "● Info", "source x-simulator (simulated)", "component db", "text pool",
                  "until 11:53:20 (1 h left)", "hits 12 open alerts now", "“deploy”", "by anna, 10:53:20", "End"):
        assert words in text, words
    assert "hits no open alert now" in said(make()) and "hits 1 open alert now" in said(make(), hits={"s1": 1})


@pytest.mark.parametrize(("body", "words"), [
    ({"starts": NOW + 60, "until": NOW + HOUR_S}, "from 08:54:20 (in 1 min) until 09:53:20"),
    ({"until": None, "weekly": {"days": ["sat", "fri"], "from": "22:00", "to": "06:00", "zone": "Europe/Berlin"}},
     "Fri, Sat 22:00 to 06:00 Europe/Berlin"),
    ({"until": NOW + HOUR_S, "weekly": {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00",
                                        "to": "24:00"}}, "every day 00:00 to 00:00 UTC, until 09:53:20 (1 h left)"),
    ({"starts": NOW + 86_400, "until": None, "weekly": {"days": ["mon"], "from": "01:00", "to": "02:00"}},
     "from 2025-10-10 08:53:20, Mon 01:00 to 02:00 UTC")])
def test_when_a_silence_counts_in_words(body, words):
    assert words in said(make(**body))


def test_one_that_is_not_running_would_hit():
    assert "Planned 1" in said(make(starts=NOW + 60), hits={"s1": 2})
    assert "would hit 2 open alerts now" in said(make(starts=NOW + 60), hits={"s1": 2})


def test_what_is_over_says_who_ended_it_and_can_be_used_again(services):
    silence = services.alerts.silence({"levels": ["warn"], "source": "a&b", "text": "x y", "until": NOW + 60}, "anna")
    services.alerts.end_silence(silence.id, "bert")
    over = services.alerts.silences()
    assert "Over (1)" in said(*over) and "ended by bert at 08:53:20" in said(*over)
    assert again(over[0]) == "level=WARNING&source=a%26b&text=x+y"
    assert "ran out at 08:53:20" in said(make(now=NOW - HOUR_S))
    assert "No silence is running or planned" in said()


def test_markup_in_a_silence_is_text():
    made = silence_list([make(source=NASTY, component=NASTY, text=NASTY, reason=NASTY, by=NASTY)], {}, NOW, "UTC")
    assert texts(made).count(NASTY) == 5
    assert again(make(text=NASTY)) == "level=WARNING&text=%3Cimg+src%3Dx+onerror%3Dalert%281%29%3E"
    assert {type(one).__name__ for one in components(made)} <= {"H3", "Ul", "Li", "Div", "Span", "Strong", "Button"}


# -- the tick --------------------------------------------------------------------------------------------------------


def tick(page, **asked):
    made = page.call("live.data", "tick.data", tick__data={"zone": "UTC"} | asked)
    return made, made[ids.LIVE]["data"]["revisions"]


def test_the_list_comes_with_a_tick_and_only_when_it_changed(page, services):
    hear_alert(services, "a", component="pool")
    silence = services.alerts.silence({"component": "pool", "until": NOW + HOUR_S}, "grace")
    made, revisions = tick(page)
    assert "hits 1 open alert now" in props(made[ids.SILENCE_LIST]["children"])
    assert [one["props"]["value"] for one in made[ids.SILENCE_COMPONENTS]["children"]] == ["pool"]
    services.clock.now += 5
    made, _ = tick(page, revisions=revisions)
    assert set(made) == {ids.LIVE} and "silences" in made[ids.LIVE]["data"]  # 59 min are left
    services.clock.now += 5
    revisions |= made[ids.LIVE]["data"]["revisions"]
    assert "silences" not in tick(page, revisions=revisions)[0][ids.LIVE]["data"]
    services.alerts.end_silence(silence.id, "ada")
    made, _ = tick(page, revisions=revisions)
    assert "No silence is running" in props(made[ids.SILENCE_LIST]["children"])
    assert "ended by ada" in props(made[ids.SILENCES_OVER]["children"])
    assert made[ids.LIVE]["data"]["silences"] == {} and ids.SILENCE_SOURCES not in made


def test_what_a_silence_hits_changes_in_words_and_not_under_the_hand(page, services):
    hear_alert(services, "a", component="pool")
    silence = services.alerts.silence({"component": "pool", "until": NOW + HOUR_S}, "grace")
    _, revisions = tick(page)
    hear_alert(services, "b", component="pool")
    made, more = tick(page, revisions=revisions)
    assert set(made) == {ids.LIVE}
    assert made[ids.LIVE]["data"]["silences"] == {silence.id: ["until 09:53:20 (1 h left)", "hits 2 open alerts now"]}
    services.clock.now += HOUR_S
    made, _ = tick(page, revisions=revisions | more)
    assert "ran out at" in props(made[ids.SILENCES_OVER]["children"])


# -- the preview -----------------------------------------------------------------------------------------------------


def previewed(page, **form):
    values = {f"silence_{name}__value": value for name, value in form.items()}
    made = page.call("silence-hits.children", "silence-text.value", **values)
    return made[ids.SILENCE_HITS]["children"], made[ids.SILENCE_PREVIEW]["children"]


def test_the_preview_tells_the_number_and_the_alerts_before_anything_is_made(page, services):
    for number in range(SHOWN + 5):
        hear_alert(services, number, message=f"pool {number}")
    hear_alert(services, "odd", level="critical", message=NASTY, component="feed")
    told, alerts = previewed(page, text="pool")
    assert told == f"Would silence {SHOWN + 5} of {SHOWN + 6} open alerts."
    assert props(alerts).count("Warning") == SHOWN and "and 5 more" in props(alerts)
    told, alerts = previewed(page, levels=["CRITICAL"], component="FEED")
    assert told == f"Would silence 1 of {SHOWN + 6} open alerts." and NASTY in props(alerts)
    assert previewed(page, source="nobody") == ("No open alert is hit now; what comes while it runs will be.", [])
    assert previewed(page) == previewed(page, text="  ") == (NOTHING_NAMED, [])
    assert services.alerts.silences() == ()


def test_a_preview_names_what_is_silenced_already(page, services):
    hear_alert(services, "a")
    services.alerts.silence({"source": "pl", "until": NOW + 60}, "grace")
    told, alerts = previewed(page, source="pl")
    assert told == "Would silence the one open alert." and "silenced already" in props(alerts)


@pytest.mark.parametrize("form", [{"levels": ["loud"]}, {"levels": [5], "text": "x" * 300}])
def test_a_preview_of_what_cannot_be_meant_says_so(page, form):
    told, alerts = previewed(page, **form)
    assert told.endswith(".") and alerts == []


# -- what a person does ----------------------------------------------------------------------------------------------


def saved(page, **more):
    values = {f"silence_{name}__value": value for name, value in (FORM | more).items()}
    return page.call("silence-feedback.children", "silence-save.n_clicks", silence_save__n_clicks=1,
                     silence_stamp__data={"zone": "Europe/Zurich"}, **values)


def test_a_silence_is_made_and_the_form_is_free_for_the_next(page, services):
    made = saved(page)
    assert made[ids.SILENCE_FEEDBACK]["children"] == "Silenced, until 11:53:20 (1 h left)."
    assert made[ids.SILENCE_LEVELS] == {"value": []} and made[ids.SILENCE_REASON] == {"value": ""}
    silence, = services.alerts.silences()
    assert (silence.by, silence.levels, silence.source, silence.text, silence.reason) == (
        "ada", ("WARNING",), "pl", "pool", "deploy")


@pytest.mark.parametrize("away", [True, False])
def test_without_redis_nothing_is_made_and_what_was_typed_stays(page, services, away):
    services.alerts.reachable = not away
    made = saved(page, **({} if away else {"span": "custom"}))
    assert set(made) == {ids.SILENCE_FEEDBACK, ids.WAKE}
    assert made[ids.SILENCE_FEEDBACK]["children"].startswith("Not silenced: ")
    assert services.alerts.silences() == ()


def end(page, silence_id):
    button = ids.silence_end(silence_id)
    return page.call("silence-ended.children", f"{json.dumps(button, sort_keys=True, separators=(',', ':'))}.n_clicks",
                     pattern=[(button, 1)])[ids.SILENCE_ENDED]["children"]


def test_a_silence_is_ended_and_whoever_comes_second_is_told(page, services):
    silence = services.alerts.silence({"levels": ["warn"], "until": NOW + 60}, "grace")
    services.alerts.reachable = False
    assert end(page, silence.id).startswith("Not changed: ")
    services.alerts.reachable = True
    assert end(page, silence.id) == "The silence is over."
    assert services.alerts.silences()[0].ended_by == "ada"
    assert end(page, silence.id) == "Somebody was quicker: ended by ada at 08:53:20."
    assert end(page, "nonsense") == "That silence is no longer there."
