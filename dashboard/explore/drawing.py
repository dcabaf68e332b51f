"""A chart as a piece of SVG: lines, the range of buckets, thresholds, overlays. No script, no style from elsewhere.

Everything that came from outside goes through `escape`; numbers are formatted here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from dashboard.catalog import scaled
from dashboard.explore.overlays import ALERT, ANNOTATION, COMMAND, GAP, Overlay
from dashboard.explore.series import Series
from dashboard.explore.span import Span
from dashboard.explore.ticks import powers_of_ten, round_numbers, round_times
from dashboard.metrics.query import break_gaps, downsample
from dashboard.number_text import figure

WIDTH, HEIGHT = 960, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 56, 8, 34
LANE = 8
"""Height of the lane of alerts under the plot."""
POINTS_MOST = 2_000
"""Of one line: two for each pixel."""
AXIS_MOST = 1e300
"""No axis goes further, nor is divided more finely than by one over it: arithmetic ends soon after."""
PLAIN_COLOUR = "#5b7fa6"
LEVEL_COLOURS = {"warning": "#c67e09", "critical": "#c8372f"}
ALERT_COLOURS = {"EMERGENCY": "#c8372f", "CRITICAL": "#c8372f", "ERROR": "#c8372f", "INFO": "#7a5bb0"}
_PLOT_WIDTH, _PLOT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
_ROOM = 0.05


@dataclass(frozen=True, eq=False, slots=True)
class DrawnLine:
    """One line. `series` is drawn in the display unit of its metric; `colour` is `#rrggbb`; `dashed`: a comparison."""

    series: Series
    title: str
    colour: str = PLAIN_COLOUR
    dashed: bool = False
    right: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class DrawnChart:
    """Lines that share axes. `thresholds`: (value in the unit of the left axis, warning or critical)."""

    title: str
    lines: tuple[DrawnLine, ...]
    unit: str = ""
    right_unit: str = ""
    log: bool = False
    thresholds: tuple[tuple[float, str], ...] = ()


def chart_svg(chart: DrawnChart, span: Span, zone: str, overlays: Sequence[Overlay] = ()) -> str:
    """The chart over `span`, WIDTH × HEIGHT."""
    parts = [_overlay(overlay, span) for overlay in overlays]
    parts += [_time_axis(span, zone)]
    for right in (False, True):
        lines = [_Points(line, chart.log) for line in chart.lines if line.right == right]
        if not lines and right:
            continue
        marks = () if right else [value for value, _ in chart.thresholds]
        axis = _Axis([number for line in lines for number in line.ends], marks, chart.log)
        parts.append(_value_axis(axis, chart.right_unit if right else chart.unit, right))
        if not right:
            parts += [_threshold(axis, value, level) for value, level in chart.thresholds]
        parts += [_line(line, axis, span) for line in lines]
    title = escape(chart.title)
    return (f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}" xmlns="http://www.w3.org/2000/svg">'
            f'{"".join(parts)}</svg>')


def safe_colour(colour: str) -> str:
    """`#rrggbb`, or a plain one in place of anything else."""
    digits = colour[1:]
    good = len(colour) == 7 and colour[0] == "#" and digits.isascii() and all(digit in "0123456789abcdefABCDEF"
                                                                               for digit in digits)
    return colour if good else PLAIN_COLOUR


class _Points:
    """What of a line is drawn: few enough points, in the unit of the screen, broken where nothing was heard."""

    def __init__(self, line: DrawnLine, log: bool) -> None:
        series = line.series
        metric = series.described
        limit_s = None if series.step_s is None else 1.5 * series.step_s
        self.line = line
        self.area: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        with np.errstate(invalid="ignore", over="ignore"):
            times, values = break_gaps(series.times, _drawable(scaled(metric, series.values), log), (), limit_s)
            self.times, self.values = downsample(times, values, POINTS_MOST)
            edges = []
            if series.bucketed and len(series) <= POINTS_MOST:
                times, low = break_gaps(series.times, _drawable(scaled(metric, series.minima), log), (), limit_s)
                _, high = break_gaps(series.times, _drawable(scaled(metric, series.maxima), log), (), limit_s)
                self.area, edges = [(times, low, high)], [low, high]
        finite = np.concatenate([part[np.isfinite(part)] for part in (self.values, *edges)])
        self.ends = [float(finite.min()), float(finite.max())] if len(finite) else []


def _drawable(values: np.ndarray, log: bool) -> np.ndarray:
    """NaN in place of what no axis reaches, and 0 of what none can tell from it."""
    small = np.abs(values) < 1 / AXIS_MOST
    values = np.where(small, np.nan if log else 0.0, values)
    return np.where((np.abs(values) < AXIS_MOST) & ((values > 0) | (not log)), values, np.nan)


class _Axis:
    """From values to heights."""

    def __init__(self, numbers: Sequence[float], marks: Sequence[float], log: bool) -> None:
        numbers = list(numbers) or [1.0 if log else 0.0, 10.0 if log else 1.0]
        low, high = min(numbers), max(numbers)
        self.log = log and low > 0
        # A threshold is shown where it is near; one far away would press the lines flat.
        near = [mark for mark in marks if mark > 0 or not self.log]
        high = max([high, *(mark for mark in near if mark <= 2 * high)])
        if self.log:
            low, high = low / 1.2, high * 1.2
            self.ticks = powers_of_ten(low, high) or [low, high]
        else:
            low = min(low, 0.0) if low < 0.5 * high else low
            room = (high - low) * _ROOM or abs(high) * _ROOM or 1.0
            low, high = low if low == 0 else low - room, high + room
            self.ticks = round_numbers(low, high)
        self.low, self.high = (math.log10(low), math.log10(high)) if self.log else (low, high)

    def height(self, values: np.ndarray) -> np.ndarray:
        values = np.log10(values) if self.log else values
        return TOP + _PLOT_HEIGHT * (self.high - values) / (self.high - self.low)

    def one(self, value: float) -> float:
        return float(self.height(np.array([value]))[0])


def _x(times: np.ndarray, span: Span) -> np.ndarray:
    return LEFT + _PLOT_WIDTH * (times - span.start) / span.length_s


def _line(points: _Points, axis: _Axis, span: Span) -> str:
    colour = safe_colour(points.line.colour)
    inside = (points.times >= span.start) & (points.times <= span.end)
    dash = ' stroke-dasharray="5 4"' if points.line.dashed else ""
    path = _path(_x(points.times[inside], span), axis.height(points.values[inside]))
    area = "".join(_area(_x(times, span), axis.height(low), axis.height(high), colour)
                   for times, low, high in points.area)
    return f'{area}<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.4"{dash}/>'


def _path(x: np.ndarray, y: np.ndarray) -> str:
    """A line that is lifted where there is nothing; a single point is a dot of the width of the line."""
    steps, lifted = [], True
    for across, down in zip(x.tolist(), y.tolist(), strict=True):
        if down != down:
            lifted = True
            continue
        steps.append(f"M{across:.1f} {down:.1f}h.1" if lifted else f"L{across:.1f} {down:.1f}")
        lifted = False
    return "".join(steps)


def _area(x: np.ndarray, low: np.ndarray, high: np.ndarray, colour: str) -> str:
    found = []
    present = np.flatnonzero(np.isfinite(low) & np.isfinite(high) & (x >= LEFT - 0.1) & (x <= WIDTH - RIGHT + 0.1))
    for run in np.split(present, np.flatnonzero(np.diff(present) > 1) + 1):
        if len(run) > 1:
            there = [f"{across:.1f},{down:.1f}" for across, down in zip(x[run], high[run], strict=True)]
            back = [f"{across:.1f},{down:.1f}" for across, down in zip(x[run][::-1], low[run][::-1], strict=True)]
            found.append(f'<polygon points="{" ".join(there + back)}" fill="{colour}" opacity=".15"/>')
    return "".join(found)


def _threshold(axis: _Axis, value: float, level: str) -> str:
    if (axis.log and value <= 0) or not TOP <= (y := axis.one(value)) <= TOP + _PLOT_HEIGHT:
        return ""
    colour = LEVEL_COLOURS.get(level, PLAIN_COLOUR)
    return (f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}" '
            f'stroke-dasharray="6 4"><title>{escape(level)} {figure(value)}</title></line>')


def _overlay(overlay: Overlay, span: Span) -> str:
    start, end = max(overlay.start, span.start), span.end if overlay.end is None else min(overlay.end, span.end)
    left, right = (float(_x(np.array([at]), span)[0]) for at in (start, end))
    title = f"<title>{escape(overlay.label)}</title>"
    below = TOP + _PLOT_HEIGHT
    width = max(1.0, right - left)
    if overlay.kind == GAP:
        return (f'<rect class="gap" x="{left:.1f}" y="{TOP}" width="{width:.1f}" height="{_PLOT_HEIGHT}">'
                f'{title}</rect>')
    if overlay.kind == ALERT:
        colour = ALERT_COLOURS.get(overlay.level, LEVEL_COLOURS["warning"])
        return (f'<rect x="{left:.1f}" y="{below + 2}" width="{width:.1f}" height="{LANE}" fill="{colour}">'
                f'{title}</rect>')
    if overlay.kind == ANNOTATION and not overlay.moment:
        return (f'<rect class="note" x="{left:.1f}" y="{TOP}" width="{width:.1f}" height="{_PLOT_HEIGHT}">'
                f'{title}</rect>')
    kind = "command" if overlay.kind == COMMAND else "mark"
    return f'<line class="{kind}" x1="{left:.1f}" x2="{left:.1f}" y1="{TOP}" y2="{below}">{title}</line>'


def _time_axis(span: Span, zone: str) -> str:
    parts = []
    for at, label in round_times(span, zone):
        x = float(_x(np.array([at]), span)[0])
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{TOP + _PLOT_HEIGHT}"/>'
                     f'<text x="{x:.1f}" y="{HEIGHT - 6}" text-anchor="middle">{label}</text>')
    return "".join(parts)


def _value_axis(axis: _Axis, unit: str, right: bool) -> str:
    x, anchor = (WIDTH - RIGHT + 6, "start") if right else (LEFT - 6, "end")
    parts = [] if right else [f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{axis.one(tick):.1f}" '
                              f'y2="{axis.one(tick):.1f}"/>' for tick in axis.ticks]
    parts += [f'<text x="{x}" y="{axis.one(tick) + 4:.1f}" text-anchor="{anchor}">{figure(tick)}</text>'
              for tick in axis.ticks]
    if unit:
        parts.append(f'<text x="{x}" y="{HEIGHT - 6}" text-anchor="{anchor}">{escape(unit)}</text>')
    return "".join(parts)
