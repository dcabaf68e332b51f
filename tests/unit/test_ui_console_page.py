"""The console's table: the filter line with its errors, order, pages and held rows; and its callbacks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.alerts.filter_language import FIELDS, FilterError, parse
from dashboard.alerts.query import AlertIndex
from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.alert_question import OPEN_LINE, Line, read_line
from dashboard.ui.console_page import UNREADABLE_EMPTY, console_page, error_line
from dashboard.ui.layout.alert_bar import acknowledge_choice
from dashboard.ui.layout.alert_console import CHIPS, COLUMNS, page
from dashboard.ui.layout.alert_help import KEYS, TERMS
from dashboard.ui.mount import assets_folder
from dashboard.ui.navigation import ALERTS
from tests.alert_events import NOW
from tests.unit.test_ui_alerts import MIXED, alert, keys
from tests.unit.ui_world import Callbacks, components, hear_alert, make_world, props, texts

SCRIPTS = Path(assets_folder(Settings())) / "triage"


def shown(alerts, line=OPEN_LINE, *, page_number=0, sort=None, me="ada", on_screen=(), hold=False, seen=None):
    return console_page(AlertIndex(alerts, NOW), (line, page_number, sort), me, NOW, "UTC", on_screen, hold, seen)


# -- the line --------------------------------------------------------------------------------------------------------


def test_unacknowledged_first_then_severity_then_newest():
    made = shown(MIXED)
    assert keys(made) == ["new", "old", "info", "worst"]
    assert (made.summary, made.error, made.page.empty) == ("4 open · 3 unacknowledged", [], "")


@pytest.mark.parametrize(("line", "found"), [
    ("", ["new", "old", "info", "worst", "over"]), ("state:resolved", ["over"]), ("level:error age>1m", ["old"]),
    ("owner:me", []), ("owner:anna", ["worst"]), (None, ["new", "old", "info", "worst"]),
    (5, ["new", "old", "info", "worst"]), (" state:open ", ["new", "old", "info", "worst"])])
def test_the_line_says_which(line, found):
    assert keys(shown(MIXED, line)) == found


def test_mine_is_what_i_was_given_or_took():
    mine = [alert("given", assigned_to="Ada"), alert("taken", state="acknowledged", acknowledged_by="ada")]
    assert keys(shown([*mine, *MIXED], dict(CHIPS)["Mine"])) == ["given", "taken"]


@pytest.mark.parametrize(("column", "first"), [
    ("level", "worst"), ("what", "info"), ("source", "old"), ("state", "new"), ("first", "old"), ("age", "new"),
    ("count", "new")])
def test_every_header_but_the_value_sorts(column, first):
    ascending = keys(shown(MIXED, sort=[{"column_id": column, "direction": "asc"}]))
    descending = keys(shown(MIXED, sort=[{"column_id": column, "direction": "desc"}]))
    assert ascending[0] == first and {*ascending} == {*descending}
    assert ascending != descending or column == "count"


def test_the_sorts_that_the_address_may_name_are_those_of_the_table():
    script = (SCRIPTS / "15-table.js").read_text()
    listed = re.search(r"sorts: \[([^\]]+)\]", script)[1].replace('"', "").split(", ")
    assert listed == list(Line.sorts_by_column)
    assert {*listed} == {column["id"] for column in COLUMNS} - {"value"}
    assert f'["filter", "filter-line", "{OPEN_LINE}"]' in script


def test_first_seen_turned_round_is_the_youngest_first():
    assert Line(sort=[{"column_id": "first", "direction": "desc"}]).order == "age"
    assert Line(sort=[{"column_id": "first", "direction": "asc"}]).order == "-age"


def test_pages_of_many():
    many = [alert(f"a{number:03}", age_s=number) for number in range(Line.page_size + 3)]
    assert keys(shown(many, page_number=1)) == ["a025", "a026", "a027"]
    assert shown(many).page.pages == 2 and shown(many).summary == "28 open · 28 unacknowledged"


# -- errors ----------------------------------------------------------------------------------------------------------


def test_a_line_that_cannot_be_read_is_told_with_its_place_and_the_rows_stay():
    made = shown(MIXED, "state:open levle:critical pool", on_screen=["info", "worst"])
    assert keys(made) == ["info", "worst"] and made.page is None and made.known is None
    words = texts(made.error)
    assert "There is no field “levle”" in words and "(at character 12)" in words
    mark, = [one for one in components(made.error) if type(one).__name__ == "Mark"]
    assert mark.children == "levle:critical"
    assert texts(made.error[1]) == "state:open levle:critical pool"


@pytest.mark.parametrize("line", ['"open', "x" * 501, "level:", "a" * 499 + ' "'])
def test_any_error_has_a_mark(line):
    with pytest.raises(FilterError) as refused:
        read_line(line, "", 0, ())
    made = error_line(line, refused.value)
    assert texts(made[1]).replace(" ", "") == line.replace(" ", "")
    assert len([one for one in components(made) if type(one).__name__ == "Mark"]) == 1


# -- held rows -------------------------------------------------------------------------------------------------------


def test_new_alerts_wait_while_somebody_is_at_work():
    free = shown(MIXED)
    late = alert("late", "EMERGENCY", age_s=1)
    held = shown([late, *MIXED], on_screen=keys(free), hold=True, seen=free.known)
    assert keys(held) == keys(free) and held.page.waiting == 1 and held.known is None
    for moving in ({"hold": False}, {"hold": True, "line": "state:open late"}):
        made = shown([late, *MIXED], on_screen=keys(free), **{"seen": free.known} | moving)
        assert keys(made)[0] == "late" and made.known is not None


# -- what is on the page ---------------------------------------------------------------------------------------------


def test_the_keys_of_the_page_are_those_of_its_list():
    script = (SCRIPTS / "34-keys.js").read_text()
    bound = {*re.findall(r"(?:^|[\s,{])\"?([a-z/?]|Escape)\"?: \(\) =>", script)} | (
        {"/"} if '"/": focusFilter' in script else set())
    assert bound == {key for key, _ in KEYS}


def test_the_docs_list_the_same_keys_and_the_same_fields():
    text = (Path(__file__).resolve().parents[2] / "docs" / "alerts.md").read_text()
    for key, words in KEYS:
        assert f"| `{key}` | {words} |" in text, key
    told = " ".join(term + words for term, words in TERMS)
    for field in FIELDS:
        assert any(f"{field}{sign}" in told for sign in ":<>"), field


@pytest.mark.parametrize("term", [part for term, _ in TERMS for part in term.split("  ")])
def test_every_example_can_be_read(term):
    parse(term)


@pytest.mark.parametrize(("name", "line"), CHIPS)
def test_every_filter_that_is_offered_can_be_read(name, line):
    read_line(line, "ada", 0, ())


@pytest.mark.parametrize(("acknowledge_s", "values", "chosen"), [
    (1800.0, ["900", "1800", "3600", "14400", "resolved"], "1800"),
    (3.0, ["3", "900", "1800", "3600", "14400", "resolved"], "3"),
    (86_400.0, ["900", "1800", "3600", "14400", "86400", "resolved"], "86400")])
def test_the_time_of_the_settings_is_offered_and_chosen(acknowledge_s, values, chosen):
    select, = [one for one in components(acknowledge_choice(acknowledge_s)) if type(one).__name__ == "Select"]
    assert [option["value"] for option in select.options] == values and select.value == chosen


def test_whatever_is_on_the_page_has_a_name():
    layout = page(Settings())
    for one in components(layout):
        if type(one).__name__ == "Button" and not getattr(one, "hidden", False):
            assert texts(one) or getattr(one, "aria-label", None), one
    said = {getattr(one, "id", None): one for one in components(layout)}
    for component_id in (ids.ALERT_FEEDBACK, ids.FILTER_ERROR, ids.ALERT_SUMMARY):
        assert getattr(said[component_id], "aria-live") == "polite"


# -- callbacks -------------------------------------------------------------------------------------------------------


@pytest.fixture
def services():
    return make_world()


@pytest.fixture
def console(services):
    return Callbacks(services, page=ALERTS)


def table(console, changed="alerts-stamp.data", line=OPEN_LINE, **values):
    return console.call("alert-rows.data", changed, filter_line__value=line, **values)


def test_the_table_is_filled_and_counted(console, services):
    for number, level in enumerate(["info", "critical"]):
        hear_alert(services, number, level=level)
    made = table(console)
    assert [row["level"] for row in made[ids.ALERT_ROWS]["data"]] == ["⬣ Critical", "● Info"]
    assert made[ids.ALERT_SUMMARY]["children"] == "2 open · 2 unacknowledged"
    assert made[ids.NEW_ALERTS] == {"children": "0 new", "hidden": True} and made[ids.FILTER_ERROR]["children"] == []
    assert table(console, line="owner:me")[ids.ALERT_EMPTY]["children"] == "No alert matches this filter."
    services.alerts.acknowledge(services.alerts.all()[0].key, "ada")
    assert len(table(console, line="owner:me")[ids.ALERT_ROWS]["data"]) == 1


def test_a_calm_table_says_when_the_last_one_was(console, services):
    assert table(console)[ids.ALERT_EMPTY]["children"] == "No open alerts. None has been heard of yet."
    hear_alert(services, "a")
    services.alerts.resolve(services.alerts.all()[0].key, "ada")
    services.clock.now += 7200
    assert table(console)[ids.ALERT_EMPTY]["children"] == "No open alerts. The last one fired 2 h ago."


def test_a_line_with_a_slip_keeps_rows_pages_and_memory(console, services):
    hear_alert(services, "a")
    rows = table(console)[ids.ALERT_ROWS]["data"]
    made = table(console, changed="filter-line.value", line="levle:x", alert_rows__data=rows)
    assert [row["id"] for row in made[ids.ALERT_ROWS]["data"]] == [row["id"] for row in rows]
    assert {*made} == {ids.ALERT_ROWS, ids.ALERT_EMPTY, ids.FILTER_ERROR}
    assert made[ids.ALERT_EMPTY]["children"] == ""
    empty = table(console, line="levle:x")
    assert empty[ids.ALERT_EMPTY]["children"] == UNREADABLE_EMPTY
    assert "There is no field" in props(empty[ids.FILTER_ERROR]["children"])


def test_rows_hold_their_places_only_where_the_stamp_says_so(console, services):
    hear_alert(services, "a")
    free = table(console)
    hear_alert(services, "b", level="critical")
    held = {"alerts_stamp__data": {"hold": True, "zone": "UTC"}, "alert_rows__data": free[ids.ALERT_ROWS]["data"],
            "alerts_known__data": free[ids.ALERTS_KNOWN]["data"]}
    assert table(console, **held)[ids.NEW_ALERTS] == {"children": "1 new", "hidden": False}
    assert len(table(console, changed="alert-table.page_current", **held)[ids.ALERT_ROWS]["data"]) == 2


def test_what_is_done_is_done_by_whoever_is_signed_in(console, services):
    hear_alert(services, "a")
    asked = {"number": 7, "action": "acknowledge", "for": "900", "keys": [services.alerts.all()[0].key], "zone": "UTC"}
    made = console.call("alert-acted.data", "alert-asked.data", alert_asked__data=asked)[ids.ALERT_ACTED]["data"]
    assert made["number"] == 7 and made["told"].startswith("Acknowledged for 15 min.")
    assert services.alerts.all()[0].acknowledged_by == "ada"
    assert console.call("alert-acted.data", "alert-asked.data")[ids.ALERT_ACTED]["data"]["number"] is None


def test_the_tick_of_the_page_brings_strip_and_banners(console, services):
    services.record.lost(NOW, "away")
    made = console.call("live.data", "tick.data", tick__data={"asked": 3, "zone": "UTC"})
    assert made[ids.LIVE]["data"]["asked"] == 3 and "alertsRevision" in made[ids.LIVE]["data"]
    assert "No connection to Redis" in props(made[ids.NOTICE]["children"])
