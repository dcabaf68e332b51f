"""The callbacks as a browser calls them, and the sentences a person is told."""

from __future__ import annotations

import pytest

from dashboard.alerts.alert import NotAllowed, UnknownAlert
from dashboard.alerts.store import AlertStore
from dashboard.commands import Unreachable
from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.alert_question import Filter, read_filter
from dashboard.ui.callbacks.alerts import MAX_CHOSEN, change_all, ticked_ids
from tests.alert_events import trigger
from tests.unit.ui_world import NOW, Callbacks, hear_alert, hear_metrics, make_world, props


@pytest.fixture
def services():
    return make_world()


@pytest.fixture
def page(services):
    return Callbacks(services)


# -- the tick --------------------------------------------------------------------------------------------------------


def test_a_tick_brings_the_answer_and_every_section_that_changed(page, services):
    hear_metrics(services, system={"cpu_percent": 5})
    first = page.call("live.data", "tick.data", tick__data={"asked": 4, "range": "1h", "zone": "UTC"})
    assert first[ids.LIVE]["data"]["asked"] == 4
    assert set(first) - {ids.LIVE} == set(ids.SECTIONS)
    held = {name: first[ids.LIVE]["data"][name] for name in ("epoch", "cursor", "last", "structure", "revisions")}
    again = page.call("live.data", "tick.data", tick__data={"range": "1h", "zone": "UTC", **held})
    assert set(again) == {ids.LIVE}


@pytest.mark.parametrize("tick", [None, 5, "x", [], {"source": {"a": 1}, "cursor": "many"}, {"revisions": [1]}])
def test_a_tick_that_makes_no_sense_is_answered(page, tick):
    assert page.call("live.data", "tick.data", tick__data=tick)[ids.LIVE]["data"]["source"] is None


# -- the table -------------------------------------------------------------------------------------------------------


def table(page, changed="alerts-stamp.data", **values):
    defaults = {"filter_state__value": "open", "filter_level__value": "all", "filter_source__value": "all"}
    return page.call("alert-rows.data", changed, **(defaults | values))


def test_the_table_is_filled_from_the_alerts(page, services):
    for number, level in enumerate(["info", "critical", "warning"]):
        hear_alert(services, number, level=level, source="other" if number == 2 else "pl")
    made = table(page)
    assert [row["level"][2:] for row in made[ids.ALERT_ROWS]["data"]] == ["Critical", "Warning", "Info"]
    assert made[ids.ALERT_SUMMARY]["children"] == "3"
    assert made[ids.NEW_ALERTS] == {"children": "0 new", "hidden": True}
    assert made[ids.ALERT_EMPTY]["children"] == ""
    assert len(table(page, filter_source__value="other")[ids.ALERT_ROWS]["data"]) == 1
    assert len(table(page, filter_level__value="INFO", filter_text__value=" slow ")[ids.ALERT_ROWS]["data"]) == 1


def test_an_empty_table_says_so(page):
    made = table(page)
    assert made[ids.ALERT_EMPTY]["children"] == "No open alerts. None has been heard of yet."
    assert made[ids.ALERT_SUMMARY]["children"] == ""


def test_the_first_answer_of_a_page_that_asks_for_rows_has_those_of_the_table(page, services):
    for number in range(11):
        hear_alert(services, number, message=f"{number} is too high")

    def first(*asked):
        return page.call("live.data", "tick.data", tick__data={"table": [*asked]})[ids.LIVE]["data"]

    rows = table(page, alert_table__page_current=1)[ids.ALERT_ROWS]["data"]
    assert first("open", "all", "all", "", 1, [])["table"] == {
        "rows": rows, "page": 2, "pages": 2, "summary": "11", "empty": ""}
    assert first("resolved", "all", "all", "", 4, [])["table"] == {
        "rows": [], "page": 1, "pages": 1, "summary": "", "empty": "No alert matches this filter."}
    assert "table" not in first()


