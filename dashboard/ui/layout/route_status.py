"""Whether anybody is told anything at all, and by whom. Pure."""

from __future__ import annotations

from dash import html

from dashboard.notifications.status import Status
from dashboard.settings import Settings
from dashboard.ui.times import clock


def route_status(status: Status, settings: Settings, now: float, zone: str) -> list:
    """What an admin must know before relying on it, then how it stands."""
    shown = [html.P([html.Strong(f"{shape} {what}", className=f"tone-{tone}"), f" {why}"])
             for shape, tone, what, why in troubles(status, now, zone)]
    if status.connected and status.leader:
        moving = f"{status.sending} being sent, {status.waiting} waiting"
        shown.append(html.P(f"Sent by {who(status)}; {moving}.", className="muted"))
    if settings.public_url is None:
        shown.append(html.P("Messages have no links: MONITORING_PUBLIC_URL is not set.", className="muted"))
    return shown


def troubles(status: Status, now: float, zone: str) -> list[tuple[str, str, str, str]]:
    """(shape, tone, what, why)."""
    if not status.connected:
        return [("⬣", "critical", f"Nothing is sent since {clock(status.since, zone, now)}.",
                 f"{status.reason or 'Connecting'}. What is shown is what this server knew; what is open when Redis is "
                 "back is told then.")]
    found = []
    if status.leader is None:
        why = "" if status.enabled else "This one is told not to (MONITORING_NOTIFICATIONS)."
        found.append(("▲", "warning", "No process sends at the moment.", why))
    if status.hanging:
        found.append(("▲", "warning", f"{status.hanging} of 4 senders hang.",
                      "A service has not answered for more than 45 s; what it was sent counts as failed."))
    if status.errors:
        found.append(("▲", "warning", f"{status.errors:,} faults of ours.", "The log of the server says which."))
    return found


def who(status: Status) -> str:
    """`this process` or `host, process 123`."""
    host, pid, *_ = [*(status.leader or "").rsplit("/", 2), "", ""]
    return "this process" if status.leads else f"{host}, process {pid}"
