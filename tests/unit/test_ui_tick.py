"""One tick answered: whole at first, then little, and everything in strict JSON."""

from __future__ import annotations

import json

import pytest

from dashboard.ui import ids, layers
from dashboard.ui.moment import CATCH_UP_ROWS
from dashboard.ui.points import POINTS
from dashboard.ui.structure import MAX_CHARTS, MAX_LINES, MAX_TILES
from dashboard.ui.tick import answer
from dashboard.ui.view import View, read_view
from tests.unit.ui_world import NOW, Screen, ask, hear, hear_alert, hear_metrics, make_world, strict

HEALTH_SECTIONS = {section for section in ids.SECTIONS if section.startswith("health")}
WHOLE = {"charts", "base", "lines", "sparks"}
STEADY_BYTES = 6_000  # of one tick of a page of 12 charts and 6 gauges, before compression

# What an ordinary producer sends: six gauges and twelve charts.
FULL = {
    "system": {"cpu_percent": 41.5, "memory_percent": 61.2, "memory_mb": 2432.25, "disk_percent": 31.3,
               "thread_count": 42, "network_io": {"bytes_sent": 123456789, "bytes_recv": 987654321}},
    "application": {"patterns_per_second": 12.25, "indicators_per_second": 55.5, "cache_hit_rate": 0.93,
                    "avg_pattern_detection_ms": 12.345, "avg_indicator_calc_ms": 3.21, "symbols_processed": 5000},
    "processing": {"ticks_per_second": 812.5, "patterns_detected": 1234, "active_backtests": 2, "queue_depth": 17},
    "database": {"active_connections": 9, "slow_queries_count": 1, "query_avg_ms": 4.56},
    "redis": {"messages_per_second": 21.5, "connected_clients": 7, "channels": 3, "messages_published": 123456,
              "memory_usage_mb": 12.75},
}


def grown(number):
    """FULL as it is `number` samples later."""
    return {group: {name: value if isinstance(value, dict) else value + number for name, value in metrics.items()}
            for group, metrics in FULL.items()} | {
        "system": FULL["system"] | {"cpu_percent": 40 + number % 20, "network_io": {
            "bytes_sent": 123456789 + 5000 * number, "bytes_recv": 987654321 + 70000 * number}}}


def fill(services, count, step_s=5.0):
    for _ in range(count):
        services.clock.now += step_s
        hear_metrics(services, score=88, **grown(int(services.clock.now - NOW)))


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


# -- size ------------------------------------------------------------------------------------------------------------


def steady(services):
    screen = Screen(services)
    screen.tick()
    fill(services, 1)
    return screen.tick()


def test_a_steady_tick_of_a_full_page_is_small():
    services = make_world()
    fill(services, 180)
    plan_live, _ = ask(services)
    assert len(plan_live["charts"]) >= 12 and len(plan_live["gauges"]) == 6
    live, sections = steady(services)
    size = len(json.dumps(live, ensure_ascii=False, separators=(",", ":")).encode())
    assert size <= STEADY_BYTES, size
    assert sections.keys() <= {ids.FEED, *HEALTH_SECTIONS}


def test_a_steady_tick_is_as_small_after_a_day_as_after_minutes():
    small, large = make_world(), make_world(rows=20_000)
    fill(small, 60)
    fill(large, 2_000)
    sizes = [len(json.dumps(steady(services)[0])) for services in (small, large)]
    assert sizes[1] < sizes[0] * 1.2


def test_a_whole_answer_is_bounded_whatever_the_ring_holds():
    services = make_world()
    fill(services, 2 * POINTS, step_s=2)
    live, _ = ask(services, range_name="24h")
    assert all(len(x) <= POINTS for x, _ in live["lines"])


def test_a_producer_that_sends_everything_makes_a_page_of_bounded_size():
    services = make_world()
    many = {f"group{group}": {f"thing{number}_ms": number for number in range(20)} for group in range(25)}
    for _ in range(3):
        services.clock.now += 5
        hear_metrics(services, **many)
    for number in range(150):
        hear_alert(services, f"a{number}", message="x" * 5000)
    live, _ = ask(services)
    assert len(live["charts"]) <= MAX_CHARTS and len(live["lines"]) <= MAX_CHARTS * MAX_LINES
    assert len(live["tiles"]) <= MAX_TILES
    assert len(live["lane"]) <= layers.SPANS_DRAWN
    assert len(json.dumps(strict(live))) < 200_000


@pytest.mark.parametrize("value", [1e308, -1e308, 1e-300, 0, -0.0, 2**63, 1e17])
def test_extreme_numbers_arrive_as_strict_json(value):
    services = make_world()
    screen = Screen(services)
    for sign in (1, -1, 1):
        services.clock.now += 5
        hear_metrics(services, system={"cpu_percent": value * sign, "memory_mb": value, "network_io": {
            "bytes_sent": value * sign}}, application={"cache_hit_rate": value}, x={"y_total": value * sign})
        live, _ = screen.tick()
        strict(live)


def test_answers_do_not_share_what_a_reader_could_change():
    services = make_world()
    fill(services, 3)
    first, _ = answer(services, View(), services.clock())
    strict(first)
    first["strip"].clear()
    first["lines"].clear()
    again, _ = answer(services, read_view({}), services.clock())
    assert again["strip"] and again["lines"]
