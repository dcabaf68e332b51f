"""Rows of the alert table that stay in their places while somebody is at work, and the new ones that wait."""

from __future__ import annotations

import pytest

from dashboard.alerts.query import AlertIndex
from dashboard.ui.alert_page import KNOWN_LIMIT, held_rows, known
from dashboard.ui.alert_question import Filter
from tests.alert_events import NOW
from tests.unit.test_ui_alerts import HOUR_S, MANY, MIXED, alert, keys, page


def seen_of(alerts, **wanted):
    return known(AlertIndex(alerts, NOW), Filter(**wanted))


def test_held_rows_keep_their_order_while_the_world_moves():
    before = keys(page(MIXED))
    moved = [alert("gravest", "EMERGENCY", age_s=1), *MIXED]
    made = page(moved, held=before, seen=seen_of(MIXED))
    assert keys(made) == before
    assert made.waiting == 1 and made.total == 5
    assert keys(page(moved)) == ["gravest", *before]


def test_held_rows_are_renewed_in_place():
    before = keys(page(MIXED))
    changed = [alert("new", "ERROR", "acknowledged"), *[one for one in MIXED if one.key != "new"]]
    made = page(changed, held=before, seen=seen_of(MIXED))
    assert keys(made) == before
    assert made.rows[0]["level"] == "◆ Error\n✓ anna"
    assert made.waiting == 0


def test_a_resolved_alert_stays_in_sight_while_rows_are_held():
    before = keys(page(MIXED))
    changed = [alert("new", "ERROR", "resolved"), *[one for one in MIXED if one.key != "new"]]
    assert keys(page(changed, held=before)) == before
    assert "new" not in keys(page(changed))


def test_a_held_row_that_is_gone_leaves_a_place():
    assert keys(page(MIXED[1:], held=["info", "worst", "new"])) == ["worst", "new"]


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("age_s", [-1, 10 * HOUR_S])  # by the clock of its producer, which may be wrong
def test_the_number_that_waits_is_that_of_the_new_alerts_on_all_pages(number, age_s):
    held = keys(page(MANY, page=number))
    fresh = tuple(alert(f"n{number}", age_s=age_s) for number in range(300))
    assert page(MANY + fresh, held=held, seen=seen_of(MANY), page=number).waiting == 300
    assert page(MANY + fresh, held=held, seen=seen_of(MANY), text="n1").waiting == 111


def test_an_alert_that_somebody_else_resolved_is_not_new_and_brings_none():
    held, seen = keys(page(MANY)), seen_of(MANY)
    changed = [alert("a00", state="resolved"), *MANY[1:]]
    assert page(changed, held=held, seen=seen).waiting == 0
    assert page(changed[1:], held=held, seen=seen).waiting == 0


def test_beyond_what_a_page_remembers_the_newer_ones_count():
    crowd = tuple(alert(f"c{number}", age_s=number) for number in range(KNOWN_LIMIT + 50))
    seen = seen_of(crowd)
    assert len(seen["marks"]) == KNOWN_LIMIT
    fresh = tuple(alert(f"n{number}", age_s=-1) for number in range(20))
    assert page(crowd, held=["c0"], seen=seen).waiting == 0
    assert page(crowd + fresh, held=["c0"], seen=seen).waiting == 20


@pytest.mark.parametrize("seen", [None, "x", {}, {"marks": 5}, {"marks": [None, "a", [1]], "after": "now"}])
def test_a_memory_that_makes_no_sense_knows_the_rows_on_screen(seen):
    assert page(MIXED, held=["new", "old"], seen=seen).waiting == 2


@pytest.mark.parametrize("other", [
    {"state": "all"}, {"level": "ERROR"}, {"source": "other"}, {"text": "n"}, {"page": 1},
    {"sort": [{"column_id": "age", "direction": "asc"}]}])
def test_rows_are_held_only_for_the_question_they_are_of(other):
    shown = keys(page(MIXED))
    assert held_rows(Filter(), shown, seen_of(MIXED)) == shown
    assert held_rows(Filter(**other), shown, seen_of(MIXED)) is None
    assert held_rows(Filter(**other), shown, seen_of(MIXED, **other)) == shown


@pytest.mark.parametrize("seen", [None, [], "x", {}, {"question": None}, {"question": "1"}])
def test_rows_of_which_the_page_does_not_say_what_they_are_may_move(seen):
    assert held_rows(Filter(), ["new"], seen) is None
    assert held_rows(Filter(), [], seen_of(MIXED)) is None


def test_nothing_held_holds_nothing():
    assert keys(page(MIXED, held=[])) == ["new", "old", "info", "worst"]