def test_new_alerts_wait_while_the_viewer_works_in_the_table(page, services):
    hear_alert(services, "a")
    free = table(page)
    shown = free[ids.ALERT_ROWS]["data"]
    hear_alert(services, "b", level="critical")
    hold = {"alerts_stamp__data": {"hold": True, "zone": "UTC"}, "alert_rows__data": shown,
            "alerts_known__data": free[ids.ALERTS_KNOWN]["data"]}
    made = table(page, **hold)
    assert [row["id"] for row in made[ids.ALERT_ROWS]["data"]] == [row["id"] for row in shown]
    assert made[ids.NEW_ALERTS] == {"children": "1 new", "hidden": False}
    assert ids.ALERTS_KNOWN not in made  # the second answer must count from the same moment
    assert len(table(page, changed="filter-text.value", **hold)[ids.ALERT_ROWS]["data"]) == 2


@pytest.mark.parametrize("rows", [None, "x", [1, None, {}], [{"id": 5}], {"id": "a"}])
def test_rows_that_make_no_sense_hold_nothing(page, services, rows):
    hear_alert(services, "a")
    made = table(page, alerts_stamp__data={"hold": True}, alert_rows__data=rows)
    assert len(made[ids.ALERT_ROWS]["data"]) == 1


@pytest.mark.parametrize(("values", "wanted"), [
    (("open", "all", "all", "", 0, None), Filter()),
    ((None, None, None, None, None, None), Filter()),
    ((5, [], {}, 1.5, "2", 0), Filter()),
    (("all", "ERROR", "pl", " x ", 2, [{"column_id": "age"}]),
     Filter("all", "ERROR", "pl", "x", 2, [{"column_id": "age"}])),
    (("open", "all", "all", "", -1, None), Filter()), (("open", "all", "all", "", True, None), Filter()),
])
def test_filters_are_read_with_suspicion(values, wanted):
    assert read_filter(*values) == wanted


# -- one alert -------------------------------------------------------------------------------------------------------


def test_a_chosen_row_is_shown_in_full_in_the_viewers_zone(page, services):
    hear_alert(services, "a", message="Pool exhausted")
    key = services.alerts.all()[0].key
    made = page.call("alert-detail.children", "alert-detail-asked.data",
                     alert_detail_asked__data={"key": key, "number": 1}, alerts_stamp__data={"zone": "Asia/Tokyo"})
    text = props(made[ids.ALERT_DETAIL]["children"])
    assert "Pool exhausted" in text and "17:53:20 JST" in text


@pytest.mark.parametrize("key", [None, {}, "gone", 5, "", ["a"]])
def test_no_alert_no_detail(page, key):
    for asked in (key, {"key": key, "number": 1}):
        made = page.call("alert-detail.children", "alert-detail-asked.data", alert_detail_asked__data=asked)
        assert made == {ids.ALERT_DETAIL: {"children": []}}


@pytest.mark.parametrize(("positions", "rows", "found"), [
    ([1], [{"id": "a"}, {"id": "b"}], ["b"]), ([0, 5, -1], [{"id": "a"}], ["a"]), (None, None, []), ([0], None, []),
    ("0", [{"id": "a"}], []), ([None, "0", 0.0], [{"id": "a"}], []), ([1, 0], [{"id": "a"}, {"id": "b"}], ["b", "a"])])
def test_ticks_are_known_by_their_rows(positions, rows, found):
    assert ticked_ids(positions, rows) == found


# -- acting ----------------------------------------------------------------------------------------------------------


def act(page, button, **values):
    return page.call("alert-feedback.children", f"{button}.n_clicks", **values)


def rows_of(services):
    return [{"id": alert.key} for alert in services.alerts.all()]


def test_ticked_alerts_are_acknowledged_by_whoever_clicked(page, services):
    hear_alert(services, "a")
    hear_alert(services, "b")
    made = act(page, ids.ACKNOWLEDGE, alert_table__selected_rows=[0, 1], alert_table__data=rows_of(services),
               resolve_notes__value="looking")
    assert made[ids.ALERT_FEEDBACK]["children"] == "2 changed."
    assert made[ids.RESOLVE_NOTES]["value"] == "" and len(made[ids.ALERTS_DONE]["data"]) == 2
    assert [(alert.state, alert.acknowledged_by, alert.notes) for alert in services.alerts.all()] == [
        ("acknowledged", "ada", "looking")] * 2


