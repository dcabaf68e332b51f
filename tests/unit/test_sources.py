"""The board: newest by field group, whatever the order, however often."""

from __future__ import annotations

import itertools
import random
import sys
import threading

import pytest

from dashboard.events import UNNAMED
from tests.unit.board_world import applied, at, board, state
from tests.unit.messages import RECEIVED, health, read, status, update


def test_an_empty_board():
    assert (board().names(), board().get("x"), board().revision, dict(board().results)) == ([], None, 0, {})


def test_sources_are_never_merged():
    target = applied(at(0, {"a": 1}, source="one"), at(1, {"a": 2}, source="two"), at(2, {"a": 3}, source=None))
    assert target.names() == ["one", "two", UNNAMED]
    assert [target.get(name).latest_metrics["a"][0] for name in target.names()] == [1.0, 2.0, 3.0]


def test_simulated_sources_are_marked():
    target = applied(at(0, source="simulator-1"), at(0))
    assert [target.get(name).simulated for name in target.names()] == [False, True]


def test_an_update_fills_the_state():
    sent = at(3, {"system": {"cpu_percent": 5, "ok": True}}, recommendations=["rest"],
              trends={"cpu": {"direction": "INCREASING"}}, health_score={"overall": 70, "components": {"db": 50}})
    found = state(sent)
    assert found.latest_metrics == {"system.cpu_percent": (5.0, RECEIVED + 3)}
    assert found.facts == {"system.ok": True}
    assert found.trends["cpu"].direction == "increasing"
    assert found.recommendations == ("rest",)
    assert (found.headline.score, found.headline.reason) == (70.0, "db 50 (unhealthy)")
    assert [one.name for one in found.components] == ["db"]
    assert found.component_times == {"db": RECEIVED + 3}
    assert found.latest_update == (sent.raw, RECEIVED + 3)
    assert (found.first_received, found.last_received, found.last_event_time) == (RECEIVED + 3,) * 3
    assert found.skew_s == 0


def test_older_never_overwrites_newer_in_any_group():
    new = [at(10, {"a": 1, "f": "new"}, recommendations=["new"], trends={"cpu": {"rate": 1}}, health_score=90),
           status("RUNNING", RECEIVED + 10, uptime_seconds=100)]
    old = [at(5, {"a": 2, "b": 3, "f": "old"}, recommendations=["old"], trends={}, health_score=10),
           status("stopped", RECEIVED + 5, uptime_seconds=50)]
    found = state(*new, *old)
    assert {name: value for name, (value, _) in found.latest_metrics.items()} == {"a": 1.0, "b": 3.0}
    assert (found.facts["f"], found.recommendations, found.headline.score) == ("new", ("new",), 90.0)
    assert (found.lifecycle.status, found.uptime_s, found.uptime_at) == ("RUNNING", 100.0, RECEIVED + 10)
    assert found.trends["cpu"].rate == 1.0
    assert found == state(*old, *new)


def test_what_a_message_does_not_mention_stays():
    found = state(at(0, recommendations=["stay"], trends={"cpu": {}}), at(1))
    assert (found.recommendations, list(found.trends)) == (("stay",), ["cpu"])
    assert state(at(0, recommendations=["go"]), at(1, recommendations=[])).recommendations == ()


def _story() -> list:
    return [
        at(0, {"a": 1}, health_score={"overall": 80, "components": {"cpu": 90, "db": "ok"}}),
        at(4, {"a": 2, "b": True}, recommendations=["x"], health_score={"status": "degraded"}),
        at(4, {"a": 3}, recommendations=["y"]),
        health(RECEIVED + 2, timestamp=RECEIVED + 2, overall_score=60, uptime_seconds=5, components={"db": "down"}),
        read(RECEIVED + 3, type="health_check", component="db", status="ok", source="TickStockPL",
             timestamp=RECEIVED + 3, metrics={"pool": 4}),
        status("stopping", RECEIVED + 1), status("RUNNING", RECEIVED + 5),
        read(RECEIVED + 6, event="job_progress_update", source="TickStockPL", payload={"run_id": 1, "percentage": 5}),
        read(RECEIVED + 7, event="job_progress_update", source="TickStockPL", payload={"run_id": 1, "percentage": 9}),
        update({"c": "NaN"}, RECEIVED + 8, timestamp=RECEIVED + 4000),
    ]


def test_the_outcome_is_the_same_in_any_order_and_with_any_repeats():
    story = _story()
    expected = state(*story)
    shuffled = random.Random(7)
    for _ in range(60):
        events = story + shuffled.choices(story, k=5)
        shuffled.shuffle(events)
        assert state(*events) == expected


def test_twice_is_once():
    story = _story()
    target = applied(*story)
    revision, before = target.revision, target.get("TickStockPL")
    for event in story:
        target.apply(event)
    assert target.revision == revision
    assert target.get("TickStockPL") is before


