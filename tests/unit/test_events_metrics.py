"""METRIC_UPDATE: every leaf, and no good leaf lost to a bad one."""

from __future__ import annotations

import json
import math

import pytest

from dashboard.catalog import FACTS, METRICS
from dashboard.events import MetricUpdate, Trend, body_of, parse
from tests.unit.messages import RECEIVED, SENT_TEXT, raw, update


def _tree(names: dict) -> dict:
    tree: dict = {}
    for name, value in names.items():
        *groups, leaf = name.split(".")
        branch = tree
        for group in groups:
            branch = branch.setdefault(group, {})
        branch[leaf] = value
    return tree


def test_every_leaf_of_the_contract():
    figures = {name: index + 0.5 for index, name in enumerate(METRICS)}
    facts = {"application.active_timeframes": ["1min", "hourly"], "database.connected": True,
             "redis.connected": False, "database.last_write": SENT_TEXT}
    assert set(facts) == set(FACTS)
    event = update(_tree(figures | facts))
    assert event.metrics == figures
    assert event.facts == facts
    assert event.complaints == ()


def test_unknown_groups_and_any_sane_depth():
    event = update({"weather": {"in": {"new": {"york": {"temp": -3}}}}, "top": 7, "zero": 0})
    assert event.metrics == {"weather.in.new.york.temp": -3.0, "top": 7.0, "zero": 0.0}


@pytest.mark.parametrize(("sent", "figure"), [
    ("41.5", 41.5), (" 7 ", 7.0), ("1e3", 1000.0), ("-0.5", -0.5), ("+2", 2.0), (".5", 0.5), ("5.", 5.0),
    (2**63, float(2**63)), (10**30, 1e30)])
def test_numbers_as_strings_and_big_integers_are_numbers(sent, figure):
    assert update({"a": {"b": sent}}).metrics == {"a.b": figure}


@pytest.mark.parametrize("sent", [True, False, "running", "", "1_000", "12 ms", "0x10", "٣", ["a", 1], [], "1e5 1e5"])
def test_what_is_no_number_is_a_fact(sent):
    event = update({"a": {"b": sent}, "good": 1})
    assert event.facts == {"a.b": sent}
    assert event.metrics == {"good": 1.0}
    assert event.complaints == ()


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity", "1e400", "-1e999", "9" * 5000])
def test_one_number_that_is_none_costs_only_itself(written):
    message = raw(event_type="METRIC_UPDATE", timestamp=SENT_TEXT, health_score={"overall": 88},
                  metrics={"system": {"cpu_percent": "HERE", "memory_percent": 61.5}}).replace(
                      b'"HERE"', written.encode())
    event = parse(message, RECEIVED)
    assert isinstance(event, MetricUpdate)
    assert event.metrics == {"system.memory_percent": 61.5}
    assert event.health.score == 88.0
    assert len(event.complaints) == 1
    assert event.complaints[0].startswith(f"metrics.system.cpu_percent: {written[:50]}")
    assert body_of(event.raw)["metrics"]["system"]["cpu_percent"] is None
    json.dumps(body_of(event.raw), allow_nan=False)


@pytest.mark.parametrize("sent", ["NaN", "inf", "-Infinity", "1e400"])
def test_strings_that_mean_no_finite_number_are_complaints(sent):
    event = update({"a": sent, "b": 1})
    assert (event.metrics, event.facts, event.complaints) == ({"b": 1.0}, {}, (f"metrics.a: {sent!r}",))


def test_null_is_absent_and_no_complaint():
    event = update({"a": None, "b": {"c": None}, "d": {}})
    assert (event.metrics, event.facts, event.complaints) == ({}, {}, ())


def test_half_a_surrogate_and_nul_are_cleaned_everywhere():
    message = (b'{"type":"metric_update","source":"a\\ud800\\u0000b","metrics":{"x\\udfff":"y\\u0000","n":1,'
               b'"ok":"\\ud83d\\ude00"}}')
    event = parse(message, RECEIVED)
    assert event.source == "a\ufffd\ufffdb"
    assert event.facts == {"x\ufffd": "y\ufffd", "ok": "😀"}
    assert event.metrics == {"n": 1.0}
    json.dumps(body_of(event.raw), ensure_ascii=False).encode()


def test_an_alias_becomes_the_canonical_name_and_the_canonical_one_wins():
    assert update({"database": {"query_latency_ms": 4}}).metrics == {"database.query_avg_ms": 4.0}
    for names in (("query_avg_ms", "query_latency_ms"), ("query_latency_ms", "query_avg_ms")):
        values = {"query_avg_ms": 1, "query_latency_ms": 2}
        assert update({"database": {name: values[name] for name in names}}).metrics == {"database.query_avg_ms": 1.0}


def test_dotted_names_collide_the_same_way_in_any_order():
    assert update({"system.cpu_percent": 5, "a.b": {"c": 1}}).metrics == {"system.cpu_percent": 5.0, "a.b.c": 1.0}
    members = [("system.cpu_percent", 1), ("system", {"cpu_percent": 2})]
    for order in (members, members[::-1]):
        event = update(dict(order))
        assert event.metrics == {"system.cpu_percent": 2.0}
        assert event.complaints == ("metrics.system.cpu_percent: sent twice, nested and with a dotted name",)
    members = [("a.b", {"c": 1}), ("a", {"b.c": 2}), ("a.b.c", 3)]
    for order in (members, members[::-1]):
        assert update(dict(order)).metrics == {"a.b.c": 2.0}


