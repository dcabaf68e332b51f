"""A page of the alert table: rows, order, what is said where there is nothing; and one in full."""

from __future__ import annotations

import json

import pytest

from dashboard.alerts import lifecycle
from dashboard.alerts.alert import Alert
from dashboard.alerts.query import AlertIndex
from dashboard.events import LEVELS, normal_level
from dashboard.ui import ids
from dashboard.ui.alert_page import table_page
from dashboard.ui.alert_question import Filter
from dashboard.ui.alert_rows import MESSAGE_SHOWN, NO_BREAK, detail, row
from dashboard.ui.layout.alerts import COLUMNS, alert_panel
from tests.alert_events import NOW, trigger
from tests.unit.ui_world import components, texts

HOUR_S = 3600
PAGE_SIZE = Filter.page_size


def alert(key, level="WARNING", state="active", age_s=60, **fields) -> Alert:
    """An alert that began `age_s` before NOW."""
    fields = {"id": key, "source": "pl", "first_seen": NOW - age_s, "last_seen": NOW - age_s, "component": "db",
              "message": f"about {key}"} | fields
    if state == "acknowledged":
        fields = {"acknowledged_by": "anna", "acknowledged_at": NOW - 10} | fields
    if state == "resolved":
        fields = {"resolved_by": "ben", "resolved_at": NOW - 20} | fields
    return Alert(key=key, level=level, rank=normal_level(level)[1], state=state, **fields)


MIXED = (alert("info", "INFO"), alert("worst", "EMERGENCY", "acknowledged", age_s=90),
         alert("over", "CRITICAL", "resolved"), alert("new", "ERROR", age_s=5),
         alert("old", "ERROR", age_s=500, source="other", component="feed"))


def page(alerts, held=None, seen=None, **wanted):
    return table_page(AlertIndex(alerts, NOW), Filter(**wanted), NOW, held, seen)


def keys(made):
    return [found["id"] for found in made.rows]


# -- filters and order -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wanted", "found"), [
    ({}, ["new", "old", "info", "worst"]), ({"state": "active"}, ["new", "old", "info"]),
    ({"state": "acknowledged"}, ["worst"]), ({"state": "resolved"}, ["over"]),
    ({"state": "all"}, ["new", "old", "info", "worst", "over"]),
    ({"state": "nonsense"}, ["new", "old", "info", "worst"]),
    ({"level": "ERROR"}, ["new", "old"]), ({"level": "err"}, ["new", "old"]), ({"level": "<b>"}, []),
    ({"source": "other"}, ["old"]), ({"text": "ABOUT new"}, ["new"]), ({"text": "feed"}, ["old"]),
    ({"text": "x" * 10_000}, []), ({"level": "ERROR", "source": "pl", "text": "db"}, ["new"]),
])
def test_filters(wanted, found):
    made = page(MIXED, **wanted)
    assert (keys(made), made.total) == (found, len(found))


def test_the_level_other_shows_every_level_that_is_none_of_the_five():
    strange = (alert("odd", "Notice"), alert("odder", "other", age_s=90))
    assert keys(page(MIXED + strange, level="other")) == ["odd", "odder"]
    assert keys(page(MIXED, level="other")) == []


def test_the_level_other_is_offered_last():
    select, = [one for one in components(alert_panel()) if getattr(one, "id", None) == ids.FILTER_LEVEL]
    assert [option["value"] for option in select.options] == ["all", *LEVELS, "other"]
    assert select.options[-1]["label"] == "Other"


@pytest.mark.parametrize(("sort", "found"), [
    ([{"column_id": "age", "direction": "asc"}], ["new", "info", "worst", "old"]),
    ([{"column_id": "age", "direction": "desc"}], ["old", "worst", "info", "new"]),
    ([{"column_id": "level", "direction": "asc"}], ["worst", "new", "old", "info"]),
    ([{"column_id": "what", "direction": "desc"}], ["worst", "old", "new", "info"]),
])
def test_sorts_of_the_headers(sort, found):
    assert keys(page(MIXED, sort=sort)) == found