def test_a_snapshot_is_kept_until_the_source_changes_and_is_never_touched():
    target = applied(at(0, {"a": 1}), at(0, {"a": 1}, source="other"))
    first, other, revision = target.get("TickStockPL"), target.get("other"), target.revision
    target.apply(at(1, {"a": 2}))
    assert target.get("other") is other
    assert target.get("TickStockPL") is not first
    assert first.latest_metrics["a"] == (1.0, RECEIVED)
    assert target.revision == revision + 1
    with pytest.raises(TypeError):
        first.latest_metrics["a"] = (9.0, 0.0)
    with pytest.raises(AttributeError):
        first.name = "x"


def test_unknown_kinds_change_nothing_and_every_known_kind_is_a_sign_of_life():
    target = applied(read(type="coffee", source="s"))
    assert (target.names(), target.revision) == ([], 0)
    target.apply(at(0))
    for kind, fields in (("ALERT_TRIGGERED", {"alert": {"id": 1}}), ("ALERT_RESOLVED", {"alert_id": 1}),
                         ("command_result", {"request_id": 1}), ("coffee", {})):
        heard = target.get("TickStockPL").last_received + 5
        target.apply(read(heard, event_type=kind, source="TickStockPL", **fields))
        assert (target.get("TickStockPL").last_received == heard) == (kind != "coffee")


def test_the_headline_is_the_newest_of_both_kinds():
    metric, check = at(1, health_score=80), health(RECEIVED + 2, timestamp=RECEIVED + 2, overall_score=60)
    assert state(metric, check).headline.source_of_score == "health_check"
    assert state(metric, check, at(3, health_score=75)).headline.score == 75.0
    assert state(metric, check).last_health[0].score == 60.0


def test_one_component_a_message_changes_only_that_component():
    whole = health(RECEIVED, timestamp=RECEIVED, overall_score=60, components={"db": "down", "redis": "ok"})
    single = read(RECEIVED + 1, type="health_check", component="db", status="ok", source="TickStockPL",
                  timestamp=RECEIVED + 1)
    found = state(whole, single)
    assert {one.name: one.status for one in found.components} == {"db": "healthy", "redis": "healthy"}
    assert (found.headline.score, found.last_health[0].score) == (60.0, 60.0)
    found = state(whole, single, health(RECEIVED + 2, timestamp=RECEIVED + 2, components={"redis": "warn"}))
    assert {one.name: one.status for one in found.components} == {"db": "healthy", "redis": "degraded"}


def test_a_component_gone_from_the_report_is_gone():
    first = health(RECEIVED, timestamp=RECEIVED, components={"old": "ok", "kept": "ok"})
    second = health(RECEIVED + 1, timestamp=RECEIVED + 1, components={"kept": "ok"})
    assert [one.name for one in state(first, second).components] == ["kept"]


def test_jobs_are_kept_by_run_newest_first():
    def job(second, run, percent):
        return read(RECEIVED + second, event="job_progress_update", source="TickStockPL",
                    payload={"run_id": run, "percentage": percent})
    jobs = state(job(0, "a", 1), job(1, "b", 1), job(2, "a", 2)).jobs
    assert [(one.run_id, one.percentage) for one in jobs] == [("a", 2.0), ("b", 1.0)]
    found = state(*(job(index, f"r{index}", 0) for index in range(80)))
    assert len(found.jobs) == 50
    assert found.jobs[0].run_id == "r79"


def test_complaints_go_when_the_producer_is_put_right():
    assert state(at(0, {"a": "NaN"})).complaints == ("metrics.a: 'NaN'",)
    assert state(at(0, {"a": "NaN"}), status("RUNNING")).complaints == ("metrics.a: 'NaN'",)
    assert state(at(0, {"a": "NaN"}), at(1, {"a": 1})).complaints == ()


def test_answers_to_commands():
    def answer(second, word):
        return read(RECEIVED + second, event="command_result", payload={"request_id": "r", "status": word})
    for order in itertools.permutations([answer(0, "received"), answer(1, "done"), answer(0, "received")]):
        assert applied(*order).results["r"].status == "done"


def test_locks_are_made_anew_after_a_fork():
    target = applied(at(0))
    target._lock.acquire()
    target.reset_locks()
    target.apply(at(1, {"a": 1}))
    assert target.get("TickStockPL").latest_metrics["a"][0] == 1.0


def test_readers_see_whole_states_while_the_feed_writes():
    events = [at(second, {"a": second, "b": second}) for second in range(1500)]
    target, torn, done = board(), [], threading.Event()

    def look():
        while not done.is_set():
            found = target.get("TickStockPL")
            if found is not None and found.latest_metrics["a"] != found.latest_metrics["b"]:
                torn.append(found)
    readers = [threading.Thread(target=look) for _ in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        [reader.start() for reader in readers]
        for event in events:
            target.apply(event)
    finally:
        done.set()
        for reader in readers:
            reader.join()
        sys.setswitchinterval(interval)
    assert torn == []
    assert target.get("TickStockPL").latest_metrics["a"][0] == 1499.0
