"""What was sent from this server, to how many, and what came back."""

from __future__ import annotations

from dash import html

from dashboard.commands import ACTIONS
from dashboard.ui.moment import Moment
from dashboard.ui.sources import source_label
from dashboard.ui.times import clock

COMMANDS_SHOWN = 5


def command_log(moment: Moment) -> list:
    """The newest commands, newest first; nothing where none was sent."""
    results = moment.services.board.results
    return [
        html.Div(_line(command, results.get(command.request_id), moment))
        for command in reversed(moment.services.commands.recent[-COMMANDS_SHOWN:])
    ]


def receivers_text(receivers: int) -> str:
    """`heard by 2` , or that nobody was there to hear it."""
    return f"heard by {receivers}" if receivers else "sent, nobody is listening"


def _line(command, result, moment: Moment) -> str:
    title = ACTIONS[command.action].title if command.action in ACTIONS else command.action
    text = f"{clock(command.at, moment.view.zone, moment.now)} {title}, {command.requested_by}: "
    text += receivers_text(command.receivers)
    if result is not None:
        text += f"; {source_label(result.source)} says {result.status}"
        text += f": {result.message}" if result.message else ""
    return text
