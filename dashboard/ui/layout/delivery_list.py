"""The delivery log as it is read: what could not be told first, then what is on its way, then the rest. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.notifications.deliveries import (
    DROPPED,
    FAILED,
    JOINED,
    SENDING,
    SENT,
    TEST,
    WAITING,
    Delivery,
)
from dashboard.notifications.grouping import CHANGE, FIRST, RECOVERY, REPEAT
from dashboard.ui.sources import source_label
from dashboard.ui.times import clock, span

SHOWN = 30  # of each group; all that are kept can be had over REST
STATES = {
    FAILED: ("✕", "Given up", "critical"), WAITING: ("◔", "Waits", "info"), SENDING: ("◐", "Is being sent", "info"),
    SENT: ("✓", "Sent", "ok"), JOINED: ("◇", "Became part of a later one", "stale"), DROPPED: ("◇", "Dropped", "stale"),
}
"""Shape, word and tone of a state. One that waits after a failed try is a warning."""
KINDS = {FIRST: "first message", CHANGE: "change", REPEAT: "repetition", RECOVERY: "recovery", TEST: "test"}
GROUPS = (("Could not be sent", (FAILED,)), ("On the way", (WAITING, SENDING)), ("Done", (SENT, JOINED, DROPPED)))


def delivery_list(deliveries: Sequence[Delivery], now: float, zone: str) -> list:
    """The three groups, each newest first."""
    if not deliveries:
        return [html.P("Nothing has been sent yet.", className="empty")]
    shown: list[Any] = []
    for heading, states in GROUPS:
        group = [delivery for delivery in deliveries if delivery.state in states]
        if group:
            shown += [html.H3([f"{heading} ", html.Span(str(len(group)), className="muted")], key=heading),
                      html.Ul([_entry(delivery, now, zone) for delivery in group[:SHOWN]], className="deliveries")]
        if len(group) > SHOWN:
            shown.append(html.P(f"and {len(group) - SHOWN:,} more", className="muted"))
    return shown


def _entry(delivery: Delivery, now: float, zone: str) -> html.Li:
    shape, word, tone = STATES[delivery.state]
    if delivery.state == WAITING and delivery.reason:
        tone = "warning"
    return html.Li(key=delivery.id, className="delivery", children=[
        html.Div(className="delivery-head", children=[
            html.Span(f"{shape} {word}", className=f"delivery-state tone-{tone}"),
            html.Span(clock(delivery.ended_at or delivery.made_at, zone, now), className="delivery-at")]),
        html.Div(delivery.title or "–", className="delivery-title"),
        html.Div(tried(delivery, now, zone), className="delivery-tried") if tried(delivery, now, zone) else None,
        html.Div(" · ".join(about(delivery)), className="muted"),
    ])


def tried(delivery: Delivery, now: float, zone: str) -> str:
    """`try 2 of 9: The service answered 503; next try at 12:03:07 (in 30 s)`; empty where all went well at once."""
    parts = []
    if delivery.reason and delivery.tries:
        parts.append(f"try {delivery.tries} of {delivery.at_most}: {delivery.reason}")
    elif delivery.reason or delivery.tries > 1:
        parts.append(delivery.reason or f"try {delivery.tries} of {delivery.at_most}")
    if delivery.state == WAITING and delivery.next_at is not None and delivery.tries:
        parts.append(f"next try at {clock(delivery.next_at, zone, now)} (in {span(delivery.next_at - now)})")
    return "; ".join(parts)


def about(delivery: Delivery) -> list[str]:
    """To whom, by which route, why, about whom, who sent it."""
    parts = [f"{delivery.service}, {delivery.address}", delivery.route_name, KINDS.get(delivery.kind, delivery.kind)]
    if delivery.source:
        parts.append(source_label(delivery.source))
    if delivery.by:
        parts.append(f"by {delivery.by}")
    return parts
