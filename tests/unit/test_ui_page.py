"""The pages' skeletons and their ids: each written once, each callback's in the layout, the fixed ones there."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from dash import dcc

from dashboard import ui
from dashboard.commands import ACTIONS
from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.layout.page import page
from dashboard.ui.layout.search_field import REST_MS
from dashboard.ui.navigation import path_of
from dashboard.ui.pages import PAGES
from dashboard.ui.view import DEFAULT_RANGE, RANGES, ZONES
from tests.unit.ui_world import Callbacks, components, make_world, texts

UI = Path(ui.__file__).parent
ASSETS = UI.parents[1] / "assets"
FIXED = {"status-strip", "alert-table", "acknowledge", "resolve", "resolve-notes", "source-select", "range-select",
         "live-toggle", "theme-toggle"}  # design section 3: hosts and other people's tests rely on them
NAMES = {name: value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)}
LAYOUT = list(components(page(Settings(title="Night watch", interval_ms=1234, home_url="/start"))))
SHOWN = [one.id for one in LAYOUT if getattr(one, "id", None) is not None]
SHOWN_TEXTS = [one for one in SHOWN if isinstance(one, str)]
IDS = {one.name: [part.id for part in components(one.layout(Settings())) if getattr(part, "id", None) is not None]
       for one in PAGES}
PATTERNS = (ids.command, ids.silence_end, ids.route_act)  # of buttons of which there are several
every_page = pytest.mark.parametrize("name", IDS)


def found(component_id):
    return next(one for one in LAYOUT if getattr(one, "id", None) == component_id)


def test_the_fixed_ids_are_on_the_page():
    assert set(SHOWN_TEXTS) >= FIXED


@every_page
def test_no_id_is_used_twice(name):
    texts_of_page = [one for one in IDS[name] if isinstance(one, str)]
    assert len(set(texts_of_page)) == len(texts_of_page)
    assert len(set(NAMES.values())) == len(NAMES)


def test_fields_wait_for_the_typing_to_rest_where_something_is_searched_and_in_no_form():
    waits = {part.id: part.debounce for one in PAGES for part in components(one.layout(Settings()))
             if getattr(part, "debounce", None) not in (None, False, True)}
    assert waits == dict.fromkeys((ids.FILTER_TEXT, ids.FILTER_LINE, ids.PAST_TEXT), REST_MS)
    assert 100 <= REST_MS <= 1_000  # milliseconds


def test_every_id_there_is_is_on_some_page():
    assert set(NAMES.values()) == {one for page_ids in IDS.values() for one in page_ids if isinstance(one, str)}


@every_page
def test_ids_that_are_no_texts_are_those_of_ids(name):
    assert all(one == ids.command(one["action"]) for one in IDS[name] if isinstance(one, dict))
    assert name != "overview" or any(isinstance(one, dict) for one in IDS[name])


def literals(path: Path):
    """Texts of a module that stand where a component id is expected: `id=`, and the first argument of Input & co."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            values = [keyword.value for keyword in node.keywords if keyword.arg in ("id", "component_id")]
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("Input", "Output", "State", "_select", "_choice", "_field") and node.args:
                values.append(node.args[0])
            yield from (value for value in values if isinstance(value, (ast.Constant, ast.Dict, ast.JoinedStr)))


@pytest.mark.parametrize("path", [path for path in sorted(UI.rglob("*.py")) if path.name != "ids.py"],
                         ids=lambda path: str(path.relative_to(UI)))
def test_no_id_is_a_literal_outside_ids(path):
    assert [ast.unparse(value) for value in literals(path)] == []


# -- callbacks -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def callbacks():
    return Callbacks(make_world())


@pytest.fixture(scope="module")
def listed():
    """What each page says of its callbacks, by the name of the page."""
    world = Callbacks(make_world(), others=True)
    return {one.name: world.client.get(f"/admin/monitoring{path_of(one.name)}_dash-dependencies").json for one in PAGES}


