"""Figures are plain dicts without a template, without data and without a way to share."""

from __future__ import annotations

import json

import pytest

from dashboard.ui.figures.alert_chart import _layout
from dashboard.ui.figures.chart import CONFIG, GAUGE_CONFIG, LANE_SHARE, UNMEASURED, chart_figure, plot_text
from dashboard.ui.figures.explore import frame
from dashboard.ui.figures.gauge import gauge_figure
from dashboard.ui.palette import SERIES

PALETTE_CRITICAL = ("#a8140c", "#f2504a")
LINES = [(f"group.metric{number}", f"Metric {number}") for number in range(30)]


@pytest.mark.parametrize("figure", [
    chart_figure(LINES, "ms", [(5, "warning")]), chart_figure([], ""), gauge_figure(100, (50, 70, 85), "%"),
    gauge_figure(30, (), "1/s")])
def test_figures_are_plain_and_small(figure):
    assert type(figure) is dict
    assert "template" not in figure["layout"]
    assert len(json.dumps(figure, allow_nan=False)) < 12_000


def test_a_chart_has_a_trace_a_line_and_the_lane_last():
    figure = chart_figure(LINES[:3], "ms")
    assert [trace["meta"] for trace in figure["data"]] == [*(metric for metric, _ in LINES[:3]), "alerts"]
    assert all(trace["x"] == [] and trace["y"] == [] for trace in figure["data"])
    assert figure["data"][-1]["yaxis"] == "y2"
    assert all("connectgaps" not in trace or trace["connectgaps"] is False for trace in figure["data"])


def test_lines_differ_in_colour_or_dash():
    looks = [(trace["line"]["color"], trace["line"]["dash"]) for trace in chart_figure(LINES, "ms")["data"][:-1]]
    assert len(set(looks)) == len(looks)


def test_no_line_has_the_colour_of_a_critical_alert():
    assert not {colour.lower() for colour in SERIES} & set(PALETTE_CRITICAL)


def test_the_tooltip_is_by_value_with_its_unit():
    assert chart_figure(LINES[:1], "ms")["data"][0]["hovertemplate"].endswith(" ms")
    assert chart_figure(LINES[:1], "")["data"][0]["hovertemplate"] == "%{y:.4~g}"
    assert chart_figure(LINES[:3], "ms")["layout"]["hoversort"] == "value descending"


def test_thresholds_are_dashed_and_coloured_by_what_they_mean():
    shapes = chart_figure(LINES[:1], "%", [(85, "#c8372f"), (70, "#c67e09")])["layout"]["shapes"]
    assert [(shape["y0"], shape["y1"], shape["line"]["dash"], shape["name"]) for shape in shapes] == [
        (85, 85, "dash", "threshold"), (70, 70, "dash", "threshold")]
    assert [shape["line"]["color"] for shape in shapes] == ["#c8372f", "#c67e09"]


def test_no_axis_of_a_plot_that_moves_on_measures_its_labels():
    """plotly.js keeps each measure by the place of its label, and the labels of an open page stand nowhere twice."""
    figures = (chart_figure([], "ms")["layout"], frame()["layout"], _layout(("2026-01-31", "2026-02-01"), [], []))
    axes = [axis for layout in figures for name, axis in layout.items() if name.startswith(("xaxis", "yaxis"))]
    assert len(axes) == 9
    assert all(axis.get("visible") is False or axis.items() >= UNMEASURED.items() for axis in axes)
    assert UNMEASURED == {"automargin": False, "ticklabeloverflow": "allow"}


def test_the_lane_lies_under_the_plot():
    layout = chart_figure(LINES[:1], "%")["layout"]
    assert layout["yaxis2"]["domain"] == [0, LANE_SHARE]
    assert layout["yaxis"]["domain"][0] > LANE_SHARE


def test_zoom_survives_and_values_are_never_cut_off_at_the_bottom():
    layout = chart_figure(LINES[:1], "%")["layout"]
    assert layout["uirevision"] and layout["yaxis"]["fixedrange"]
    assert layout["showlegend"] is False


@pytest.mark.parametrize("words", ["<b>x</b>", "a & b < c", '<a href="javascript:alert(1)">x</a>', "plain"])
def test_names_are_text_to_plotly(words):
    shown = plot_text(words)
    assert "<" not in shown and ">" not in shown
    assert chart_figure([("m", words)], "")["data"][0]["name"] == shown


def test_nothing_is_ever_shared_or_sent_elsewhere():
    assert "sendChartToCloud" in CONFIG["modeBarButtonsToRemove"]
    assert CONFIG["plotlyServerURL"] == "" and CONFIG["showSendToCloud"] is False
    assert CONFIG["displaylogo"] is False
    assert GAUGE_CONFIG["displayModeBar"] is False


@pytest.mark.parametrize("bands", [(50, 70, 85), (50, 80), (5,), (), (0, 50, 100), (90, 200), (-5,)])
@pytest.mark.parametrize("low_is_bad", [True, False])
def test_the_steps_of_a_gauge_cover_its_scale(bands, low_is_bad):
    figure = gauge_figure(100, bands, "%", low_is_bad=low_is_bad)
    gauge = figure["data"][0]["gauge"]
    assert gauge["axis"]["range"] == [0, 100]
    edges = [step["range"] for step in gauge["steps"]]
    assert edges[0][0] == 0 and edges[-1][1] == 100
    assert all(left[1] == right[0] for left, right in zip(edges, edges[1:], strict=False))
    assert figure["data"][0]["value"] is None


def test_the_bad_end_of_a_gauge_is_where_it_is_bad():
    high = gauge_figure(100, (50, 80), "%")["data"][0]["gauge"]["steps"]
    low = gauge_figure(100, (50, 80), "%", low_is_bad=True)["data"][0]["gauge"]["steps"]
    assert [step["color"] for step in low] == [step["color"] for step in high][::-1]


@pytest.mark.parametrize(("maximum", "valueformat"), [(30, ".1f"), (5000, ".3~s")])
def test_large_scales_are_written_short(maximum, valueformat):
    assert gauge_figure(maximum, (), "")["data"][0]["number"] == {
        "font": {"size": 13}, "suffix": "", "valueformat": valueformat}
