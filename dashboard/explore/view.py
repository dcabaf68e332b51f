"""The whole view of the Explore page as one value, and as the query of its URL. Read with suspicion.

Anybody can write a URL. A query is read as far as it makes sense; what does not is said, and takes its default. What
was read is written back in one canonical form: defaults are left out, so that a plain view has a short address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode

from dashboard.catalog import canonical
from dashboard.explore.compare import COMPARISONS
from dashboard.explore.heatmap import KINDS as HEAT_KINDS
from dashboard.explore.heatmap import MEAN
from dashboard.explore.overlays import KINDS
from dashboard.explore.ranges import Range, parse_range
from dashboard.explore.span import Span
from dashboard.explore.times import LATEST_S, Moment, TimeError, parse_moment
from dashboard.explore.zones import find_zone

QUERY_LIMIT = 16_384
"""Characters: 40 lines of the longest names, and what web servers take."""
FIELDS_LIMIT = 200
LINES_MOST = 40
"""More lines than anybody can tell apart; twelve charts of three or four."""
COLOURS_MOST = LINES_MOST
"""A line takes the first number that is free."""
NAME_LIMIT = 200
"""Characters of a source or metric: no longer name is ever kept (`dashboard.reading.leaves.MAX_NAME`)."""
COMPLAINTS_MOST = 10
SHOWN_LIMIT = 40
"""Characters of what was not understood that are repeated."""

PER_UNIT, PER_METRIC = "unit", "metric"
CHARTS = (PER_UNIT, PER_METRIC)
THRESHOLDS = "threshold"
OVERLAYS = (THRESHOLDS, *KINDS)
"""What may lie over the charts; all of it does, unless the viewer took it away."""
PANELS = ("moved", "heatmap", "distribution", "report", "moment")
"""What may be open below the charts."""
BROWSER_ZONE = "browser"
"""The zone of the browser, which the server does not know until the browser says it."""
DEFAULT_RANGE = parse_range("6h")
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Line:
    """One chosen metric. `right`: drawn at the right axis. `hidden`: in the legend, and not drawn."""

    source: str
    metric: str
    right: bool = False
    hidden: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.metric


@dataclass(frozen=True, slots=True)
class ExploreView:
    """What the viewer chose. `compare` is one of COMPARISONS or None, `panel` one of PANELS or None.

    `brush`: the window of "What else moved", Unix seconds to the millisecond. `focus`: the place in `lines` of the
    metric that the heat map, the distribution, the band and the forecast are about. `heat`: what the heat map
    shows of an hour. `at`: the moment that is shown again, None: the end of the window. `colours`: the number of each
    line's colour, empty where that is its place: a line keeps its colour when one before it is taken away.
    """

    lines: tuple[Line, ...] = ()
    charts: str = PER_UNIT
    log: bool = False
    stack: bool = False
    range: Range = DEFAULT_RANGE
    zone: str = BROWSER_ZONE
    compare: str | None = None
    overlays: frozenset[str] = field(default=frozenset(OVERLAYS))
    anomaly: bool = False
    forecast: bool = False
    brush: Span | None = None
    panel: str | None = None
    focus: int = 0
    heat: str = MEAN
    at: Moment | None = None
    colours: tuple[int, ...] = ()


def brush_of(start: float, end: float) -> Span | None:
    """A brushed window in either direction (Unix seconds), to the millisecond, as an address has it; None: no width."""
    first, last = sorted((_ms(start), _ms(end)))
    return Span(first / 1_000, last / 1_000) if 0 <= first < last < LATEST_S * 1_000 else None


def query_of(view: ExploreView) -> str:
    """The canonical query, without `?`: `read_view(query_of(view))` is the view again, without a complaint."""
    pairs: list[tuple[str, str]] = [
        ("r" if line.right else "m", f"{quote(line.source, safe='')}/{quote(line.metric, safe='')}")
        for line in view.lines]
    hidden = [str(place) for place, line in enumerate(view.lines) if line.hidden]
    missing = [name for name in OVERLAYS if name not in view.overlays]
    pairs += [(name, value) for name, value, default in (
        ("range", view.range.text, DEFAULT_RANGE.text), ("zone", view.zone, BROWSER_ZONE),
        ("charts", view.charts, PER_UNIT), ("hide", ",".join(hidden), ""), ("without", ",".join(missing), ""),
        ("colours", ",".join(map(str, view.colours)), ""), ("compare", view.compare or "", ""),
        ("panel", view.panel or "", ""), ("focus", str(view.focus), "0"), ("heat", view.heat, MEAN),
        ("brush", f"{_ms(view.brush.start)}-{_ms(view.brush.end)}" if view.brush else "", ""),
        ("at", view.at.text if view.at else "", ""),
    ) if value != default]
    pairs += [(name, "1") for name in _SWITCHES if getattr(view, name)]
    # What stands in most addresses stays readable: a "/" and a ":" need no escape in a query.
    return urlencode(pairs, safe="/:,")


_SWITCHES = ("log", "stack", "anomaly", "forecast")


def read_view(query: str) -> tuple[ExploreView, tuple[str, ...]]:
    """The view of a query (with or without `?`), and in plain words what of it could not be used."""
    return _Reader(query).read()


class _Reader:
    """Reads one query; keeps what is to be complained of."""

    def __init__(self, query: str) -> None:
        self._complaints: list[str] = []
        self._fields: dict[str, str] = {}
        self._lines: dict[tuple[str, str], Line] = {}
        if len(query) > QUERY_LIMIT:
            self._complain(f"the address has more than {QUERY_LIMIT} characters, so none of it was read")
            return
        try:
            pairs = parse_qsl(query.removeprefix("?"), max_num_fields=FIELDS_LIMIT, errors="strict")
        except ValueError:  # too many fields, or bytes that are no UTF-8
            self._complain(f"the address has more than {FIELDS_LIMIT} fields or is no text, so none of it was read")
            return
        for name, value in pairs:
            if name in ("m", "r"):
                self._add_line(value, right=name == "r")
            elif name in _FIELDS:
                self._fields.setdefault(name, value)
            else:
                self._complain(f"{_shown(name)} is no part of a view")

    def read(self) -> tuple[ExploreView, tuple[str, ...]]:
        lines = self._with_hidden(list(self._lines.values()))
        zone = self._one("zone", lambda text: text == BROWSER_ZONE or find_zone(text) is not None, BROWSER_ZONE)
        view = ExploreView(
            lines=lines, zone=zone, range=self._range(zone),
            charts=self._one("charts", CHARTS.__contains__, PER_UNIT),
            compare=self._one("compare", COMPARISONS.__contains__, "") or None,
            panel=self._one("panel", PANELS.__contains__, "") or None,
            overlays=frozenset(OVERLAYS).difference(self._several("without", OVERLAYS)),
            brush=self._brush(), focus=self._focus(len(lines)), at=self._at(zone),
            heat=self._one("heat", HEAT_KINDS.__contains__, MEAN), colours=self._colours(len(lines)),
            **{name: self._one(name, ("0", "1").__contains__, "0") == "1" for name in _SWITCHES})
        return view, tuple(self._complaints)

    def _complain(self, text: str) -> None:
        if len(self._complaints) < COMPLAINTS_MOST:
            self._complaints.append(text)

    def _add_line(self, value: str, *, right: bool) -> None:
        source, found, metric = value.partition("/")
        source, metric = _name(source), _name(metric)
        if not found or source is None or metric is None:
            self._complain(f"{_shown(value)} is no metric: a source, / and a name are")
            return
        if len(self._lines) >= LINES_MOST:
            self._complain(f"more than {LINES_MOST} metrics: {_shown(value)} is left out")
            return
        line = Line(source, canonical(metric), right)
        self._lines.setdefault(line.key, line)

    def _with_hidden(self, lines: list[Line]) -> tuple[Line, ...]:
        hidden = {int(place) for place in self._several("hide", [str(place) for place in range(len(lines))])}
        return tuple(Line(line.source, line.metric, line.right, place in hidden) for place, line in enumerate(lines))

    def _colours(self, lines: int) -> tuple[int, ...]:
        text = self._fields.get("colours", "")
        if not text:
            return ()
        numbers = [int(part) if _is_count(part) else COLOURS_MOST for part in text.split(",")]
        if len(numbers) != lines or len(set(numbers)) != lines or max(numbers) >= COLOURS_MOST:
            self._complain(f"colours: {_shown(text)} is not one number a metric, each another one below {COLOURS_MOST}")
            return ()
        return () if numbers == list(range(lines)) else tuple(numbers)

    def _one(self, name: str, valid: Callable[[str], bool], default: str) -> str:
        text = self._fields.get(name, "")
        if not text or valid(text):
            return text or default
        self._complain(f"{_shown(text)} is no {name}")
        return default

    def _several(self, name: str, known: Iterable[str]) -> list[str]:
        known = frozenset(known)
        words = [word for word in self._fields.get(name, "").split(",") if word]
        for word in words:
            if word not in known:
                self._complain(f"{_shown(word)} in {name} is unknown")
        return [word for word in words if word in known]

    def _range(self, zone: str) -> Range:
        return self._time("range", parse_range, zone) or DEFAULT_RANGE

    def _at(self, zone: str) -> Moment | None:
        return self._time("at", parse_moment, zone)

    def _time(self, name: str, parse: Callable[[str, str], Read], zone: str) -> Read | None:
        text = self._fields.get(name, "")
        try:
            return parse(text, "UTC" if zone == BROWSER_ZONE else zone) if text else None
        except TimeError as error:
            self._complain(f"{name}: {error}")
            return None

    def _brush(self) -> Span | None:
        text = self._fields.get("brush", "")
        start, _, end = text.partition("-")
        if not text:
            return None
        if _is_count(start) and _is_count(end) and int(start) < int(end) < LATEST_S * 1_000:
            return Span(int(start) / 1_000, int(end) / 1_000)
        self._complain(f"{_shown(text)} is no brush: two Unix times in milliseconds with - between them are")
        return None

    def _focus(self, lines: int) -> int:
        text = self._fields.get("focus", "0")
        if _is_count(text) and (int(text) < lines or int(text) == 0):
            return int(text)
        self._complain(f"focus: there is no metric {_shown(text)}")
        return 0


_FIELDS = frozenset(("range", "zone", "charts", "hide", "colours", "without", "compare", "panel", "focus", "heat",
                     "brush", "at", *_SWITCHES))
FIELDS = _FIELDS | {"m", "r"}
"""All that may stand in the address of a view."""


def _name(text: str) -> str | None:
    """A name as it was quoted within its field; None for none."""
    try:
        name = unquote_to_bytes(text).decode("utf-8")
    except UnicodeError:
        return None
    return name if 0 < len(name) <= NAME_LIMIT else None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15


def _ms(at: float) -> int:
    return round(at * 1_000)


def _shown(text: str) -> str:
    return f'"{text[:SHOWN_LIMIT]}…"' if len(text) > SHOWN_LIMIT else f'"{text}"'
