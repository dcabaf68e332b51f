"""Every part of the page in every state of the data: loading, empty, calm, stale, disconnected; and hostile words."""

from __future__ import annotations

import pytest

from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.layout import skeleton
from dashboard.ui.layout.page import page
from dashboard.ui.layout.values import NOTHING
from tests.unit.full_producer import fill
from tests.unit.ui_world import NOW, ask, components, hear, hear_alert, hear_metrics, make_world, texts


@pytest.fixture
def services():
    return make_world()


def sections(services, **asked):
    return ask(services, **asked)[1]


def said(services, section, **asked):
    return texts(sections(services, **asked)[section])


def health_said(services, **asked):
    drawn = sections(services, **asked)
    return " ".join(texts(drawn[name]) for name in ids.SECTIONS if name.startswith("health"))


def everything_said(services):
    fill(services, 3)
    hear(services, event_type="HEALTH_CHECK", source="pl", health={
        "score": 62, "uptime_seconds": 3700, "components": {
            "db": {"status": "critical", "latency_ms": 12.5}, "redis": 95, "word": "purple", "cache": "ok"}})
    hear(services, event_type="METRIC_UPDATE", recommendations=["Add memory"], trends={
        "cpu": {"direction": "INCREASING", "prediction_1h": 88.5}, "disk": {"direction": "decreasing"},
        "memory": {"direction": "odd", "prediction_1h": 4096}},
        metrics={"application": {"active_timeframes": ["1min", "minute", "yearly"]}, "x": {"y": "1e999"}, "database": {
            "connected": True, "last_write": "2025-10-09T08:00:00"}, "notes": {"empty": "", "words": ["a", "b"]}})
    hear(services, event_type="SYSTEM_STATUS", status="RUNNING", message="all fine")
    hear(services, event="job_progress_update", payload={
        "run_id": "7", "phase": "load", "total_symbols": 10, "completed": 4, "failed": 1, "remaining": 5,
        "current_symbol": "ABC", "avg_processing_time_ms": 12.5, "estimated_completion": "soon"})
    hear_alert(services, "a")
    services.commands.send("CLEAR_CACHE", "ada")


# -- the five states -------------------------------------------------------------------------------------------------


def test_loading_shows_shapes_of_the_final_size():
    laid_out = page(Settings())
    shapes = [one for one in components(laid_out) if "skeleton" in (getattr(one, "className", "") or "").split()]
    assert len(shapes) >= 20
    assert all(getattr(one, "aria-hidden") == "true" for one in shapes)
    assert [len(make(3)) for make in (skeleton.lines, skeleton.tiles, skeleton.gauges, skeleton.charts)] == [3] * 4


def test_empty_says_why_and_what_to_do(services):
    assert "No source has published yet" in health_said(services)
    assert "dashboard.agent" in health_said(services)
    assert said(services, ids.TILES) == NOTHING
    drawn = sections(services)
    for name in (ids.FACTS, ids.JOBS, ids.CHARTS, ids.MORE_TILES, ids.COMMAND_LOG, ids.NOTICE):
        assert not drawn[name], name
    assert "Received 0" in texts(drawn[ids.FEED])


def test_a_source_nobody_heard_of_is_not_an_empty_console(services):
    fill(services, 1)
    assert "Nothing has been heard from nobody" in health_said(services, source="nobody")


def test_calm_shows_what_is_and_nothing_else(services):
    everything_said(services)
    drawn = sections(services)
    assert drawn[ids.NOTICE] == []
    health = health_said(services)
    assert "62" in health and "1 h" in health and "Because of db critical" in health
    assert health.index("db") < health.index("purple") < health.index("cache")
    facts = texts(drawn[ids.FACTS])
    for words in ("Add memory", "CPU increasing", "in 1 h: 88.5 %", "in 1 h: 4 GB", "Disk decreasing", "1min ✓", "5min",
                  "yearly ✓", "Database connected yes", "Last database write 08:00:00", "RUNNING", "all fine", "a, b"):
        assert words in facts, words
    jobs = texts(drawn[ids.JOBS])
    for words in ("7 · load", "40 %", "4 done", "1 failed", "5 to go", "now ABC", "12.5 ms each", "until soon"):
        assert words in jobs, words
    assert "Clear cache, ada: heard by 1" in texts(drawn[ids.COMMAND_LOG])


def test_stale_keeps_the_values(services):
    everything_said(services)
    services.clock.now += 3600
    live, drawn = ask(services)
    assert live["strip"]["stale"]
    assert "62" in health_said(services) and "health check of 08:53:35" in health_said(services)
    assert "Add memory" in texts(drawn[ids.FACTS])