@every_page
def test_every_id_of_a_callback_is_on_its_page(listed, name):
    assert len(listed[name]) >= 5
    for entry in listed[name]:
        outputs = [part.rpartition(".")[0] for part in entry["output"].strip(".").split("...")]
        for one in [*outputs, *(part["id"] for part in [*entry["inputs"], *entry["state"]])]:
            if one.startswith("{"):
                every = [pattern(*[["ALL"]] * pattern.__code__.co_argcount) for pattern in PATTERNS]
                assert json.loads(one) in every, one
            else:
                assert one in IDS[name], one


@every_page
def test_every_function_that_runs_in_the_browser_is_in_a_script_that_its_page_loads(listed, name):
    folders, = [one.assets for one in PAGES if one.name == name]
    paths = [*ASSETS.glob("*.js"), *(path for folder in folders for path in (ASSETS / folder).glob("*.js"))]
    scripts = "".join(path.read_text() for path in paths)
    called = [entry["clientside_function"]["function_name"] for entry in listed[name] if entry["clientside_function"]]
    assert len(called) >= 4
    for one in called:
        assert f"dash_clientside.monitoring.{one} = function" in scripts or f"monitoring.{one} =" in scripts, one


def test_no_callback_has_a_figure_as_input(callbacks):
    for entry in callbacks.client.get("/admin/monitoring/_dash-dependencies").json:
        assert not any(part["property"] == "figure" for part in [*entry["inputs"], *entry["state"]])


# -- skeleton --------------------------------------------------------------------------------------------------------


def test_the_page_is_the_same_for_everybody_and_needs_nothing():
    assert json.dumps(page(Settings()).to_plotly_json(), default=lambda one: one.to_plotly_json()) == json.dumps(
        page(Settings()).to_plotly_json(), default=lambda one: one.to_plotly_json())


def test_settings_are_on_the_page():
    assert found(ids.INTERVAL).interval == 1234 and not getattr(found(ids.INTERVAL), "disabled", False)
    assert "Night watch" in texts(found(ids.STATUS_STRIP))


def test_the_choices_of_the_strip():
    assert [option["value"] for option in found(ids.RANGE_SELECT).options] == list(RANGES)
    assert found(ids.RANGE_SELECT).value == DEFAULT_RANGE
    assert [option["value"] for option in found(ids.ZONE_SELECT).options] == [key for key, _ in ZONES]


def test_every_command_has_its_button():
    assert [one["action"] for one in SHOWN if isinstance(one, dict)] == [
        *(name for name in ACTIONS if name != "ENABLE_COMPONENT"), "ENABLE_COMPONENT"]


def test_the_table_leaves_sorting_filtering_and_paging_to_the_server():
    table = found(ids.ALERT_TABLE)
    assert (table.page_action, table.sort_action, table.row_selectable) == ("custom", "custom", "multi")
    assert getattr(table, "editable", False) is False and getattr(table, "row_deletable", False) is False
    assert all(column.get("presentation") is None for column in table.columns)


def test_sections_are_places_on_the_page_and_empty_stores_wait():
    assert set(ids.SECTIONS) <= set(SHOWN_TEXTS)
    assert all(getattr(one, "data", None) is None for one in LAYOUT if isinstance(one, dcc.Store))


def test_what_changes_by_itself_is_told_to_a_screen_reader():
    for one in (ids.WORST, ids.ALERT_SUMMARY, ids.ALERT_FEEDBACK, ids.COMMAND_FEEDBACK):
        assert getattr(found(one), "aria-live") == "polite"


def test_nothing_is_fetched_from_elsewhere(callbacks):
    text = callbacks.client.get("/admin/monitoring/").text
    assert "http://" not in text and "https://" not in text and "//cdn" not in text
    assert "<title>Monitoring</title>" in text
    sheet = next(part for part in text.split('"') if part.startswith("/admin/monitoring/bootstrap/"))
    assert callbacks.client.get(sheet).status_code == 200
    assert "Bootstrap" in callbacks.client.get(sheet).text[:200]