def test_the_open_row_is_worked_without_a_tick(page, services):
    hear_alert(services, "a")
    key = services.alerts.all()[0].key
    made = act(page, ids.RESOLVE, alert_open__data=key, alerts_stamp__data={"zone": "Asia/Tokyo"})
    assert made[ids.ALERT_FEEDBACK]["children"] == "Done."
    assert services.alerts.all()[0].state == "resolved"
    again = act(page, ids.ACKNOWLEDGE, alert_open__data=key, alerts_stamp__data={"zone": "Asia/Tokyo"})
    assert again[ids.ALERT_FEEDBACK]["children"] == "Somebody was quicker: already resolved by ada at 17:53:20."


def test_what_failed_stays_ticked_and_the_note_stays_written(page, services):
    hear_alert(services, "a")
    services.alerts.reachable = False
    made = act(page, ids.RESOLVE, alert_table__selected_rows=[0], alert_table__data=rows_of(services),
               resolve_notes__value="half a sentence")
    assert made[ids.ALERT_FEEDBACK]["children"].startswith("Not changed: ")
    assert ids.RESOLVE_NOTES not in made
    assert made[ids.ALERTS_DONE]["data"] == []


def test_nothing_chosen_changes_nothing(page, services):
    hear_alert(services, "a")
    made = act(page, ids.RESOLVE)
    assert made[ids.ALERT_FEEDBACK]["children"] == ""
    assert services.alerts.all()[0].state == "active"


class Made:
    def __init__(self, receivers):
        self.receivers = receivers


def transition(outcomes):
    def change(key, by, notes):
        outcome = outcomes[key]
        if isinstance(outcome, Exception):
            raise outcome
        return Made(outcome)
    return change


@pytest.mark.parametrize(("outcomes", "told", "failed"), [
    ({}, "", []), ({"a": 1}, "Done.", []), ({"a": 1, "b": 0}, "2 changed.", []),
    ({"a": 0}, "Done. Nobody is listening on the control channel.", []),
    ({"a": None, "b": 1}, "2 changed. The producer could not be told.", []),
    ({"a": UnknownAlert("a"), "b": UnknownAlert("b")}, "One of them is no longer there.", []),
    ({"a": 1, "b": Unreachable("Redis is away")}, "Done. Not changed: Redis is away.", ["b"]),
    ({"a": 1, "b": Unreachable("Redis is away"), "c": 1}, "Done. 2 not changed: Redis is away.", ["b", "c"]),
    ({"a": ValueError("too long")}, "Not changed: too long.", ["a"]),
    ({"a": NotAllowed("resolved", None, None)}, "Somebody was quicker: already resolved.", []),
    ({"a": NotAllowed("acknowledged", "ben", NOW)}, "Somebody was quicker: already acknowledged by ben at 08:53:20.",
     []),
])
def test_what_a_person_is_told(outcomes, told, failed):
    assert change_all(transition(outcomes), list(outcomes), "ada", "", "UTC") == (told, failed)


def test_one_click_changes_a_bounded_number():
    outcomes = {str(number): 1 for number in range(MAX_CHOSEN + 50)}
    assert change_all(transition(outcomes), list(outcomes), "ada", "", "UTC")[0] == f"{MAX_CHOSEN} changed."


def test_the_real_store_says_that_redis_is_away(services):
    """Not a socket: the connection is refused before one is made."""
    def refuse(*_, **__):
        raise OSError("no socket in a unit test")

    store = AlertStore(Settings(), connect=refuse, clock=services.clock)
    store.offer(trigger("a", at=NOW))
    store.step()
    told, failed = change_all(store.resolve, [store.all()[0].key], "ada", "", "UTC")
    assert told.startswith("Not changed: ") and len(failed) == 1 and "socket" not in told
    assert store.all()[0].state == "active"
