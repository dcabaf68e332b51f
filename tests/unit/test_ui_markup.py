"""Markup in a producer's words is text on the page, whichever way it takes; and how components travel."""

from __future__ import annotations

import json
from pathlib import Path

import dash_bootstrap_components as dbc
import pytest
from dash import dcc, html

from dashboard import ui
from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.layout.page import page
from dashboard.ui.navigation import EXPLORE, OVERVIEW, way
from dashboard.ui.plain import plain
from tests.unit.ui_world import ask, components, hear, hear_alert, hear_metrics, make_world, texts

UI = Path(ui.__file__).parent
MARKUP = "<img src=x onerror=alert(1)> **bold** [link](javascript:alert(1))"
# What may take markup or code: none of it belongs on this page.
TAKES_MARKUP = {"Markdown", "DangerouslySetInnerHTML", "Iframe", "Script", "ObjectEl", "Embed", "Base"}


@pytest.fixture
def services():
    return make_world()


def hostile(services):
    hear_metrics(services, source=MARKUP, **{MARKUP: {MARKUP: 5}}, system={"cpu_percent": 5}, facts={MARKUP: MARKUP})
    hear(services, source=MARKUP, event_type="HEALTH_CHECK", health={
        "status": MARKUP, "components": {MARKUP: {"status": MARKUP, MARKUP: MARKUP}}})
    hear(services, source=MARKUP, event_type="SYSTEM_STATUS", status=MARKUP, message=MARKUP)
    hear(services, source=MARKUP, event="job_progress_update", payload={
        "run_id": MARKUP, "phase": MARKUP, "current_symbol": MARKUP, "estimated_completion": MARKUP})
    hear(services, source=MARKUP, event_type="METRIC_UPDATE", metrics={}, recommendations=[MARKUP], trends={
        MARKUP: {"direction": MARKUP, "prediction_1h": 5}})
    hear(services, source=MARKUP, type=MARKUP)
    hear_alert(services, MARKUP, level=MARKUP, source=MARKUP, message=MARKUP, component=MARKUP)


def test_markup_is_only_ever_text(services):
    hostile(services)
    live, drawn = ask(services)
    found = [one for tree in drawn.values() for one in components(tree)]
    assert len(found) > 50
    assert any(MARKUP in texts(tree) for tree in drawn.values())
    for one in found:
        assert type(one).__name__ not in TAKES_MARKUP
        assert not hasattr(one, "dangerously_allow_html")
        assert not any(name.startswith("on") for name in one.to_plotly_json()["props"])
        assert not getattr(one, "src", None)
        address = getattr(one, "href", None) or way(OVERVIEW, EXPLORE)
        assert address.startswith(way(OVERVIEW, EXPLORE)) and "<" not in address and ":" not in address
    assert all(span[3].count("<") == 0 for span in live["lane"])


def test_plots_are_told_names_as_text(services):
    hostile(services)
    figures = [one.figure for one in components(ask(services)[1][ids.CHARTS]) if isinstance(one, dcc.Graph)]
    names = [trace["name"] for figure in figures for trace in figure["data"]]
    assert names and not any("<" in name for name in names)


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: str(path.relative_to(UI)))
def test_nothing_on_the_page_takes_markup(path):
    text = path.read_text()
    assert "Markdown" not in text and "dangerously" not in text and "innerHTML" not in text
    assert '"presentation"' not in text and "markdown" not in text


def test_a_component_of_the_layout_is_what_it_should_be():
    kinds = {type(one).__name__ for one in components(page(Settings()))}
    assert not kinds & TAKES_MARKUP
    assert {"DataTable", "Interval", "Store", "Modal", "Select"} <= kinds


# -- plain data ------------------------------------------------------------------------------------------------------


def test_components_travel_as_plain_data(services):
    hostile(services)
    drawn = plain(ask(services)[1])
    text = json.dumps(drawn, allow_nan=False)
    assert '"namespace": "dash_html_components"' in text


def test_plain_data_is_what_dash_itself_would_send():
    from plotly.utils import PlotlyJSONEncoder

    tree = [html.Div([html.Span("a", id={"type": "x", "key": 1}), "b", 5, None], className="c"),
            dbc.Select(id="s", options=[{"value": 1, "label": "one"}]), {"k": (html.B("x"),)}]
    assert plain(tree) == json.loads(json.dumps(tree, cls=PlotlyJSONEncoder))
    assert plain("x") == "x" and plain(None) is None
