"""What the Explore page asks, read with suspicion: it comes from a browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dashboard.explore.view import BROWSER_ZONE, FIELDS_LIMIT, QUERY_LIMIT, ExploreView, read_view
from dashboard.explore.zones import find_zone

POINTS_LEAST, POINTS_MOST = 60, 4_000  # pixels: a narrow phone, and more than any screen is wide
POINTS_DEFAULT = 1_000
FRAME_FIELDS = frozenset(("source", "live"))  # of every page: whose health the strip shows, and whether it is paused
TEXT_LIMIT = 200
ACTIONS_MOST = 100


@dataclass(frozen=True)
class Question:
    """`query`: the view as the address has it. `zone`: IANA name of the viewer's clock. `points`: pixels of a chart.

    `actions`: what was done to the view since, one after the other: by name, and the `zone` it was done in; see
    `actions.py`. `known`: revision of the events on the page.
    """

    asked: int = 0
    query: str = ""
    zone: str = "UTC"
    points: int = POINTS_DEFAULT
    actions: tuple[Mapping[str, Any], ...] = ()
    known: str = ""

    def view(self) -> tuple[ExploreView, tuple[str, ...]]:
        """The view, and what of the query could not be used."""
        return read_view(own_query(self.query))

    def zone_of(self, view: ExploreView) -> str:
        """The zone the view's times are in."""
        return self.zone if view.zone == BROWSER_ZONE else view.zone


def read_question(data: Any) -> Question:
    """The question; whatever is missing or of the wrong kind takes its default."""
    if not isinstance(data, Mapping):
        return Question()
    zone, points = data.get("zone"), data.get("points")
    return Question(
        asked=_count(data.get("asked")), query=_text(data.get("query"), QUERY_LIMIT + 1),
        zone=zone if isinstance(zone, str) and find_zone(zone) is not None else "UTC",
        points=min(max(points, POINTS_LEAST), POINTS_MOST) if _is_number(points) else POINTS_DEFAULT,
        actions=_actions(data.get("actions")), known=_text(data.get("known"), TEXT_LIMIT))


def own_query(query: str) -> str:
    """The query without what belongs to the frame that every page has."""
    try:
        pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=FIELDS_LIMIT, errors="strict")
    except ValueError:
        return query  # the view's reader says what is wrong with it
    if not any(name in FRAME_FIELDS for name, _ in pairs):
        return query
    return urlencode([(name, value) for name, value in pairs if name not in FRAME_FIELDS], safe="/:,")


def _actions(found: Any) -> tuple[Mapping[str, Any], ...]:
    """The last of them: as many as anybody does while one answer is due."""
    return tuple(one for one in found if isinstance(one, Mapping))[-ACTIONS_MOST:] if isinstance(found, list) else ()


def _text(value: Any, limit: int) -> str:
    if not isinstance(value, str) or any("\ud800" <= character <= "\udfff" for character in value):
        return ""
    return value[:limit]


def _count(value: Any) -> int:
    return value if _is_number(value) and 0 <= value <= 2**53 else 0


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
