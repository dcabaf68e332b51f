"""What an open page asks for with a tick, read with suspicion: it comes from a browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.events import LEVELS
from dashboard.ui.alert_question import Filter, read_filter

# Choices of the range select: seconds by value.
RANGES = {"5m": 300, "15m": 900, "1h": 3600, "6h": 21_600, "24h": 86_400}
DEFAULT_RANGE = "15m"
ZONES = (
    ("browser", "Browser time"), ("UTC", "UTC"), ("Europe/London", "London"), ("Europe/Zurich", "Zurich"),
    ("America/New_York", "New York"), ("America/Chicago", "Chicago"), ("Asia/Tokyo", "Tokyo"),
    ("Asia/Singapore", "Singapore"), ("Australia/Sydney", "Sydney"),
)
MAX_TIME_S = 4e10  # far beyond any clock, and still a time numpy can hold
MAX_COUNT = 2**53  # the largest number a browser counts to exactly
TEXT_LIMIT = 200  # no name the page sends is longer
TABLE_VALUES = 6


@dataclass(frozen=True)
class View:
    """One tick's question.

    `source` None: the server chooses. `epoch`, `cursor`, `last` (time of the newest sample, Unix s): what the page
    already holds of the ring, from an earlier answer; `revisions`: of each section it shows. `attention`: the level
    from which up its viewer wants to be told of new alerts; None: of none. `table`: what the alert table is set to,
    where the page shows its rows before the table is there to ask for them. `zoom_end`: where the viewer's zoom ends
    (Unix s); None: the charts end now.
    """

    source: str | None = None
    range_name: str = DEFAULT_RANGE
    zone: str = "UTC"
    epoch: str | None = None
    cursor: int = 0
    last: float | None = None
    structure: str | None = None
    revisions: Mapping[str, str] | None = None
    asked: int = 0
    attention: str | None = None
    table: Filter | None = None
    zoom_end: float | None = None

    @property
    def range_s(self) -> int:
        return RANGES[self.range_name]


def read_view(tick: Any) -> View:
    """The view of a tick; whatever is missing or of the wrong kind takes its default."""
    if not isinstance(tick, Mapping):
        return View()
    range_name = tick.get("range")
    revisions = tick.get("revisions")
    return View(
        source=_text(tick.get("source")),
        range_name=range_name if isinstance(range_name, str) and range_name in RANGES else DEFAULT_RANGE,
        zone=_text(tick.get("zone")) or "UTC",
        epoch=_text(tick.get("epoch")),
        cursor=_count(tick.get("cursor")),
        last=_time(tick.get("last")),
        structure=_text(tick.get("structure")),
        revisions=revisions if isinstance(revisions, Mapping) else {},
        asked=_count(tick.get("asked")),
        attention=level if (level := _text(tick.get("attention"))) in LEVELS else None,
        table=_table(tick.get("table")),
        zoom_end=_time(tick.get("zoomEnd")),
    )


def _table(values: Any) -> Filter | None:
    """State, level, source, text, page and sort, as the table's own question has them."""
    return read_filter(*values) if isinstance(values, list) and len(values) == TABLE_VALUES else None


def _text(value: Any) -> str | None:
    """Half a surrogate pair is no text: it is sent back in the answer, and no JSON can hold it."""
    is_text = isinstance(value, str) and 0 < len(value) <= TEXT_LIMIT
    return value if is_text and not any("\ud800" <= character <= "\udfff" for character in value) else None


def _count(value: Any) -> int:
    number = isinstance(value, int) and not isinstance(value, bool)
    return value if number and 0 <= value <= MAX_COUNT else 0


def _time(value: Any) -> float | None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number and 0 < value < MAX_TIME_S else None