def test_a_dotted_fact_does_not_hide_a_nested_number():
    assert update({"a.b": "word", "a": {"b": 1}}).metrics == {"a.b": 1.0}
    assert update({"a.b": "word", "a": {"b": 1}}).facts == {}


def test_names_that_are_empty():
    event = update({"": 1, "a": {"": 2, "b": 3}, ".": 4, "c.": 5})
    assert event.metrics["a.b"] == 3.0
    assert "" not in event.metrics
    assert any("a name is empty" in complaint for complaint in event.complaints)


def test_long_names_stay_bounded_and_apart():
    event = update({"g" * 150: {"n" * 150 + "1": 1, "n" * 150 + "2": 2}, "x" * 1000: {"deep": {"er": 3}}})
    assert sorted(event.metrics.values()) == [1.0, 2.0, 3.0]
    assert all(len(name) <= 200 for name in event.metrics)


def test_everything_is_bounded():
    event = update({"n": {f"m{index}": index for index in range(3000)}, "t": {f"f{index}": "x" for index in range(900)},
                    "text": "x" * 50_000, "list": list(range(5000)), "z": "y"},
                   recommendations=["r" * 9000] * 80, trends={f"t{index}": {"rate": 1} for index in range(500)})
    assert len(event.metrics) == 1024
    assert len(event.facts) == 200
    assert len(event.recommendations) <= 50
    assert all(len(text) <= 2000 for text in event.recommendations)
    assert len(event.trends) <= 50
    assert "metrics: 1976 metrics above the limit of 1024" in event.complaints
    assert len(json.dumps(body_of(event.raw))) < 500_000


def test_complaints_are_bounded():
    event = update({f"m{index}": "NaN" for index in range(100)} | {"n" * 500: "inf"})
    assert len(event.complaints) == 20
    assert all(len(complaint) <= 200 for complaint in event.complaints)


def test_a_list_in_facts_keeps_what_it_holds_within_bounds():
    event = update({"a": [1, "x" * 9000, {"b": [True]}, None]})
    assert event.facts["a"][0] == 1
    assert len(event.facts["a"][1]) == 2000
    assert event.facts["a"][2] == {"b": [True]}


def test_the_body_is_the_message_as_sent():
    sent = {"event_type": "METRIC_UPDATE", "timestamp": SENT_TEXT, "metrics": {"system": {"cpu_percent": "41.5"}}}
    assert body_of(parse(raw(**sent), RECEIVED).raw) == sent


def test_health_score():
    event = update({}, health_score={"overall": 88, "status": "healthy", "components": {"cpu": 90, "db": "down"}})
    assert (event.health.score, event.health.status) == (88.0, "healthy")
    assert [(one.name, one.status, one.score) for one in event.health.components] == [
        ("cpu", "healthy", 90.0), ("db", "critical", None)]
    assert update({}).health is None
    assert update({}, health_score=71).health.score == 71.0
    assert update({}, health_score="71").health.score == 71.0
    assert update({}, health_score={"overall": 0}).health.score == 0.0
    wrong = update({"a": 1}, health_score="fine")
    assert (wrong.health, wrong.complaints) == (None, ("health_score: 'fine'",))


@pytest.mark.parametrize(("direction", "read"), [
    ("INCREASING", "increasing"), ("decreasing", "decreasing"), ("STABLE", "stable"), ("sideways", "stable"),
    (None, "stable"), (7, "stable")])
def test_trends(direction, read):
    event = update({}, trends={"cpu": {"direction": direction, "rate": 0.5, "prediction_1h": "62.5"}})
    assert event.trends == {"cpu": Trend(read, 0.5, 62.5)}


def test_a_bad_trend_costs_only_itself():
    event = update({"a": 1}, trends={"cpu": {"direction": "INCREASING", "rate": "fast"}, "memory": 7, "disk": "rising",
                                     "net": "DECREASING"})
    assert event.trends == {"cpu": Trend("increasing"), "disk": Trend("stable"), "net": Trend("decreasing")}
    assert event.complaints == ("trends.cpu.rate: 'fast'", "trends.memory: 7")
    assert update({"a": 1}, trends=[1]).complaints == ("trends: a list",)


def test_absent_is_not_empty():
    assert (update({}).trends, update({}).recommendations) == (None, None)
    assert (update({}, trends={}).trends, update({}, recommendations=[]).recommendations) == ({}, ())


def test_recommendations():
    assert update({}, recommendations=["a", 7, None, {"message": "b"}, ["c"]]).recommendations == ("a", "7", "b")
    assert update({}, recommendations="only one").recommendations == ("only one",)
    event = update({"a": 1}, recommendations={"x": 1})
    assert (event.recommendations, event.complaints) == (None, ("recommendations: an object",))


def test_metrics_of_the_wrong_kind_do_not_cost_the_rest():
    event = update("oops", health_score={"overall": 50})
    assert (event.health.score, event.metrics, event.complaints) == (50.0, {}, ("metrics: 'oops'",))


def test_no_value_is_ever_not_finite():
    event = update({"a": 1e308, "b": -1e308, "c": 5e-324, "d": "1e308"})
    assert all(math.isfinite(value) for value in event.metrics.values())
    assert len(event.metrics) == 4
