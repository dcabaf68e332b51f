"""Commands: the button asks, the dialog sends. And the raw messages, fetched when somebody wants to see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, html, no_update

from dashboard.commands import ACTIONS, Unreachable
from dashboard.services import Services
from dashboard.ui import ids
from dashboard.ui.layout.command_log import receivers_text
from dashboard.ui.times import clock

RAW_SHOWN = 50
RAW_TEXT = 1000


def register(app: Dash, services: Services, user_name: Callable[[], str]) -> None:
    @app.callback(
        Output(ids.COMMAND_DIALOG, "is_open"), Output(ids.COMMAND_QUESTION, "children"),
        Output(ids.COMMAND_ASKED, "data"),
        Input(ids.command(ALL), "n_clicks"), Input(ids.COMMAND_CANCEL, "n_clicks"),
        Input(ids.COMMAND_CONFIRM, "n_clicks"),
        State(ids.COMPONENT_TYPE, "value"), State(ids.COMPONENT_NAME, "value"),
        prevent_initial_call=True,
    )
    def ask(clicks, _cancel, _confirm, kind, name):
        asked = ctx.triggered_id
        if not isinstance(asked, dict) or asked.get("action") not in ACTIONS:
            return False, no_update, no_update
        if not any(clicks):  # the buttons have only just appeared
            return no_update, no_update, no_update
        fields = {"type": kind or "", "name": name or ""} if ACTIONS[asked["action"]].fields else {}
        return True, question(asked["action"], fields, services.settings.control_channel), asked | {"fields": fields}

    @app.callback(
        Output(ids.COMMAND_FEEDBACK, "children"),
        Input(ids.COMMAND_CONFIRM, "n_clicks"), State(ids.COMMAND_ASKED, "data"),
        prevent_initial_call=True,
    )
    def send(_clicks, asked):
        return sent_text(services, asked, user_name())

    @app.callback(
        Output(ids.RAW, "children"), Input(ids.RAW_LOAD, "n_clicks"), Input(ids.RAW_CHOICE, "value"),
        State(ids.ALERTS_STAMP, "data"),
        prevent_initial_call=True,
    )
    def raw(_clicks, choice, stamp):
        zone = stamp.get("zone", "UTC") if isinstance(stamp, dict) else "UTC"
        return raw_messages(services, zone, choice)


def question(action: str, fields: dict[str, str], channel: str) -> list:
    """What would be sent, in plain words."""
    about = ACTIONS[action]
    lines = [html.P([html.Strong(about.title), ". ", about.description])]
    if fields:
        lines.append(html.P(f"Type “{fields['type']}”, name “{fields['name']}”."))
    lines.append(html.P(f"{action} goes out on {channel}.", className="muted"))
    return lines


def sent_text(services: Services, asked: Any, by: str) -> str:
    """Send what the dialog asked about; the sentence for the person who did."""
    action = asked.get("action") if isinstance(asked, dict) else None
    if action not in ACTIONS:
        return "Nothing was sent: there is no such command."
    fields = asked.get("fields") if isinstance(asked.get("fields"), dict) else {}
    try:
        sent = services.commands.send(action, by, **{name: str(value) for name, value in fields.items()})
    except (Unreachable, ValueError) as problem:
        return f"Not sent: {problem}."
    return f"{ACTIONS[action].title}: {receivers_text(sent.receivers)}."


def raw_messages(services: Services, zone: str, choice: Any = "all") -> list:
    """The newest raw messages, as text: all, or only the `rejected`, or those of an `unknown` kind."""
    record = services.record
    if choice == "rejected":
        messages, nothing = record.raw_rejected, "Nothing has been rejected."
    elif choice == "unknown":
        messages, nothing = record.raw_unknown, "Every kind that was heard is known."
    else:
        messages, nothing = record.raw[-RAW_SHOWN:], "Nothing has been heard yet."
    if not messages:
        return [html.Div(nothing)]
    now = services.clock()
    return [
        html.Div(f"{clock(message.received, zone, now)} {message.outcome} {message.kind or ''} "
                 f"{message.detail and '(' + message.detail + ') '}"
                 f"{message.size:,} B: {message.text[:RAW_TEXT]}")
        for message in reversed(messages)
    ]
