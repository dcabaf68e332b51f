"""One tick answered: whole at first, then what came since, and each section when what it shows has changed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard.ui import ids
from dashboard.ui.moment import CATCH_UP_ROWS
from dashboard.ui.tick import answer
from dashboard.ui.view import View, read_view
from tests.unit.full_producer import FULL, fill
from tests.unit.ui_world import (
    HEALTH_SECTIONS,
    NOW,
    Screen,
    ask,
    hear,
    hear_alert,
    hear_metrics,
    make_world,
    strict,
    texts,
)

WHOLE = {"charts", "base", "lines", "sparks"}


# -- what an answer holds --------------------------------------------------------------------------------------------


def test_a_console_that_has_heard_nothing_answers_all_the_same():
    services = make_world()
    live, sections = ask(services, asked=3)
    assert (live["asked"], live["source"], live["cursor"], live["lines"], live["tiles"]) == (3, None, 0, [], [])
    assert live["strip"]["worst"]["word"] == "No data yet"
    assert {*sections} == {*ids.SECTIONS}
    strict(live)


def test_the_first_answer_is_the_whole():
    services = make_world()
    fill(services, 20)
    live, sections = ask(services)
    assert live.keys() >= WHOLE
    assert {*sections} == {*ids.SECTIONS}
    assert [len(x) for x, _ in live["lines"]] == [20] * len(live["lines"])
    places = [line for chart in live["charts"] for line in chart["lines"]]
    assert places == list(range(len(live["lines"])))
    assert len(live["sparks"]) == len(live["tiles"])
    assert live["last"] == services.clock.now and live["cursor"] == services.ring.cursor("pl")
    strict(live)


def test_the_next_answer_holds_only_what_came_since():
    services = make_world()
    screen = Screen(services)
    fill(services, 5)
    screen.tick()
    fill(services, 2)
    live, sections = screen.tick()
    assert not WHOLE & live.keys()
    assert live["t"] == [(services.clock.now - 5) * 1000, services.clock.now * 1000]
    assert all(len(entry) == 2 for entry in live["y"])
    assert all(len(tile[4]) == 2 for tile in live["tiles"])
    assert sections.keys() <= {ids.FEED, *HEALTH_SECTIONS}


def test_where_nothing_came_nothing_is_sent():
    services = make_world()
    screen = Screen(services)
    fill(services, 5)
    screen.tick()
    services.clock.now += 5
    live, sections = screen.tick()
    assert not (WHOLE | {"t", "y", "lane", "gaps"}) & live.keys()
    assert not sections and not live["revisions"].keys() & {*ids.SECTIONS}
    assert all(tile[4] == [] for tile in live["tiles"])
    assert screen.held["cursor"] == services.ring.cursor("pl") and screen.held["last"] is not None


def test_an_unknown_source_is_answered_and_makes_nothing():
    services = make_world()
    fill(services, 2)
    live, sections = ask(services, source="nobody")
    assert (live["source"], live["lines"], live["tiles"], live["gauges"]) == ("nobody", [], [], [])
    assert live["strip"]["source"] is None and live["strip"]["stale"]
    assert {"value": "nobody", "label": "nobody (not heard)"} in live["strip"]["sources"]
    assert services.ring.sources() == services.board.names() == ["pl"]
    assert {*sections} == {*ids.SECTIONS}
    screen = Screen(services, source="nobody")
    screen.tick()
    live, sections = screen.tick()
    assert not sections and "lines" not in live


def test_a_real_source_is_chosen_before_a_simulated_and_the_first_heard_of_those():
    services = make_world()
    hear_metrics(services, source="old", system={"cpu_percent": 1})
    services.clock.now += 5
    hear_metrics(services, source="new", system={"cpu_percent": 1})
    services.clock.now += 5
    hear_metrics(services, source="pl-simulator", system={"cpu_percent": 1})
    assert ask(services)[0]["source"] == "old"
    assert ask(services, source="new")[0]["source"] == "new"


def test_a_source_that_has_sent_nothing_but_an_alert_does_not_empty_the_page():
    services = make_world()
    hear_alert(services, "a", source="odd")
    services.clock.now += 600
    hear_metrics(services, system={"cpu_percent": 5})
    assert ask(services)[0]["source"] == "pl"


@pytest.mark.parametrize("held", [{"epoch": "another", "last": None}, {"epoch": None, "last": None},
                                  {"cursor": 999_999}, {"structure": "another"}, {"structure": None}])
def test_a_page_whose_numbers_mean_nothing_here_gets_the_whole(held):
    services = make_world()
    screen = Screen(services)
    fill(services, 5)
    screen.tick()
    screen.held |= held
    assert screen.tick()[0].keys() >= WHOLE
    assert not WHOLE & screen.tick()[0].keys()


def test_another_process_that_heard_the_same_goes_on_where_the_first_ended():
    first, second = make_world(), make_world()
    fill(first, 5)
    fill(second, 5)
    screen = Screen(first)
    screen.tick()
    fill(first, 1)
    fill(second, 2)
    screen.services = second
    live, _ = screen.tick()
    assert screen.wholes == 1 and len(live["t"]) == 2
    assert not WHOLE & screen.tick()[0].keys()


def test_another_process_that_missed_the_last_sample_sends_the_whole():
    first, second = make_world(), make_world()
    fill(first, 5)
    fill(second, 4)
    screen = Screen(first)
    screen.tick()
    screen.services = second
    second.clock.now += 7
    hear_metrics(second, **FULL)
    assert screen.tick()[0].keys() >= WHOLE


def test_a_new_metric_draws_the_frames_anew_and_brings_the_whole():
    services = make_world()
    screen = Screen(services)
    fill(services, 3)
    screen.tick()
    hear_metrics(services, at=services.clock.now + 5, shop={"orders_total": 5})
    live, sections = screen.tick()
    assert live.keys() >= WHOLE
    assert {ids.TILES, ids.CHARTS, ids.GAUGES, ids.MORE_TILES} <= sections.keys()


def test_a_page_that_was_away_for_long_takes_the_whole_instead_of_so_many_points():
    services = make_world()
    screen = Screen(services, range="1h")
    fill(services, 3)
    screen.tick()
    fill(services, CATCH_UP_ROWS, step_s=2)
    assert "t" in screen.tick()[0]
    fill(services, CATCH_UP_ROWS + 1, step_s=2)
    assert screen.tick()[0].keys() >= WHOLE


def test_a_cursor_that_has_fallen_out_brings_the_whole():
    services = make_world(rows=10)
    screen = Screen(services)
    fill(services, 3)
    screen.tick()
    fill(services, 25)
    assert screen.tick()[0].keys() >= WHOLE


def test_answers_do_not_share_what_a_reader_could_change():
    services = make_world()
    fill(services, 3)
    first, _ = answer(services, View(), services.clock())
    strict(first)
    first["strip"].clear()
    first["lines"].clear()
    again, _ = answer(services, read_view({}), services.clock())
    assert again["strip"] and again["lines"]


# -- sections --------------------------------------------------------------------------------------------------------


def changed(screen):
    return set(screen.tick()[1])


def test_each_section_comes_when_what_it_shows_changed_and_only_then():
    services = make_world()
    screen = Screen(services)
    fill(services, 3)
    screen.tick()
    assert changed(screen) == set()
    hear(services, event_type="HEALTH_CHECK", health={"score": 50, "components": {"db": "down"}})
    assert changed(screen) == {ids.FEED, *HEALTH_SECTIONS}
    hear(services, event_type="METRIC_UPDATE", metrics=FULL, recommendations=["Add memory"])
    assert changed(screen) == {ids.FACTS, ids.FEED}
    hear(services, event="job_progress_update", payload={"run_id": "7", "percentage": 5})
    assert changed(screen) == {ids.JOBS, ids.FEED}
    services.commands.send("CLEAR_CACHE", "ada")
    assert changed(screen) == {ids.COMMAND_LOG}
    services.record.lost(NOW, "away")
    assert changed(screen) == {ids.NOTICE, ids.FEED}
    services.intake.accept(b"nonsense")
    assert changed(screen) == {ids.FEED}
    hear_alert(services, "a")
    assert changed(screen) == {ids.FEED}


def test_revisions_of_another_page_do_not_keep_a_section_back():
    services = make_world()
    fill(services, 3)
    _, sections = ask(services, revisions=dict.fromkeys(ids.SECTIONS, "old"))
    assert {*sections} == {*ids.SECTIONS}
    assert set(ask(services, revisions={"health": ["x"], "facts": 5, 7: "x"})[1]) == {*ids.SECTIONS}


def test_on_another_day_what_tells_times_is_drawn_anew_and_says_the_date():
    services = make_world()
    services.clock.now = datetime(2025, 10, 9, 23, 30, tzinfo=ZoneInfo("Europe/Zurich")).timestamp()
    screen = Screen(services, zone="Europe/Zurich")
    fill(services, 3)
    services.commands.send("CLEAR_CACHE", "ada")
    first, sections = screen.tick()
    assert texts(sections[ids.COMMAND_LOG]).startswith("23:30:15 Clear cache")
    services.clock.now += 1700
    assert ids.COMMAND_LOG not in changed(screen)
    services.clock.now += 200
    live, sections = screen.tick()
    assert (first["today"], live["today"]) == ("2025-10-09", "2025-10-10")
    assert texts(sections[ids.COMMAND_LOG]).startswith("2025-10-09 23:30:15 Clear cache")
    assert {*sections} == {*ids.SECTIONS} - {ids.TILES, ids.MORE_TILES, ids.GAUGES, ids.CHARTS}
    assert changed(screen) == set()
