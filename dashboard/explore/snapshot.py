"""What is shown, as one HTML file that needs nothing else: charts as SVG, the legend as a table, the data as JSON.

There is no script in it: it opens in a mail, from a ticket and on paper, and whatever a producer sent cannot become
anything but text. The file forbids itself everything but its own style.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from dashboard import catalog
from dashboard.explore.drawing import DrawnChart, DrawnLine, chart_svg, safe_colour
from dashboard.explore.overlays import Overlay
from dashboard.explore.series import Series
from dashboard.explore.span import Span
from dashboard.explore.statistics import legend
from dashboard.explore.zones import wall
from dashboard.number_text import ABSENT, display

DATA_ID = "data"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
body{font:14px/1.45 system-ui,sans-serif;margin:24px auto;max-width:1000px;padding:0 16px;color:#1b1f24;background:#fff}
h1{font-size:20px;margin:0 0 4px}h2{font-size:15px;margin:24px 0 4px}p{margin:2px 0}svg{width:100%;height:auto}
svg text{font-size:11px;fill:#57606a}.grid{stroke:#d8dee4;stroke-width:.6}.gap{fill:#8b949e;opacity:.25}
.note{fill:#2f7fd1;opacity:.12}.mark{stroke:#2f7fd1}.command{stroke:#9566d6;stroke-dasharray:2 3}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{padding:2px 8px;text-align:right}
th:first-child,td:first-child{text-align:left;overflow-wrap:anywhere}tr+tr{border-top:1px solid #d8dee4}
.words th,.words td{text-align:left}
th{color:#57606a;font-weight:500}
.key{display:inline-block;width:14px;height:3px;margin-right:6px;vertical-align:middle}
@media print{body{margin:0;max-width:none}section{break-inside:avoid}}
@media(prefers-color-scheme:dark){body{background:#14171c;color:#e6e9ee}svg text,th{fill:#9aa4b0;color:#9aa4b0}
.grid{stroke:#2b323b}tr+tr{border-color:#2b323b}}
""".replace("\n", "")
_HEADINGS = ("Metric", "Last", "Min", "Mean", "Max", "p95", "Change")


@dataclass(frozen=True, eq=False, slots=True)
class Snapshot:
    """Everything in the file. `made_at` in Unix seconds, `notes` are lines of text under the title."""

    title: str
    span: Span
    zone: str
    made_at: float
    made_by: str
    charts: tuple[DrawnChart, ...]
    overlays: tuple[Overlay, ...] = ()
    notes: Sequence[str] = ()


def snapshot_html(snapshot: Snapshot) -> bytes:
    """The file, UTF-8."""
    title = escape(snapshot.title)
    window = f"{_stamp(snapshot.span.start, snapshot.zone)} – {_stamp(snapshot.span.end, snapshot.zone)}"
    made = f"Taken {_stamp(snapshot.made_at, snapshot.zone)} by {snapshot.made_by}"
    lines = "".join(f"<p>{escape(text)}</p>" for text in (window, made, *snapshot.notes))
    charts = "".join(_section(chart, snapshot) for chart in snapshot.charts)
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>{lines}{charts}"
        f"{_overlay_table(snapshot)}"
        f'<script type="application/json" id="{DATA_ID}">{embedded(_data(snapshot))}</script></body></html>\n')
    return page.encode("utf-8", "replace")


def embedded(data: Any) -> str:
    """JSON that can stand in a script element: it holds no character that HTML or JavaScript could read as its own.

    Raises:
        ValueError: a number that JSON does not know (NaN, infinite).
    """
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))  # ASCII alone, so no U+2028 either
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def numbers(values: np.ndarray) -> list[float | None]:
    """Values for JSON: None where there is none."""
    return [value if abs(value) < np.inf else None for value in np.asarray(values, dtype=float).tolist()]


def _section(chart: DrawnChart, snapshot: Snapshot) -> str:
    rows = "".join(_legend_row(line) for line in chart.lines)
    head = "".join(f"<th>{heading}</th>" for heading in _HEADINGS)
    svg = chart_svg(chart, snapshot.span, snapshot.zone, snapshot.overlays)
    return f"<section><h2>{escape(chart.title)}</h2>{svg}<table><tr>{head}</tr>{rows}</table></section>"


def _legend_row(line: DrawnLine) -> str:
    row, metric = legend(line.series), line.series.described
    about = "≈ " if row.approximate and row.p95 is not None else ""
    cells = [_shown(metric, value) for value in (row.last, row.minimum, row.mean, row.maximum)]
    cells += [about + _shown(metric, row.p95), about + _change(metric, row.change)]
    key = f'<span class="key" style="background:{safe_colour(line.colour)}"></span>'
    return f"<tr><td>{key}{escape(line.title)}</td>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _shown(metric: catalog.Metric, value: float | None) -> str:
    return " ".join(part for part in display(metric, value) if part)


def _change(metric: catalog.Metric, value: float | None) -> str:
    return ABSENT if value is None else f"{'+' if value > 0 else ''}{_shown(metric, value)}"


def _overlay_table(snapshot: Snapshot) -> str:
    rows = []
    for item in snapshot.overlays:
        end = "" if item.moment else _stamp(item.end, snapshot.zone) if item.end is not None else "goes on"
        what = " ".join(part for part in (item.level, item.kind) if part)
        cells = (item.label, what, item.source or "", _stamp(item.start, snapshot.zone), end, item.by)
        rows.append(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>")
    if not rows:
        return ""
    head = "".join(f"<th>{heading}</th>" for heading in ("What", "Kind", "Source", "From", "To", "By"))
    return f'<section><h2>In this window</h2><table class="words"><tr>{head}</tr>{"".join(rows)}</table></section>'


def _data(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "title": snapshot.title, "start": snapshot.span.start, "end": snapshot.span.end, "zone": snapshot.zone,
        "charts": [{"title": chart.title, "lines": [_line_data(line.series, line.title) for line in chart.lines]}
                   for chart in snapshot.charts],
    }


def _line_data(series: Series, title: str) -> dict[str, Any]:
    """Times in Unix milliseconds, values in the metric's own unit."""
    found = {"source": series.source, "metric": series.metric, "title": title, "unit": series.described.unit,
             "step_s": series.step_s, "times": np.rint(series.times * 1_000).astype("int64").tolist(),
             "values": numbers(series.values)}
    if series.bucketed:
        found |= {"minima": numbers(series.minima), "maxima": numbers(series.maxima), "counts": numbers(series.counts)}
    return found


def _stamp(at: float, zone: str) -> str:
    return wall(at, zone).strftime("%Y-%m-%d %H:%M:%S %Z")
