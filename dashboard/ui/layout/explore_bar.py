"""The two bars of the Explore page: which time is shown, and how it is drawn. Pure."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from dashboard.explore.compare import COMPARISONS
from dashboard.explore.heatmap import KINDS as HEAT_KINDS
from dashboard.explore.ranges import PRESETS
from dashboard.explore.ranges import WORDS as RANGE_WORDS
from dashboard.explore.times import TEXT_LIMIT
from dashboard.explore.view import OVERLAYS, PER_METRIC, PER_UNIT
from dashboard.ui import ids
from dashboard.ui.layout.strip import choice

OVERLAY_TITLES = {"threshold": "Thresholds", "gap": "Gaps of the feed", "alert": "Alerts", "command": "Commands",
                  "annotation": "Annotations"}
HEAT_TITLES = {"mean": "Mean", "median": "Median", "max": "Maximum"}
CUSTOM = "custom"
MOMENTS = ("now", "now-15m", "now-1h", "now-6h", "now-1d", "now-7d", "now/d", "now-1d/d", "now/w", "yesterday")
MOMENT_HELP = "now-6h, now/d, yesterday, 2026-01-31 10:00 or Unix seconds"
EXPORTS = (("csv", "CSV"), ("parquet", "Parquet"), ("html", "Snapshot (HTML)"), ("png", "Picture (PNG)"))


def time_bar() -> html.Section:
    return html.Section(className="panel explore-time", **{"aria-label": "Time"}, children=[
        html.Div(className="group presets", role="group", **{"aria-label": "Window"}, children=[
            html.Button(text, className="preset", type="button", title=f"Last {title}",
                        **{"data-range": text, "aria-pressed": "false", "aria-label": f"Last {title}"})
            for text, title in PRESETS]),
        choice(ids.EXPLORE_PRESET, "Window", [
            (CUSTOM, "From – to"), *((text, f"Last {title}") for text, title in PRESETS),
            *((word, word.capitalize()) for word in RANGE_WORDS)], CUSTOM),
        html.Div(className="group ends", children=[
            moment_field("From", ids.EXPLORE_FROM), moment_field("to", ids.EXPLORE_TO),
            _do("Show", "show-ends", "Show this window", "Enter"),
        ]),
        html.Div(id=ids.EXPLORE_PROBLEM, className="problem", role="alert"),
        html.Div(className="group steps", children=[
            _do("◀", "step-back", "Step back by one window", "Page up on a chart"),
            _do("▶", "step-forward", "Step forward by one window", "Page down on a chart"),
            _do("Zoom out", "zoom-out", "Show twice as much time", "minus on a chart"),
            _do("Back to live", "live", "Back to the window that ends now", "double click or Escape on a chart"),
        ]),
        html.Div(id=ids.EXPLORE_SPAN, className="muted explore-span"),
    ])


def options_bar() -> html.Div:
    return html.Div(className="explore-options", children=[
        html.Div(className="group for-charts", children=[
            choice(ids.EXPLORE_PER, "Charts", [(PER_UNIT, "One chart per unit"), (PER_METRIC, "One chart per metric")],
                   PER_UNIT),
            choice(ids.EXPLORE_COMPARE, "Compare with", [("none", "No comparison"), *(
                (key, f"Compare: {title.lower()}") for key, title in COMPARISONS.items())], "none"),
            _toggle("Log", "log", "Logarithmic axis"),
            _toggle("Stack", "stack", "Stack the lines of a chart"),
            _toggle("Usual range", "anomaly", "What is usual at this hour, from earlier days, for the line in focus"),
            _toggle("Forecast", "forecast", "Where the line in focus is heading"),
            _menu("Overlays", [_overlay(name) for name in OVERLAYS]),
        ]),
        html.Div(className="group for-focus", children=[choice(ids.EXPLORE_FOCUS, "Metric in focus", [], "0")]),
        html.Div(className="group for-heatmap", children=[
            choice(ids.EXPLORE_HEAT_KIND, "Of each hour", [(kind, HEAT_TITLES[kind]) for kind in HEAT_KINDS],
                   HEAT_KINDS[0])]),
        html.Div(className="group for-charts", children=[
            _toggle("Mark a window", "brushing", "Draw over a chart to ask what else moved then (or shift and draw)"),
            _toggle("Pick a moment", "picking", "Click on a chart to see the state at that moment"),
            html.Button("Annotate", className="button", type="button", title="Write something beside a time",
                        **{"data-do": "annotate", "aria-expanded": "false", "aria-controls": ids.NOTE_FORM}),
            _menu("Export", [html.Button(title, className="button", type="button", **{"data-export": kind})
                             for kind, title in EXPORTS]),
        ]),
        html.Div(className="group for-moment", children=[
            moment_field("State at", ids.EXPLORE_AT),
            html.Button("Show", className="button", type="button", title="Show that moment (Enter)",
                        **{"data-do": "show-moment"}),
            html.Div(id=ids.EXPLORE_AT_PROBLEM, className="problem", role="alert")]),
        html.Div(className="group for-report", children=[
            html.Button("Print", className="button", type="button", **{"data-do": "print"})]),
        html.Span(id=ids.EXPLORE_EXPORT_FEEDBACK, className="feedback", role="status", **{"aria-live": "polite"}),
        _note_form(),
    ])


def _note_form() -> html.Div:
    return html.Div(id=ids.NOTE_FORM, className="panel note-form", hidden=True, children=[
        html.Label(["Annotation", dbc.Input(id=ids.NOTE_TEXT, type="text", size="sm", value="", maxLength=2_000,
                                            autocomplete="off", placeholder="What happened")],
                   className="field note-text"),
        moment_field("at or from", ids.NOTE_FROM),
        moment_field("to (optional)", ids.NOTE_TO),
        html.Button("Add", className="button button-main", type="button", **{"data-do": "note-add"}),
        html.Button("Close", className="button", type="button", **{"data-do": "note-close"}),
        html.Div(id=ids.NOTE_FEEDBACK, className="feedback", role="status", **{"aria-live": "polite"}),
    ])


def moment_field(label: str, component_id: str) -> html.Label:
    """A text field for a moment: it takes what `dashboard.explore.times` takes."""
    return html.Label([label, _moment(component_id)], className="field", title=MOMENT_HELP)


def moments() -> html.Datalist:
    """What the fields suggest."""
    return html.Datalist(id=ids.EXPLORE_MOMENTS, children=[html.Option(value=text) for text in MOMENTS])


def _moment(component_id: str) -> dbc.Input:
    return dbc.Input(id=component_id, type="text", size="sm", value="", autocomplete="off", maxLength=TEXT_LIMIT,
                     list=ids.EXPLORE_MOMENTS)


def _do(text: str, action: str, label: str, key: str) -> html.Button:
    return html.Button(text, className="button", type="button", title=f"{label} ({key})",
                       **{"data-do": action, "aria-label": label if not text[0].isalpha() else text})


def _toggle(text: str, name: str, about: str) -> html.Button:
    return html.Button(text, className="button switch", type="button", title=about,
                       **{"data-switch": name, "aria-pressed": "false"})


def _overlay(name: str) -> html.Button:
    return html.Button(OVERLAY_TITLES[name], className="button switch", type="button",
                       **{"data-overlay": name, "aria-pressed": "true"})


def _menu(title: str, children: list[Any]) -> html.Details:
    return html.Details(className="menu", children=[
        html.Summary(title, className="button"), html.Div(className="panel menu-items", children=children)])
