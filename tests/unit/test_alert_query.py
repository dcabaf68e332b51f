"""Filters, order and pages over alerts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.alerts.alert import Alert
from dashboard.alerts.query import MAX_LIMIT, SORTS, AlertIndex, QueryError
from dashboard.events import LEVELS, normal_level, parse
from tests.alert_events import NOW


def alert(key, level="WARNING", state="active", **fields) -> Alert:
    fields = {"id": key, "source": "producer", "first_seen": NOW, "last_seen": NOW} | fields
    if state == "resolved":
        fields = {"resolved_at": fields["last_seen"], "resolved_by": "anna"} | fields
    return Alert(key=key, level=level, rank=normal_level(level)[1], state=state, **fields)


ALERTS = (
    alert("info", "INFO", component="feed", message="Hello"),
    alert("old", "CRITICAL", first_seen=NOW - 100, last_seen=NOW - 1, component="Database", message="Pool exhausted"),
    alert("new", "CRITICAL", first_seen=NOW - 10, source="other", count=7),
    alert("worst", "EMERGENCY", "acknowledged", acknowledged_by="anna", acknowledged_at=NOW),
    alert("odd", "Purple", component="database", message="<b>lag</b>"),
    alert("over", "EMERGENCY", "resolved", first_seen=NOW - 7200, last_seen=NOW - 7100, resolved_at=NOW - 7000),
)
INDEX = AlertIndex(ALERTS, NOW)


def keys(**question):
    return [found.key for found in INDEX.query(**question).alerts]


def test_the_whole_list_is_emergency_first_then_newest():
    assert [found.key for found in INDEX.all] == ["worst", "over", "new", "old", "odd", "info"]


def test_by_default_unacknowledged_come_first():
    assert keys() == ["new", "old", "odd", "info", "worst", "over"] == keys(sort="severity")


@pytest.mark.parametrize(("sort", "first"), [
    ("-severity", "over"), ("-age", "over"), ("-count", "new"), ("-state", "over"), ("state", "new"),
    ("-component", "info"), ("source", "new"), ("-source", "old"), ("level", "worst"), ("-level", "info"),
    (["-source", "-age"], "over"), ("age", "odd"), ("count", "old"),
])
def test_sorts(sort, first):
    order = keys(sort=sort)
    assert len(order) == len(ALERTS)
    assert order[0] == first


def test_every_sort_works_both_ways():
    for name in SORTS:
        assert sorted(keys(sort=name)) == sorted(keys(sort=f"-{name}"))


@pytest.mark.parametrize(("question", "expected"), [
    ({"states": "active"}, {"info", "old", "new", "odd"}),
    ({"states": ["acknowledged", "resolved"]}, {"worst", "over"}),
    ({"states": "open"}, {"info", "old", "new", "odd", "worst"}),
    ({"levels": "critical"}, {"old", "new"}),
    ({"levels": ["fatal", "emerg"]}, {"old", "new", "worst", "over"}),
    ({"levels": "Purple"}, {"odd"}), ({"levels": "PURPLE"}, {"odd"}), ({"levels": ["purple", "info"]}, {"odd", "info"}),
    ({"levels": "other"}, {"odd"}), ({"levels": ["Other", "info"]}, {"odd", "info"}), ({"levels": "Green"}, set()),
    ({"source": "other"}, {"new"}),
    ({"text": "DATABASE"}, {"old", "odd"}),
    ({"text": "database pool"}, {"old"}),
    ({"text": "<b>"}, {"odd"}),
    ({"text": "wor"}, {"worst"}),
    ({"text": "other"}, {"new"}),
    ({"text": "  "}, {found.key for found in ALERTS}),
    ({"since": NOW - 3600}, {"info", "old", "new", "odd", "worst"}),
    ({"since": NOW - 7050}, {found.key for found in ALERTS}),
    ({"states": "open", "levels": "critical", "source": "producer", "text": "pool"}, {"old"}),
    ({"text": "x" * 10_000}, set()),
])
def test_filters(question, expected):
    page = INDEX.query(**question)
    assert {found.key for found in page.alerts} == expected and page.total == len(expected)


def test_pages_join_to_the_whole():
    whole = keys(limit=MAX_LIMIT)
    assert keys(limit=4) + keys(limit=4, offset=4) == whole
    assert INDEX.query(limit=0).total == len(ALERTS) and keys(limit=0) == []
    assert keys(offset=1000) == []


@pytest.mark.parametrize("bad", [
    {"limit": -1}, {"limit": MAX_LIMIT + 1}, {"offset": -1}, {"sort": "colour"}, {"sort": "--age"}, {"states": "odd"},
])
def test_what_there_is_not_is_told(bad):
    with pytest.raises(QueryError):
        INDEX.query(**bad)


def test_counts():
    assert INDEX.counts() == {
        "open": {"EMERGENCY": 1, "CRITICAL": 2, "Purple": 1, "INFO": 1},
        "active": 4, "acknowledged": 1, "resolved": 1, "last_at": NOW}
    assert list(INDEX.counts()["open"])[0] == "EMERGENCY"
    assert AlertIndex((), NOW).counts()["last_at"] is None


def test_an_acknowledgement_that_ran_out_is_active_and_the_next_end_is_known():
    taken = alert("taken", state="acknowledged", acknowledged_until=NOW + 10, acknowledged_by="anna")
    before, after = AlertIndex([taken], NOW), AlertIndex([taken], NOW + 10)
    assert (before.get("taken").state, before.next_expiry, before.expired) == ("acknowledged", NOW + 10, 0)
    assert (after.get("taken").state, after.next_expiry) == ("active", None) and after.expired != 0


def test_find_gives_the_newest_of_each_source_and_knows_keys():
    index = AlertIndex([
        alert("1", id="cpu", first_seen=NOW - 9, state="resolved"), alert("2", id="cpu", first_seen=NOW - 5),
        alert("3", id="cpu", source="other"), alert("4", id="x" * 10)], NOW)
    assert [found.key for found in index.find_any("cpu")] == ["3", "2"]
    assert [found.key for found in index.find_any("cpu", "producer")] == ["2"]
    assert [found.key for found in index.find_any("1")] == ["1"]
    assert index.find_any("1", "other") == [] == index.find_any("nobody")


def test_an_id_that_was_cut_when_it_came_in_is_found_by_the_whole():
    whole = "x" * 10_000
    event = parse(b'{"event_type": "ALERT_TRIGGERED", "alert": {"id": "' + whole.encode() + b'"}}', NOW)
    index = AlertIndex([alert("1", id=event.id)], NOW)
    assert [found.key for found in index.find_any(whole)] == ["1"]


def test_a_new_index_borrows_what_did_not_change():
    again = AlertIndex((*ALERTS[1:], alert("info", "ERROR")), NOW, INDEX)
    assert again.get("old") is INDEX.get("old") and again.get("info").level == "ERROR"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*LEVELS, "odd"]), st.sampled_from(["active", "acknowledged", "resolved"]),
                          st.integers(0, 5), st.sampled_from(["a", "b"])), max_size=30),
       st.sampled_from([*SORTS, *(f"-{name}" for name in SORTS)]), st.sampled_from([None, "active", "open"]))
def test_a_query_is_the_plain_filter_and_sort(rows, sort, states):
    alerts = [alert(str(number), level, state, first_seen=NOW - age, source=source)
              for number, (level, state, age, source) in enumerate(rows)]
    page = AlertIndex(alerts, NOW).query(states=states, source="a", sort=sort, limit=MAX_LIMIT)
    expected = {found.key for found in alerts if found.source == "a"
                and (states is None or found.state == states or (states == "open" and found.state != "resolved"))}
    assert {found.key for found in page.alerts} == expected and page.total == len(expected)


def test_an_alert_given_twice_is_there_once():
    index = AlertIndex((alert("a", "INFO"), alert("a", "ERROR"), alert("b")), NOW)
    assert [(found.key, found.level) for found in index.all] == [("a", "ERROR"), ("b", "WARNING")]
    assert index.counts()["active"] == 2
    index.counts()["open"].clear()
    assert index.counts()["open"] == {"ERROR": 1, "WARNING": 1}
