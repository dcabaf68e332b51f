"""The board: newest by field group, whatever the order, however often, however much."""

from __future__ import annotations

import itertools
import random
import sys
import threading

import pytest

from dashboard.events import UNNAMED
from dashboard.source_record import MAX_METRICS
from dashboard.sources import SILENT_S, SourceBoard
from tests.unit.messages import RECEIVED, health, read, status, update


class Clock:
    now = RECEIVED + 10_000  # after all that is heard in these tests

    def __call__(self) -> float:
        return self.now


def board(**options) -> SourceBoard:
    return SourceBoard(**{"max_sources": 8, "clock": Clock(), **options})


def applied(*events, **options) -> SourceBoard:
    target = board(**options)
    for event in events:
        target.apply(event)
    return target


def state(*events):
    return applied(*events).get("TickStockPL")


def at(second: float, metrics=None, **fields):  # sent and heard `second` seconds in
    return update(metrics or {}, RECEIVED + second, timestamp=RECEIVED + second, **fields)


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


def test_liveness_and_skew():
    found = state(update({}, timestamp=RECEIVED - 7200))
    assert [found.liveness(RECEIVED + age) for age in (0, 30, 60)] == ["active", "delayed", "inactive"]
    assert (found.skew_s, found.age_s(RECEIVED + 9), found.age_s(RECEIVED - 9)) == (-7200.0, 9.0, 0.0)
    quick = applied(at(0), delayed_after_s=1, inactive_after_s=2)
    assert quick.get("TickStockPL").liveness(RECEIVED + 1.5) == "delayed"


def test_a_time_in_the_future_looks_no_fresher_than_it_is():
    found = state(update({"a": 1}, timestamp=RECEIVED + 3600))
    assert (found.last_event_time, found.latest_metrics["a"][1], found.skew_s) == (RECEIVED, RECEIVED, 3600.0)


def test_each_kind_of_event_has_its_own_clock():
    found = state(*(event for second in (0, 5, 10) for event in (
        update({"a": 1}, RECEIVED + second, timestamp=RECEIVED + second - 18_000),
        health(RECEIVED + second + 1, timestamp=RECEIVED + second + 1.5, overall_score=60))))
    assert found.skews == {"metric_update": -18_000.0, "health_check": 0.5}
    assert (found.skew_s, found.metrics_skew_s) == (-18_000.0, -18_000.0)
    assert found.latest_metrics["a"][1] == RECEIVED + 10 - 18_000


def test_a_message_that_was_long_on_its_way_is_not_held_against_a_clock_for_ever():
    late = status("RUNNING", RECEIVED, timestamp=RECEIVED - 3600)
    assert (state(late).skew_s, state(late, at(5)).skew_s) == (-3600.0, 0.0)  # where there is nothing better, it counts
    assert "system_status" in state(late, at(899)).skews
    assert "system_status" not in state(late, at(901)).skews
    assert state(late, at(5)).metrics_skew_s == 0.0
    assert state(at(0), update({"a": 1}, RECEIVED + 5, timestamp=None)).skew_s is None


def test_samples_keep_their_clock_when_only_health_is_still_heard():
    found = state(update({"a": 1}, timestamp=RECEIVED - 18_000),
                  health(RECEIVED + 2000, timestamp=RECEIVED + 2000, overall_score=60))
    assert (found.skews, found.metrics_skew_s) == ({"health_check": 0.0}, -18_000.0)
    assert state(health(RECEIVED, timestamp=RECEIVED - 60, overall_score=60)).metrics_skew_s == -60.0


@pytest.mark.parametrize(("later", "alive"), [
    ([], "stopping"), ([at(10)], "stopping"), ([at(31)], "active"), ([status("RUNNING", RECEIVED + 5)], "active"),
    ([status("starting", RECEIVED + 5), at(6)], "active"), ([status("starting", RECEIVED + 5)], "starting"),
    ([at(10), status("stopped", RECEIVED + 12)], "stopped"),
    ([status("stopped", RECEIVED + 20), at(35)], "stopped"), ([status("stopped", RECEIVED + 20), at(50)], "active")])
