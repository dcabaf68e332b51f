"""What else moved, as a table: the most first, each with its curve and a way into the charts. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from dash import html

from dashboard import catalog
from dashboard.explore.moved import MOVED, NOT_CLEAR, SAME, TOO_FEW, Moved
from dashboard.explore.overlays import Overlays
from dashboard.explore.span import Span
from dashboard.inquiry.movement import Movement
from dashboard.number_text import figure
from dashboard.ui.explore import words
from dashboard.ui.figures.spark import spark_address
from dashboard.ui.layout.explore_events import event_list
from dashboard.ui.sources import apart, source_label

SHOWN = 30
"""Rows: whoever looks for a cause begins at the top."""
NOT_CLEAR_SHOWN = 15
SMALL_P = 0.001
COLUMNS = ("Metric", "", "Before", "In the window", "Change", "In deviations", "Distance", "Chance", "")
ABOUT = {"Distance": "Kolmogorov–Smirnov distance of the values in the window from those before: 0 the same, 1 apart",
         "Chance": "How likely so large a distance is by chance, with the number of metrics taken into account",
         "In deviations": "The change of the mean in robust standard deviations of the time before"}


def moved_found(movement: Movement, around: Overlays, shown: Collection[tuple[str, str]], zone: str, now: float
                ) -> list[Any]:
    """The drawer's content. `shown`: (source, metric) of what is in the charts already."""
    by_verdict = {verdict: [one for one in movement.found if one.verdict == verdict]
                  for verdict in (MOVED, NOT_CLEAR, SAME, TOO_FEW)}
    several = len({one.series.source for one in movement.found}) > 1
    parts: list[Any] = [html.P(_sentence(movement, zone), className="muted")]
    parts += [html.P(f"Nothing could be read of {name}.", className="muted") for name in movement.unread]
    if movement.left_out:
        parts.append(html.P(f"{movement.left_out} more sources are left out: choose metrics of those you want.",
                            className="muted"))
    most = by_verdict[MOVED]
    if most:
        parts.append(_table(most[:SHOWN], movement, shown, several))
    else:
        parts.append(html.P(_nothing(by_verdict), className="empty"))
    unclear = by_verdict[NOT_CLEAR]
    if unclear:
        parts.append(html.Details([
            html.Summary(f"Not clear: {len(unclear)} changed, but perhaps by chance"),
            _table(unclear[:NOT_CLEAR_SHOWN], movement, shown, several)]))
    rest = [f"{len(by_verdict[SAME])} as before" if by_verdict[SAME] else "",
            f"{len(by_verdict[TOO_FEW])} with too few samples to tell" if by_verdict[TOO_FEW] else "",
            f"{len(most) - SHOWN} more moved" if len(most) > SHOWN else ""]
    if any(rest):
        parts.append(html.P(" · ".join(part for part in rest if part), className="muted"))
    if around.items:
        parts += [html.H3("At the same time"), event_list(around, zone, now)]
    return parts


def _sentence(movement: Movement, zone: str) -> str:
    before = Span(movement.whole.start, movement.brush.start)
    width = f", in means of {words.width_words(movement.step_s)}" if movement.step_s else ""
    return (f"{words.span_words(movement.brush, zone)}, against {words.length(before.length_s)} before it{width}. "
            f"{len(movement.found)} metrics.")


def _nothing(by_verdict: dict[str, list[Moved]]) -> str:
    if by_verdict[SAME] or by_verdict[NOT_CLEAR]:
        return "No metric moved more than chance allows."
    return "There are too few samples in this window to tell. Mark a longer one."


def _table(rows: Sequence[Moved], movement: Movement, shown: Collection[tuple[str, str]], several: bool) -> html.Table:
    head = html.Thead(html.Tr([html.Th(text, scope="col", title=ABOUT.get(text)) if text else html.Td()
                               for text in COLUMNS]))
    body = html.Tbody([_row(one, movement, one.key in shown, several) for one in rows])
    return html.Table([head, body], className="moved")


def _row(one: Moved, movement: Movement, is_shown: bool, several: bool) -> html.Tr:
    series, metric = one.series, one.series.described
    title = catalog.title_with_group(catalog.describe(series.metric))
    if several:
        title = f"{apart(title)} · {source_label(series.source)}"
    change = words.signed_text(metric, one.change)
    arrow = {"+": "▲ ", "−": "▼ "}.get(change[0], "")
    spark = html.Img(src=spark_address(series.times, series.values, movement.whole.start, movement.whole.end,
                                       (movement.brush.start, movement.brush.end)), alt="")
    add = f"Add {title} to the charts"
    action = html.Span("shown", className="muted") if is_shown else html.Button(
        "Add", className="button", type="button", title=add,
        **{"data-add-source": series.source, "data-add-metric": series.metric, "aria-label": add})
    return html.Tr([
        html.Th(title, scope="row", title=series.metric), html.Td(spark),
        html.Td(words.value_text(metric, one.before)), html.Td(words.value_text(metric, one.during)),
        html.Td(arrow + change), html.Td(_scaled(one)),
        html.Td("–" if one.statistic is None else f"{one.statistic:.2f}"),
        html.Td(_chance(one), title=one.reason or None), html.Td(action)], **{"data-moved": series.metric})


def _scaled(one: Moved) -> str:
    if one.change_scaled is None:
        return "stood still" if one.change else "–"
    return f"{'+' if one.change_scaled > 0 else '−'}{figure(abs(one.change_scaled))} σ"


def _chance(one: Moved) -> str:
    if one.adjusted is None:
        return "–"
    return "under 0.1 %" if one.adjusted < SMALL_P else f"{100 * one.adjusted:.2g} %"
