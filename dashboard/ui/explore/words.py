"""Figures and moments of the Explore page in words. Pure."""

from __future__ import annotations

from datetime import datetime

from dashboard.catalog import Metric
from dashboard.commands import ACTIONS
from dashboard.explore.compare import Difference
from dashboard.explore.forecast import LIMIT, Forecast, Reach
from dashboard.explore.overlays import Overlay
from dashboard.explore.ranges import PRESETS, Range
from dashboard.explore.ranges import WORDS as RANGE_WORDS
from dashboard.explore.span import Span
from dashboard.explore.statistics import Legend
from dashboard.explore.times import Absolute, Moment
from dashboard.explore.zones import zone_of
from dashboard.number_text import ABSENT, decimals, display
from dashboard.ui.times import span as length

LEGEND_COLUMNS = ("last", "min", "mean", "max", "p95", "change")
_PRESET_TITLES = dict(PRESETS)
_DAY_S = 86_400.0
MINUTE_S, HOUR_S = 60, 3_600


def value_text(metric: Metric, value: float | None) -> str:
    """`41.5 %`, `1.2 MB/s`, a dash for None."""
    return " ".join(part for part in display(metric, value) if part)


def signed_text(metric: Metric, value: float | None) -> str:
    """The same with its sign: `+1.2 %`, `−3`, `0`."""
    if value is None:
        return ABSENT
    text = value_text(metric, abs(value))
    if text.partition(" ")[0] == "0":
        return text
    return ("+" if value > 0 else "−") + text


def legend_cells(metric: Metric, figures: Legend) -> list[str]:
    """The row of the legend, in the order of LEGEND_COLUMNS."""
    p95 = value_text(metric, figures.p95)
    return [value_text(metric, figures.last), value_text(metric, figures.minimum), value_text(metric, figures.mean),
            value_text(metric, figures.maximum), f"≈ {p95}" if figures.approximate and figures.p95 is not None else p95,
            signed_text(metric, figures.change)]


def p95_title(metric: Metric, figures: Legend) -> str:
    """What is known of a p95 that is only estimated."""
    if not figures.approximate or figures.p95_low is None or figures.p95_high is None:
        return ""
    low, high = value_text(metric, figures.p95_low), value_text(metric, figures.p95_high)
    return f"Estimated from buckets: it lies between {low} and {high}"


def difference_text(metric: Metric, found: Difference) -> str:
    """`+3.2 % (+8 %)`: of the means."""
    if found.absolute is None:
        return ABSENT
    text = signed_text(metric, found.absolute)
    return text if found.percent is None else f"{text} ({percent_text(found.percent)})"


def percent_text(percent: float) -> str:
    text = decimals(abs(percent), 1 if abs(percent) < 10 else 0)
    return f"{text} %" if text == "0" else f"{'+' if percent > 0 else '−'}{text} %"


def step_words(step_s: float) -> str:
    """What one point of a chart is."""
    return f"1 point = {width_words(step_s)}" if step_s else "every sample"


def width_words(seconds: float) -> str:
    """A round width: `30 s`, `5 min`, `6 h`, `7 d`."""
    for size, unit in ((86_400, "d"), (HOUR_S, "h"), (MINUTE_S, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


def range_title(chosen: Range) -> str:
    """A range with a name by its name, any other as it is written."""
    text = chosen.text
    if text in _PRESET_TITLES:
        return f"last {_PRESET_TITLES[text]}".replace("last 1 ", "last ")
    return text if text in RANGE_WORDS else ""


def span_words(span: Span, zone_name: str) -> str:
    """`2026-11-23 12:00 to 13:30:05 CET`: seconds only where there are some, the date again only where it changed,
    and both zones where clocks were changed between the two: `2026-10-25 00:00 CEST to 06:00 CET`."""
    start, end = (datetime.fromtimestamp(at, zone_of(zone_name)) for at in (span.start, span.end))
    second = clock_words(end) if start.date() == end.date() else f"{end:%Y-%m-%d} {clock_words(end)}"
    first = "" if start.tzname() == end.tzname() else f" {start:%Z}"
    return f"{start:%Y-%m-%d} {clock_words(start)}{first} to {second} {end:%Z}"


def clock_words(at: datetime) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def field_text(at: float, zone_name: str) -> str:
    """A moment as the fields from and to take it."""
    local = datetime.fromtimestamp(at, zone_of(zone_name))
    return f"{local:%Y-%m-%d} {clock_words(local)}"


def moment_text(chosen: Moment | None, zone_name: str) -> str:
    """The chosen moment as its field takes it: a relative one as it was written; empty for none."""
    if chosen is None:
        return ""
    return field_text(chosen.ms / 1_000, zone_name) if isinstance(chosen, Absolute) else chosen.text


def command_words(command: Overlay) -> str:
    """`Clear cache, by ada`."""
    title = ACTIONS[command.label].title if command.label in ACTIONS else command.label
    return f"{title}, by {command.by}" if command.by else title


def forecast_words(metric: Metric, found: Forecast, now: float) -> list[str]:
    """What the forecast says, one sentence each; why there is none."""
    if found.reason:
        return [f"No forecast: {found.reason}."]
    if not found.reaches:
        ahead = length(float(found.times[-1]) - now)
        return [f"Follows its trend for the next {ahead} without reaching a threshold."]
    return [reach_words(metric, reach, now) for reach in found.reaches]


def reach_words(metric: Metric, reach: Reach, now: float) -> str:
    """`Reaches 90 % (critical) in 3 h, between 2 h 10 min and 5 h.`"""
    goal = value_text(metric, reach.threshold)
    level = "the end of what is possible" if reach.level == LIMIT else reach.level
    earliest = length(reach.earliest - now)
    width = f"at the earliest in {earliest}, and perhaps never" if reach.latest is None else \
        f"between {earliest} and {length(reach.latest - now)}"
    return f"Reaches {goal} ({level}) in {length(reach.at - now)}, {width}."