def test_a_source_that_stops_is_not_active(later, alive):
    for order in itertools.permutations([at(-1), status("stopping", RECEIVED), *later]):
        found = state(*order)
        assert found.liveness(found.last_received + 1) == alive


def test_the_stop_of_a_source_with_a_slow_clock():
    stop = status("stopped", timestamp=RECEIVED - 3600)
    assert state(stop).liveness(RECEIVED + 1) == "stopped"
    assert state(stop, update({}, RECEIVED + 31, timestamp=RECEIVED - 3569)).liveness(RECEIVED + 31) == "active"


def test_our_own_clock_set_back_does_not_keep_a_source_alive():
    clock = Clock()
    target = SourceBoard(max_sources=2, clock=clock)
    target.apply(at(7200))
    clock.now = RECEIVED + 1
    target.apply(at(1))
    assert target.get("TickStockPL").last_received == RECEIVED + 1


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


def test_everything_is_bounded():
    target = board()
    for turn in range(4):
        target.apply(at(turn, {f"m{turn}_{index}": index for index in range(900)} | {
            f"f{turn}_{index}": "x" for index in range(150)}))
        target.apply(health(RECEIVED + turn, timestamp=RECEIVED + turn,
                            components={f"c{turn}_{index}": "ok" for index in range(150)}))
    for index in range(300):
        target.apply(read(RECEIVED + 9, type="health_check", component=f"s{index}", status="ok",
                          source="TickStockPL", timestamp=RECEIVED + index))
        target.apply(read(RECEIVED + index, event="command_result", payload={"request_id": f"q{index}"}))
    found = target.get("TickStockPL")
    assert (len(found.latest_metrics), len(found.facts), len(found.components)) == (1024, 200, 200)
    assert "m3_899" in found.latest_metrics
    assert "m0_0" not in found.latest_metrics
    assert len(target.results) == 200
    assert "q299" in target.results
    assert "q0" not in target.results


def test_sources_above_the_bound_are_refused_and_counted():
    target = applied(*(at(index, source=f"s{index % 5}") for index in range(20)), max_sources=3)
    assert target.names() == ["s0", "s1", "s2"]
    assert (target.refused, target.refused_names) == (8, ("s3", "s4"))
    assert target.get("s4") is None
    for index in range(200):
        target.apply(at(0, source=f"more{index}"))
    assert len(target.refused_names) == 50


def test_a_source_silent_for_a_day_gives_its_place_to_a_new_one():
    target = applied(at(0, source="gone"), at(50, source="live"), at(60, source="new"), max_sources=2)
    target.get("gone")
    target.apply(at(SILENT_S - 1, source="new"))
    assert (target.names(), target.refused_names) == (["gone", "live"], ("new",))
    target.apply(at(SILENT_S, source="new"))
    assert (target.names(), target.refused_names, target.refused) == (["live", "new"], (), 2)
    assert target.get("gone") is None
    assert target.get("new").first_received == RECEIVED + SILENT_S


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


def test_names_without_end_leave_the_same_newest_ones_whatever_the_order_and_whenever_somebody_looks():
    events = [update({f"n{number}": number}, timestamp=RECEIVED - 5_000 + number) for number in range(3_000)]
    calm, other = board(), board()
    for event in events:
        calm.apply(event)
    for event in (*events[1::2], *events[::2]):
        other.apply(event)
        if event.metrics.keys() & {"n7", "n2000", "n2500"}:
            other.get("TickStockPL")
    found, again = (each.get("TickStockPL").latest_metrics for each in (calm, other))
    assert dict(found) == dict(again)
    assert found.keys() == {f"n{number}" for number in range(3_000 - MAX_METRICS, 3_000)}
    assert len(calm._records["TickStockPL"]._metrics) <= MAX_METRICS * 1.25
