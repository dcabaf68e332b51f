"""The page of silences: a form with its preview, and the list. Pure."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from dashboard.alerts.silences import DAYS, TEXT_LIMIT
from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.layout import skeleton
from dashboard.ui.layout.frame import frame
from dashboard.ui.layout.silence_preview import NOTHING_NAMED
from dashboard.ui.navigation import SILENCES
from dashboard.ui.palette import LEVEL_WORDS, level_shape
from dashboard.ui.silence_form import CUSTOM, ONCE, WEEKLY

STORES = (ids.SILENCE_STAMP, ids.SILENCE_SEEN)
SPAN_TITLES = (("1h", "1 hour"), ("4h", "4 hours"), ("1d", "1 day"), (CUSTOM, "Until a time…"))
ZONE_LIMIT = 64


def page(settings: Settings) -> html.Div:
    return frame(
        settings, SILENCES, (ids.SILENCE_FORM, "the new silence"),
        html.Main(className="board board-silences", children=[
            html.Section(className="panel", **{"aria-label": "Silences"}, children=[
                html.Div(className="panel-head", children=[html.H2("Silences")]),
                html.Div(id=ids.SILENCE_ENDED, className="feedback", role="status", **{"aria-live": "polite"}),
                html.Div(id=ids.SILENCE_LIST, children=skeleton.lines(4)),
                html.Details(id=ids.SILENCES_OVER, className="silences-over"),
            ]),
            _form(),
        ]), stores=STORES)


def _form() -> html.Section:
    return html.Section(id=ids.SILENCE_FORM, className="panel silence-form", tabIndex=-1,
                        **{"aria-label": "New silence"}, children=[
        html.Div(className="panel-head", children=[html.H2("New silence")]),
        html.Fieldset([html.Legend("Levels"), dbc.Checklist(
            id=ids.SILENCE_LEVELS, inline=True, value=[],
            options=[{"value": level, "label": f"{level_shape(level)} {word}"} for level, word in LEVEL_WORDS.items()],
        )]),
        html.Div(className="pair", children=[
            labelled("Source", dbc.Input(id=ids.SILENCE_SOURCE, list=ids.SILENCE_SOURCES, placeholder="any", **_TEXT)),
            labelled("Component", dbc.Input(id=ids.SILENCE_COMPONENT, list=ids.SILENCE_COMPONENTS, placeholder="any",
                                          **_TEXT)),
        ]),
        labelled("Text", dbc.Input(id=ids.SILENCE_TEXT, placeholder="words that must all occur", **_TEXT)),
        _when(),
        labelled("Reason", dbc.Input(id=ids.SILENCE_REASON, placeholder="for your colleagues (optional)", **_TEXT)),
        html.Div(className="silence-preview", children=[
            html.P(NOTHING_NAMED, id=ids.SILENCE_HITS, role="status", **{"aria-live": "polite"}),
            html.Div(id=ids.SILENCE_PREVIEW, role="region", tabIndex=0, **{"aria-label": "Alerts it would hit"}),
        ]),
        html.Div(className="silence-save", children=[
            html.Button("Silence", id=ids.SILENCE_SAVE, className="button button-main", type="button"),
            html.Div(id=ids.SILENCE_FEEDBACK, className="feedback", role="status", **{"aria-live": "polite"}),
        ]),
        html.Datalist(id=ids.SILENCE_SOURCES),
        html.Datalist(id=ids.SILENCE_COMPONENTS),
        html.Datalist(id=ids.ZONE_NAMES),
    ])


_TEXT: dict[str, Any] = {"type": "text", "size": "sm", "value": "", "maxLength": TEXT_LIMIT, "autocomplete": "off"}


def _when() -> html.Fieldset:
    return html.Fieldset([
        html.Legend("When"),
        dbc.RadioItems(id=ids.SILENCE_KIND, inline=True, value=ONCE, options=[
            {"value": ONCE, "label": "Once"}, {"value": WEEKLY, "label": "Every week"}]),
        html.Div(id=ids.SILENCE_WEEKLY, hidden=True, children=[
            html.Fieldset([html.Legend("Days", className="visually-hidden"), dbc.Checklist(
                id=ids.SILENCE_DAYS, inline=True, value=[],
                options=[{"value": day, "label": day.capitalize()} for day in DAYS])]),
            html.Div(className="pair", children=[
                labelled("From", dbc.Input(id=ids.SILENCE_FROM, type="time", size="sm", value="22:00")),
                labelled("To", dbc.Input(id=ids.SILENCE_TO, type="time", size="sm", value="06:00")),
            ]),
            labelled("Zone", dbc.Input(id=ids.SILENCE_ZONE, type="text", size="sm", value="", list=ids.ZONE_NAMES,
                                       maxLength=ZONE_LIMIT, autocomplete="off")),
        ]),
        html.Div(className="pair", children=[
            html.Div(id=ids.SILENCE_ONCE, children=labelled("For", dbc.Select(
                id=ids.SILENCE_SPAN, size="sm", value="1h",
                options=[{"value": value, "label": title} for value, title in SPAN_TITLES]))),
            labelled("Starts", _moment(ids.SILENCE_STARTS), "empty: now"),
            html.Div(id=ids.SILENCE_END_FIELD, hidden=True, children=labelled("Until", _moment(ids.SILENCE_UNTIL))),
        ]),
        html.P(id=ids.SILENCE_ZONE_NOTE, className="muted"),
    ])


def _moment(component_id: str) -> dbc.Input:
    return dbc.Input(id=component_id, type="datetime-local", size="sm", value="")


def labelled(label: str, control: Any, note: str = "") -> html.Label:
    return html.Label(className="field", children=[
        html.Span([label, html.Span(f" {note}", className="muted") if note else None]), control])