@pytest.mark.parametrize("sort", [
    (), [], None, "age", [None], [{}], [{"column_id": "id; drop"}], [{"column_id": ["age"]}], [{"column_id": None}],
    {"a": 1}, 5, [[]]])
def test_any_other_sort_is_the_usual_one(sort):
    assert keys(page(MIXED, sort=sort)) == ["new", "old", "info", "worst"]


# -- pages -----------------------------------------------------------------------------------------------------------

MANY = tuple(alert(f"a{number:02}", age_s=number) for number in range(PAGE_SIZE * 2 + 3))


def test_pages_cover_everything_once():
    pages = [page(MANY, page=number) for number in range(3)]
    assert [len(made.rows) for made in pages] == [PAGE_SIZE, PAGE_SIZE, 3]
    assert sum((keys(made) for made in pages), []) == [found.key for found in MANY]
    assert {(made.pages, made.total) for made in pages} == {(3, len(MANY))}


@pytest.mark.parametrize("number", [3, 50, 10**30])
def test_a_page_that_is_gone_is_the_last_there_is(number):
    made = page(MANY, page=number)
    assert keys(made) == [found.key for found in MANY[-3:]] and made.empty == ""


def test_no_alerts_are_one_page():
    assert (page(()).pages, page(()).total, page((), page=7).rows) == (1, 0, [])


# -- empty -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("alerts", "wanted", "words"), [
    ((), {}, "No open alerts. None has been heard of yet."),
    ((alert("over", state="resolved", age_s=3 * HOUR_S),), {}, "No open alerts. The last one fired 3 h ago."),
    ((), {"text": "x"}, "No alert matches this filter."), ((), {"state": "all"}, "No alert matches this filter."),
    ((), {"level": "INFO"}, "No alert matches this filter."), (MIXED, {}, ""),
])
def test_what_is_said_where_there_is_nothing(alerts, wanted, words):
    assert page(alerts, **wanted).empty == words


# -- rows ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("found", "shown"), [
    (alert("a"), {"tone": "warning", "level": "▲ Warning", "what": "about a\ndb · pl", "age": "1 min"}),
    (alert("a", "EMERGENCY", count=1234), {"tone": "critical", "level": "✖ Emergency", "age": "1 min\n×1,234"}),
    (alert("a", "INFO", "acknowledged"), {"tone": "info", "level": "● Info\n✓ anna"}),
    (alert("a", "INFO", acknowledged_by="anna", acknowledged_until=NOW - 5), {"level": "● Info"}),
    (alert("a", "ERROR", "resolved"), {"tone": "stale", "level": "◆ Error\nresolved", "age": "20 s ago"}),
    (alert("a", "Purple"), {"tone": "warning", "level": "◇ Purple"}),
    (alert("a", message="", component=""), {"what": "a\npl"}),
    (alert("a", message="<b>x</b>"), {"what": "<b>x</b>\ndb · pl"}),
    (alert("a", message="x" * 9000), {"what": "x" * MESSAGE_SHOWN + "\ndb · pl"}),
    (alert("a", age_s=-100), {"age": "0 s"}),
])
def test_rows(found, shown):
    made = row(found, NOW)
    assert made["id"] == "a" and made | shown == made
    json.dumps(made, allow_nan=False)
    assert {column["id"] for column in COLUMNS} | {"id", "tone"} == made.keys()


@pytest.mark.parametrize(("left_s", "words"), [
    (24 * 60 + 59, "24 min"), (4 * HOUR_S - 1, "3 h"), (7.5, "7 s"), (0, "0 s"), (-5, "0 s")])
def test_a_row_says_how_long_its_acknowledgement_holds(left_s, words):
    made = row(alert("a", "INFO", "acknowledged", acknowledged_until=NOW + left_s), NOW)
    assert made["level"].replace(NO_BREAK, " ") == f"● Info\n✓ anna · {words}"
    assert made["level"].count(" ") == 3  # the time is not torn apart where it needs a line of its own


