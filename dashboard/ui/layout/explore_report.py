"""The service report on screen and on paper: availability, health, alerts, components. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.explore.report import BANDS, AlertFigures, Report, SourceReport
from dashboard.number_text import ABSENT
from dashboard.ui.explore import words
from dashboard.ui.palette import STATUS_SHAPES, STATUS_TONES, level_shape, level_tone, level_word
from dashboard.ui.sources import source_label
from dashboard.ui.times import span, stamp

OUTAGES_SHOWN = 10


def length(seconds: float | None) -> str:
    """A length of time, rounded: sums of parts of a second are a hair too short."""
    return span(None if seconds is None else round(seconds))


def report_panel(report: Report, step_s: float, zone: str, made_at: float, made_by: str,
                 reserves: Sequence[str] = ()) -> list[Any]:
    """The panel's children. `reserves`: what the report cannot know, in words."""
    return [
        html.Div(className="panel-head", children=[html.H2("Service report")]),
        html.P(f"{words.span_words(report.span, zone)} ({length(report.span.length_s)}). "
               f"Made {stamp(made_at, zone)} by {made_by}.", className="muted"),
        *(html.P(text) for text in reserves),
        section("Availability of each source", _availability(report), _availability_notes(report, step_s, zone)),
        section("Time in each health band", _bands(report)),
        section("Alerts", _alerts(report), [html.P(
            f"{report.alerts.open_at_start} were open when the window began, {report.alerts.open_at_end} at its end.",
            className="muted")]),
        section("Worst components", _components(report))]


def section(title: str, content: Any, notes: Sequence[Any] = ()) -> html.Section:
    """A part of a report, with what is to be said below it."""
    return html.Section([html.H3(title), html.Div(content, className="report-scroll"), *notes],
                        className="report-part")


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> html.Table:
    """The first cell of each row names it."""
    return html.Table(className="report", children=[
        html.Thead(html.Tr([html.Th(text, scope="col") for text in columns])),
        html.Tbody([html.Tr([html.Th(row[0], scope="row"), *(html.Td(cell) for cell in row[1:])]) for row in rows])])


def _availability(report: Report) -> Any:
    if not report.sources:
        return html.P("No source was heard.", className="empty")
    return table(("Source", "Availability", "Up", "Down", "Stopped", "Unknown", "Outages"), [
        [source_label(one.source), _ratio(one), *(length(part) for part in (
            one.availability.up_s, one.availability.down_s, one.availability.stopped_s, one.availability.unknown_s)),
         f"{len(one.availability.outages) + one.availability.outages_left_out:,}"] for one in report.sources])


def _ratio(one: SourceReport) -> html.Span:
    """The share of the time that is known; and what it may be at most and at least, where some is not."""
    found = one.availability
    if found.ratio is None:
        return html.Span(ABSENT, className="tone-stale")
    shown = [html.Strong(share(found.ratio))]
    if found.unknown_s > 0:
        shown.append(html.Span(f" of what is known; {share(found.at_least)} to {share(found.at_most)} of all",
                               className="muted"))
    return html.Span(shown)


def share(ratio: float) -> str:
    """`99.95 %`; 100 only where nothing is missing."""
    percent = 100 * ratio
    text = f"{percent:.2f}".rstrip("0").rstrip(".")
    if text == "100" and ratio < 1:
        text = "99.99"
    return f"{text} %"


def _availability_notes(report: Report, step_s: float, zone: str) -> list[Any]:
    notes = []
    for one in report.sources:
        outages = one.availability.outages
        if outages:
            longest = sorted(outages, key=lambda outage: -outage.length_s)[:OUTAGES_SHOWN]
            told = "; ".join(f"{stamp(outage.start, zone)} for {length(outage.length_s)}" for outage in longest)
            notes.append(html.P(f"{source_label(one.source)}, down: {told}.", className="muted"))
    if report.gaps_s > 0:
        notes.append(html.P(f"The console itself heard nothing for {length(report.gaps_s)}: that time is unknown.",
                            className="muted"))
    if step_s:
        notes.append(html.P(f"Seen in steps of {words.width_words(step_s)}: a shorter outage is not.",
                            className="muted"))
    return notes


def _bands(report: Report) -> Any:
    scored = [one for one in report.sources if one.bands["unknown"] < report.span.length_s]
    if not scored:
        return html.P("No source reported a score.", className="empty")
    return table(("Source", *(_band_title(band) for band in BANDS)), [
        [source_label(one.source), *(_band_cell(one.bands[band], report.span.length_s) for band in BANDS)]
        for one in scored])


def _band_title(band: str) -> html.Span:
    return html.Span([html.Span(f"{STATUS_SHAPES.get(band, '◇')} ", className=f"tone-{STATUS_TONES.get(band, 'stale')}",
                                **{"aria-hidden": "true"}), band.capitalize()])


def _band_cell(seconds: float, whole_s: float) -> str:
    return f"{length(seconds)} ({share(seconds / whole_s)})" if seconds >= 1 else ABSENT


def _alerts(report: Report) -> Any:
    if not report.alerts.all.count:
        return html.P("No alert fired in this window.", className="empty")
    rows = [[_level(level), *_figures(figures)] for level, figures in report.alerts.by_level.items()]
    return table(("Level", "Fired", "Acknowledged", "Resolved", "Time to acknowledge: mean", "median",
                   "Time to resolve: mean", "median"), [*rows, ["All", *_figures(report.alerts.all)]])


def _level(level: str) -> html.Span:
    return html.Span([html.Span(f"{level_shape(level)} ", className=f"tone-{level_tone(level)}",
                                **{"aria-hidden": "true"}), level_word(level)])


def _figures(one: AlertFigures) -> list[str]:
    return [f"{one.count:,}", f"{one.acknowledged:,}", f"{one.resolved:,}", length(one.mean_acknowledge_s),
            length(one.median_acknowledge_s), length(one.mean_resolve_s), length(one.median_resolve_s)]


def _components(report: Report) -> list[Any]:
    if not report.components:
        return [html.P("No component had an alert.", className="empty")]
    rows = [[one.component, source_label(one.source), _level(one.worst_level), f"{one.alerts:,}", length(one.open_s)]
            for one in report.components]
    more = [html.P(f"and {report.components_left_out} more", className="muted")] if report.components_left_out else []
    return [table(("Component", "Source", "Worst level", "Alerts", "Time with one open"), rows), *more]