def test_disconnected_says_since_when_and_why_and_that_it_tries_again(services):
    everything_said(services)
    services.clock.now = NOW + 3600
    services.record.lost(NOW, "Redis closed the connection")
    notice = said(services, ids.NOTICE, zone="Europe/Zurich")
    assert "No connection to Redis since 11:53:20." in notice
    assert "Redis closed the connection" in notice and "tries again" in notice
    assert "disconnected since" in said(services, ids.FEED)
    assert "still open: Redis closed the connection" in said(services, ids.FEED)


def test_before_the_first_connection_the_page_says_so():
    services = make_world(connected=False)
    assert "No connection to Redis" in said(services, ids.NOTICE)
    assert "Connecting" in said(services, ids.NOTICE)


def test_alerts_that_cannot_be_read_are_told_apart_from_a_feed_that_is_away(services):
    services.alerts.connected = False
    assert "state of alerts could not be read" in said(services, ids.NOTICE)
    services.record.lost(NOW, "away")
    assert "state of alerts" not in said(services, ids.NOTICE)


def test_warnings_about_redis_and_sources_without_a_place_are_told():
    services = make_world(Settings(ring_sources=1))
    services.record.subscribed(("This Redis is a replica",))
    for name in ("pl", "second"):
        hear_metrics(services, source=name, a={"b": 1})
    notice = said(services, ids.NOTICE)
    assert "This Redis is a replica" in notice
    assert "Not shown: second." in notice and "MONITORING_RING_SOURCES" in notice


@pytest.mark.parametrize(("number", "rest"), [(5, "n4."), (6, "n4, and 1 more."), (33, "n4, and 28 more."),
                                              (90, "n4, and at least 45 more.")])
def test_of_many_sources_without_a_place_the_rest_is_counted(number, rest):
    services = make_world(Settings(ring_sources=1))
    for name in ("pl", *(f"n{one}" for one in range(number))):
        hear_metrics(services, source=name, a={"b": 1})
    assert f"Not shown: n0, n1, n2, n3, {rest}" in said(services, ids.NOTICE)


def test_warnings_of_the_alert_store_are_told_and_none_twice(services):
    services.record.subscribed(("This Redis is a replica", "Keys may be evicted"))
    services.alerts.warnings = ("Keys may be evicted", "Nothing is written to disk")
    notice = said(services, ids.NOTICE)
    assert notice.count("Keys may be evicted") == 1
    assert "This Redis is a replica" in notice and "Nothing is written to disk" in notice


def test_a_history_that_is_not_written_is_said_with_since_when_and_why(services):
    assert "history" not in said(services, ids.NOTICE)
    assert "off" in said(services, ids.FEED)
    history = services.history
    history._state, history._since, history._reason = "down", NOW - 60, "The disk is full"
    notice = said(services, ids.NOTICE, zone="Europe/Zurich")
    assert "The history is not written since 10:52:20." in notice and "The disk is full." in notice
    assert "not written: The disk is full" in said(services, ids.FEED)


def test_what_was_refused_is_told_with_examples_and_only_then():
    services = make_world(rows=2)
    services.ring.max_metrics = 1
    hear_metrics(services, a={"x": 1})
    rows = ("refused", "too old", "dropped", "Errors with alerts")
    assert not [words for words in rows if words in said(services, ids.FEED)]
    services.ring.append("pl", NOW + 1, {"a.x": 1.0} | {f"b.n{number}" + "y" * 300: 1.0 for number in range(5)})
    services.ring.append("pl", NOW + 2, {"a.x": 1.0})
    services.ring.append("pl", NOW - 50, {"a.x": 1.0})
    services.ring.append("pl", float("nan"), {"a.x": 1.0})
    services.alerts.dropped, services.alerts.refused = 1234, 2
    services.alerts.errors["KeyError"] += 3
    told = said(services, ids.FEED)
    for words in ("Samples too old 1", "Samples refused 1", "Values refused 5", "Alerts refused 2",
                  "Alert events dropped 1,234", "Errors with alerts 3 (KeyError 3)", "Metrics refused 5 (b.n0"):
        assert words in told, words
    assert "b.n2" in told and "b.n3" not in told and "y" * 61 not in told


# -- details ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("health", "words"), [
    ({"score": 0, "components": {}}, "0"), ({"status": "fine", "components": {}}, "–"), ({"score": 100}, "100"),
    ({"score": 88.256}, "88.3"), ({"score": 59.99}, "60"), ({"score": 1e-7}, "0")])
def test_a_score_of_nothing_is_a_score_and_none_is_a_dash(services, health, words):
    hear(services, event_type="HEALTH_CHECK", health=health)
    assert words in health_said(services)
    assert "No components reported." in health_said(services)


def test_a_source_that_never_spoke_of_health_says_so(services):
    hear_metrics(services, a={"b": 1})
    assert "– No score reported." in health_said(services)