def test_a_real_alert_is_known_by_its_key():
    document = lifecycle.triggered(lifecycle.document_for(trigger("cpu/7")), trigger("cpu/7"))
    found, = lifecycle.alerts_of(document)
    made = page([found])
    assert keys(made) == [found.key] != ["cpu/7"]


# -- detail ----------------------------------------------------------------------------------------------------------


def test_the_detail_has_it_all():
    found = alert("7", "CRITICAL", count=12_345, notes="looking", last_seen=NOW, details={
        "threshold": 80, "current_value": 91.25}, suggested_actions=tuple(f"do {number}" for number in range(15)))
    text = texts(detail(found, NOW, "UTC"))
    for words in ("about 7", "State unacknowledged", "Level ⬣ Critical", "Component db", "Source pl", "Id 7",
                  "(1 min ago)", "Count 12,345", "Note looking", "threshold 80 · current_value 91.25", "do 0", "do 9"):
        assert words in text, words
    assert "do 10" not in text


@pytest.mark.parametrize(("found", "words"), [
    (alert("a", state="acknowledged"), "acknowledged by anna at 2027-01-15 08:59:50 CET"),
    (alert("a", state="acknowledged", acknowledged_until=NOW + 60), ", until 2027-01-15 09:01:00 CET (1 min left)"),
    (alert("a", state="resolved"), "resolved by ben at 2027-01-15 08:59:40 CET"),
    (alert("a", component=""), "Component –"),
])
def test_the_state_says_who_and_when_in_the_viewers_zone(found, words):
    assert words in texts(detail(found, NOW, "Europe/Zurich"))


@pytest.mark.parametrize(("fields", "words"), [
    ({"regressed": True}, "Marks regressed: it came back after a person had resolved it"),
    ({"flapping_until": NOW + 60}, "Marks flapping: it changes often"),
    ({"stale_since": NOW - 200}, "Marks stale: nothing heard of its source for 3 min"),
    ({"silenced_by": "ab12"}, "Marks silenced"),
    ({"regressed": True, "silenced_by": "ab12"}, "had resolved it · silenced"),
    ({"assigned_to": "ada", "assigned_by": "ben", "assigned_at": NOW - 5},
     "Assigned to ada, by ben at 2027-01-15 08:59:55 CET"),
    ({"snoozed_by": "ben", "snoozed_at": NOW}, "Snoozed until it gets worse, by ben"),
    ({"snoozed_by": "ben", "snoozed_at": NOW, "snoozed_until": NOW + 60},
     "Snoozed until 2027-01-15 09:01:00 CET, or worse, by ben"),
])
def test_the_detail_says_what_an_alert_carries_beside_its_state(fields, words):
    assert words in texts(detail(alert("a", **fields), NOW, "Europe/Zurich"))


def test_a_detail_does_not_name_what_there_is_not():
    text = texts(detail(alert("a"), NOW, "UTC"))
    assert [word for word in ("Note", "Details", "Suggested", "Marks", "Assigned", "Snoozed") if word in text] == []


def test_markup_in_a_detail_is_text():
    found = alert("<b>", message="<script>x</script>", component="<i>", details={"<u>": "<s>"},
                  suggested_actions=("<a href=x>",), notes="<p>")
    made = detail(found, NOW, "UTC")
    assert "<script>x</script>" in texts(made)
    assert {type(one).__name__ for one in components(made)} <= {"H3", "Dl", "Dt", "Dd", "Div", "Ul", "Li", "A"}


# -- simulated sources -----------------------------------------------------------------------------------------------


def test_an_alert_of_a_simulated_source_says_so_in_row_and_detail():
    made_up = alert("a", source="x-simulator")
    assert row(made_up, NOW)["what"] == "about a\ndb · x-simulator (simulated)"
    assert "Source x-simulator (simulated)" in texts(detail(made_up, NOW, "UTC"))
    assert "simulated" not in str(row(alert("b"), NOW)) + texts(detail(alert("b"), NOW, "UTC"))
