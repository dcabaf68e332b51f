"""The pages of the console by name, and the way from one to another. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from dashboard.alerts.silences import TEXT_LIMIT

OVERVIEW, ALERTS, SILENCES, NOTIFICATIONS, EXPLORE = "overview", "alerts", "silences", "notifications", "explore"
PAST = "alert-history"


@dataclass(frozen=True)
class Place:
    """Where a page lies: its path below the prefix without slashes at its ends, and its title.

    `within` names the page whose tab it is; the strip leads to the pages that are within none.
    """

    path: str
    title: str
    within: str | None = None


# In the order in which they are offered.
PLACES: dict[str, Place] = {
    OVERVIEW: Place("", "Overview"),
    ALERTS: Place("alerts", "Alerts"),
    PAST: Place("alerts/history", "History", ALERTS),
    SILENCES: Place("alerts/silences", "Silences", ALERTS),
    NOTIFICATIONS: Place("notifications", "Notifications", ALERTS),
    EXPLORE: Place("explore", "Explore"),
}


def path_of(name: str) -> str:
    """The path of a page below the prefix, as Dash wants it: `/` or `/alerts/`."""
    path = PLACES[name].path
    return f"/{path}/" if path else "/"


def way(here: str, there: str) -> str:
    """The relative address of one page on another: it holds also where the host itself lies under a path."""
    up = "../" * (path_of(here).count("/") - 1)
    return (up + path_of(there)[1:]) or "./"


def root_way(prefix: str, here: str) -> str:
    """The relative address of the application around the console on one page; `prefix` is that of the pages."""
    return "../" * ((prefix + path_of(here)).count("/") - 1)


def alert_way(here: str, key: str) -> str:
    """The relative address at which the alert of this key is shown in full."""
    return f"{way(here, ALERTS)}?{urlencode({'alert': key})}"


def silence_way(here: str, source: str, component: str, message: str) -> str:
    """The relative address of the form of a silence, filled with what an alert like this one has."""
    asked = {"source": source, "component": component, "text": " ".join(message.split())[:TEXT_LIMIT]}
    return f"{way(here, SILENCES)}?{urlencode({name: value for name, value in asked.items() if value})}"


def top_of(name: str) -> str:
    """The page of the strip that `name` is, or is a tab of."""
    return PLACES[name].within or name


def tabs_of(name: str) -> list[str]:
    """The pages that share a row of tabs with `name`, the one they are within first; none where it stands alone."""
    top = top_of(name)
    tabs = [one for one, place in PLACES.items() if top in (one, place.within)]
    return tabs if len(tabs) > 1 else []