def test_components_are_bounded(services):
    hear(services, event_type="HEALTH_CHECK", health={"score": 5, "components": {
        f"part{number}": {"status": "ok", "text": "x" * 500, **{f"n{n}": n for n in range(20)}}
        for number in range(80)}})
    text = health_said(services)
    assert "and 20 more" in text
    assert text.count("x" * 81) == 0 and "n19" not in text


def test_an_uptime_grows_while_the_source_lives_and_stands_when_it_does_not(services):
    hear(services, event_type="HEALTH_CHECK", health={"score": 5, "uptime_seconds": 30})
    assert "Up for 30 s" in health_said(services)
    services.clock.now += 59
    assert "Up for 1 min" in health_said(services)
    services.clock.now += 3600
    assert "Up for 30 s" in health_said(services)


@pytest.mark.parametrize(("payload", "shown", "missing"), [
    ({"run_id": "1"}, ["1"], ["%"]), ({"run_id": "1", "percentage": 250}, ["100 %"], []),
    ({"run_id": "1", "percentage": -5}, ["0 %"], []), ({"run_id": "1", "total_symbols": 0, "processed": 5}, [], ["%"]),
    ({"run_id": "1", "total_symbols": 200, "processed": 50}, ["25 %", "200 in all"], []),
    ({"run_id": "1", "percentage": 0}, ["0 %"], []),
])
def test_progress_is_as_reported_or_worked_out_and_never_made_up(services, payload, shown, missing):
    hear(services, event="job_progress_update", payload=payload)
    text = said(services, ids.JOBS)
    assert all(words in text for words in shown) and not any(words in text for words in missing)


def test_the_feed_panel_counts_all_that_went_wrong(services):
    for raw in (b"no json", b"\xff", b'{"type": "later", "source": "pl"}', b'{"type": "later", "source": "pl"}'):
        services.intake.accept(raw, services.clock())
    services.record.handler_failed("ring")
    services.record.lost(NOW - 90, "away")
    services.clock.now += 10
    services.record.subscribed()
    fill(services, 1)
    hear_metrics(services, at=services.clock.now - 20, system={"cpu_percent": 1})
    services.alerts.refused = 3
    text = said(services, ids.FEED)
    for words in ("Received 6", "Accepted 3", "Duplicates 1", "Rejected 2 (", "Unknown kind 1 (later 1)",
                  "Late samples 1", "Errors inside 1 (ring 1)", "Alerts refused 3", "Lag 0.0 s", "Reconnects 1",
                  "1 min: away"):
        assert words in text, words


def test_the_same_fact_of_two_components_says_whose_it_is(services):
    for component in ("loader", "writer"):
        hear(services, type="health_check", component=component, status="ok", metrics={"ready": component == "loader"})
    text = said(services, ids.FACTS)
    assert "Loader ready yes" in text and "Writer ready no" in text


def test_facts_are_bounded_and_bad_leaves_are_named(services):
    hear(services, event_type="METRIC_UPDATE", metrics={
        "a": {f"fact{number}": "x" * 1000 for number in range(50)}, "system": {"cpu_percent": "NaN"}})
    text = said(services, ids.FACTS)
    assert "and more 20 facts" in text and "x" * 201 not in text
    assert "Not understood" in text or "cpu_percent" in text


def test_what_a_producer_answered_stands_beside_the_command(services):
    services.commands.paper.receivers = 0
    sent = services.commands.send("ENABLE_COMPONENT", "ada", type="pattern", name="Doji")
    assert "Enable component, ada: sent, nobody is listening" in said(services, ids.COMMAND_LOG)
    hear(services, event="command_result", payload={
        "request_id": sent.request_id, "status": "failed", "message": "no such pattern"})
    assert "; pl says failed: no such pattern" in said(services, ids.COMMAND_LOG)
    sent = services.commands.send("FORCE_GC", "ada")
    hear(services, event="command_result", source="x-simulator", payload={
        "request_id": sent.request_id, "status": "done"})
    assert "; x-simulator (simulated) says done" in said(services, ids.COMMAND_LOG)


def test_gauges_that_are_missing_take_one_line(services):
    hear_metrics(services, system={"cpu_percent": 5})
    drawn = sections(services)[ids.GAUGES]
    assert len(drawn) == 2
    assert texts(drawn[1]).startswith("Not reported by this source: Memory, Disk")


def test_more_than_there_is_room_for_is_told(services):
    hear_metrics(services, **{f"group{group}": {f"thing{n}_ms": n for n in range(12)} for group in range(30)})
    drawn = sections(services)
    assert "312 more metrics are kept but not shown as tiles." in texts(drawn[ids.MORE_TILES])
    assert "6 more groups of metrics are kept but not drawn." in texts(drawn[ids.CHARTS])
    assert "+ 4 not drawn" in texts(drawn[ids.CHARTS])
