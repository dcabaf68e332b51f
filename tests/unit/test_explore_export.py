"""Files of what is shown: CSV, Parquet, and a snapshot in which nothing can run."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.explore import export
from dashboard.explore.drawing import (
    HEIGHT,
    LEFT,
    PLAIN_COLOUR,
    POINTS_MOST,
    WIDTH,
    DrawnChart,
    DrawnLine,
    chart_svg,
    safe_colour,
)
from dashboard.explore.export import TooLarge, csv_bytes, file_name, parquet_bytes, table
from dashboard.explore.overlays import ALERT, ANNOTATION, COMMAND, GAP, Overlay
from dashboard.explore.series import coarsened
from dashboard.explore.snapshot import DATA_ID, Snapshot, embedded, snapshot_html
from dashboard.explore.span import Span
from dashboard.explore.ticks import powers_of_ten, round_numbers, round_times
from tests.unit.explore_series import HUGE, START, any_numbers, of, steady
from tests.unit.test_explore_times import ZONES, at

ZURICH = "Europe/Zurich"
NAN = float("nan")
HOUR = Span(START, START + 3_600)
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&\"'\u2028"


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8"))))


def test_csv_has_the_times_of_the_viewer_and_the_numbers_as_they_are():
    found = rows(csv_bytes([steady([0.1, NAN, 3.0], 30), of([START + 60.25], [7], "queue.wait_ms", "other")], ZURICH))
    assert found == [
        ["time", "s system.cpu_percent [%]", "other queue.wait_ms [ms]"],
        ["2026-01-31T11:00:00.000+01:00", "0.1", ""],
        ["2026-01-31T11:01:00.000+01:00", "3.0", ""],
        ["2026-01-31T11:01:00.250+01:00", "", "7.0"],
    ]


def test_buckets_have_their_four_figures():
    found = rows(csv_bytes([coarsened(steady([1, 2, 6], 20), 60)], "UTC"))
    assert found[0][1:] == ["s system.cpu_percent mean [%]", "s system.cpu_percent min [%]",
                            "s system.cpu_percent max [%]", "s system.cpu_percent samples"]
    assert found[1] == ["2026-01-31T10:00:00.000+00:00", "3.0", "1.0", "6.0", "3.0"]


def test_the_hour_that_comes_twice_is_told_apart():
    times = at("2026-10-25 00:30") + np.array([0.0, 3_600])
    assert [row[0] for row in rows(csv_bytes([of(times, [1, 2])], ZURICH))[1:]] == [
        "2026-10-25T02:30:00.000+02:00", "2026-10-25T02:30:00.000+01:00"]


@pytest.mark.parametrize("source", ["=cmd()", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x","y")'])
def test_no_name_is_a_formula(source):
    heading = rows(csv_bytes([of([START], [1], "a", source)], "UTC"))[0][1]
    assert heading == f"'{source} a"


def test_the_same_metric_twice_has_two_columns():
    assert list(table([steady([1]), steady([2])], "UTC").columns) == ["s system.cpu_percent [%]",
                                                                      "s system.cpu_percent [%] (2)"]


def test_parquet_comes_back_as_it_was():
    series = [steady([0.1, NAN, 3.0]), coarsened(steady([1, 2], metric="a.b_ms"), 60), steady([], metric="a.none")]
    found = pd.read_parquet(io.BytesIO(parquet_bytes(series, ZURICH)))
    pd.testing.assert_frame_equal(found, table(series, ZURICH), check_freq=False)
    assert found.attrs["zone"] == ZURICH
    assert found.attrs["units"]["s a.b_ms mean [ms]"] == "ms"
    assert str(found.index.tz) == ZURICH


@pytest.mark.parametrize("series", [[], [steady([])], [steady([NAN, NAN])]])
def test_nothing_is_an_empty_table(series):
    assert csv_bytes(series, "UTC").startswith(b"time")
    assert len(rows(csv_bytes(series, "UTC"))) == 1
    assert len(pd.read_parquet(io.BytesIO(parquet_bytes(series, ZURICH)))) == 0


def test_a_file_is_bounded(monkeypatch):
    monkeypatch.setattr(export, "CELLS_MOST", 5)
    with pytest.raises(TooLarge, match="3 times of 2 columns are more than 5 cells"):
        csv_bytes([steady([1, 2, 3]), steady([1, 2, 3], metric="b")], "UTC")


@settings(deadline=None)
@given(st.lists(any_numbers, min_size=1, max_size=3), st.sampled_from(ZONES))
def test_no_number_is_lost_on_the_way_to_a_file(lists, zone):
    series = [steady(values, metric=f"a.m{place}") for place, values in enumerate(lists)]
    found = rows(csv_bytes(series, zone))
    for place, values in enumerate(lists, 1):
        there = [float(row[place]) for row in found[1:] if row[place]]
        assert there == [value for value in values if np.isfinite(value)]


@pytest.mark.parametrize(("title", "wanted"), [
    ("System: CPU %", "system-cpu"), ("../../etc/passwd", "etc-passwd"), ("Ä\x00\n\"", "metrics"), ("", "metrics"),
    ("con.csv; rm -rf /", "con-csv-rm-rf"), ("x" * 500, "x" * 60)])
def test_file_names_are_safe(title, wanted):
    assert file_name(title, HOUR, ZURICH, "csv") == f"{wanted}_20260131T110000_20260131T120000.csv"


def chart(*lines, **more):
    return DrawnChart("System", tuple(lines), "%", **more)


def drawn(*lines, overlays=(), **more):
    text = chart_svg(chart(*lines, **more), HOUR, ZURICH, overlays)
    return ElementTree.fromstring(text.replace(' xmlns="http://www.w3.org/2000/svg"', ""))


def test_a_line_is_drawn_from_left_to_right_and_broken_where_nothing_was_heard():
    values = np.full(720, 50.0)
    series = steady(values).taken(np.r_[0:300, 400:720])
    path = drawn(DrawnLine(series, "CPU", "#2f7fd1")).find("path")
    assert path.get("stroke") == "#2f7fd1"
    assert path.get("d").count("M") == 2
    assert path.get("d").startswith(f"M{LEFT:.1f} ")


def test_a_missing_bucket_breaks_the_line():
    series = coarsened(steady(np.full(720, 50.0)), 60).taken(np.r_[0:20, 21:60])
    svg = drawn(DrawnLine(series, "CPU"))
    assert svg.find("path").get("d").count("M") == 2
    assert len(svg.findall("polygon")) == 2


def test_many_points_are_as_many_as_pixels():
    series = steady(np.random.default_rng(1).normal(50, 5, 20_000), 0.18)
    assert drawn(DrawnLine(series, "CPU")).find("path").get("d").count("L") <= POINTS_MOST


def test_thresholds_right_axis_and_comparison():
    svg = drawn(DrawnLine(steady([50] * 720), "CPU"),
                DrawnLine(steady([2_048] * 720, metric="system.memory_mb"), "Memory", right=True, dashed=True),
                thresholds=((70, "warning"), (85, "critical"), (1e9, "warning")), right_unit="GB")
    titles = [title.text for title in svg.iter("title")]
    assert titles == ["warning 70", "critical 85"]  # one far away would press the line flat
    assert svg.findall("path")[1].get("stroke-dasharray")
    texts = [text.text for text in svg.findall("text")]
    assert {"%", "GB", "2", "80", "11:30"} <= set(texts)


def test_a_logarithmic_axis_leaves_out_what_has_no_logarithm():
    svg = drawn(DrawnLine(steady([0, -5, 1, 10, 1_000]), "CPU"), log=True, thresholds=((0, "warning"),))
    assert svg.find("path").get("d").count("M") == 1
    assert {"1", "10", "100", "1,000"} <= {text.text for text in svg.findall("text")}
    assert drawn(DrawnLine(steady([0, -5]), "CPU"), log=True).find("path").get("d") == ""


def test_overlays_lie_where_they_were():
    start = START + 900
    svg = drawn(overlays=[Overlay(GAP, start, None, "gap"), Overlay(ALERT, 0.0, start, "alert", level="CRITICAL"),
                          Overlay(COMMAND, start, start, "command"), Overlay(ANNOTATION, start, start, "note"),
                          Overlay(ANNOTATION, start, start + 60, "span")])
    assert [title.text for title in svg.iter("title")] == ["gap", "alert", "command", "note", "span"]
    gap, alert = svg.findall("rect")[:2]
    assert float(gap.get("x")) + float(gap.get("width")) == pytest.approx(WIDTH - LEFT)
    assert (float(alert.get("x")), alert.get("fill")) == (LEFT, "#c8372f")


@settings(deadline=None)
@given(any_numbers, st.booleans(), st.sampled_from((None, 30.0)), st.sampled_from(ZONES), st.floats(0.01, 1e8))
def test_whatever_comes_is_drawn_inside_the_picture(values, log, step_s, zone, length_s):
    series = steady(values) if step_s is None else coarsened(steady(values), step_s)
    text = chart_svg(chart(DrawnLine(series, "CPU"), log=log, thresholds=((70, "warning"),)),
                     Span(START, START + length_s), zone)
    ElementTree.fromstring(text)
    assert "nan" not in text.lower()
    assert not re.search(r"\binf\b", text)
    for across, down in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", text):
        assert LEFT - 1 <= float(across) <= WIDTH
        assert -1 <= float(down) <= HEIGHT


@pytest.mark.parametrize("colour", ["red", "#12345", "#12345g", '#123456"', "", "url(x)", "#１２３４５６"])
def test_a_colour_is_a_colour(colour):
    assert safe_colour(colour) == PLAIN_COLOUR
    assert safe_colour("#2F7fd1") == "#2F7fd1"


class Page(HTMLParser):
    """The elements of a page, and the text of its data."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements, self.data, self._inside = [], "", False
        self.feed(page.decode("utf-8"))

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside = tag == "script"

    def handle_endtag(self, tag):
        self._inside = False

    def handle_data(self, data):
        self.data += data if self._inside else ""


def snapshot(**more):
    line = DrawnLine(coarsened(steady([1.0, 2.0, NAN, 4.0], 30, metric=EVIL), 60), EVIL, '"/><script>')
    found = {"title": EVIL, "span": HOUR, "zone": ZURICH, "made_at": START + 4_000, "made_by": EVIL,
             "charts": (DrawnChart(EVIL, (line, DrawnLine(steady([5, NAN]), "CPU")), EVIL),), "notes": (EVIL,),
             "overlays": (Overlay(ALERT, START, None, EVIL, EVIL, EVIL, EVIL, EVIL),)}
    return snapshot_html(Snapshot(**{**found, **more}))


def test_nothing_in_a_snapshot_runs_or_is_fetched():
    page = Page(snapshot())
    tags = [tag for tag, _ in page.elements]
    assert tags.count("script") == 1
    assert not set(tags) & {"img", "iframe", "link", "object", "embed", "a", "base", "form"}
    assert ("script", {"type": "application/json", "id": DATA_ID}) in page.elements
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "href")]
        assert "alert" not in attributes.get("fill", "") + attributes.get("style", "")
    policy = next(attributes["content"] for tag, attributes in page.elements
                  if attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert b"http://" not in snapshot().replace(b"http://www.w3.org/2000/svg", b"")
    assert b"https://" not in snapshot()


def test_the_data_of_a_snapshot_are_all_there():
    data = json.loads(Page(snapshot()).data)
    assert (data["title"], data["zone"], data["start"]) == (EVIL, ZURICH, START)
    buckets, samples = data["charts"][0]["lines"]
    assert buckets["metric"] == buckets["title"] == EVIL
    assert (buckets["values"], buckets["minima"], buckets["counts"]) == ([1.5, 4.0], [1, 4], [2, 1])
    assert samples["values"] == [5, None]
    assert samples["times"] == [START * 1_000, START * 1_000 + 5_000]


def test_a_snapshot_says_what_when_and_how_sure():
    text = snapshot(title="Morning").decode()
    assert "2026-01-31 11:00:00 CET – 2026-01-31 12:00:00 CET" in text
    assert "<h1>Morning</h1>" in text
    assert "≈ " in text  # the p95 of buckets
    assert text.count("goes on") == 1


def test_a_snapshot_of_nothing():
    page = snapshot(charts=(DrawnChart("Empty", (DrawnLine(steady([]), "CPU"),)),), overlays=()).decode()
    assert page.count("<td>–</td>") == 6
    assert "In this window" not in page
    assert len(snapshot(charts=(), overlays=())) > 0


@settings(deadline=None)
@given(st.recursive(st.one_of(st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)),
                    lambda inner: st.lists(inner, max_size=3), max_leaves=8))
def test_embedded_data_hold_nothing_that_html_could_read(data):
    text = embedded(data)
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == data


def test_a_number_that_json_does_not_know_is_an_error():
    with pytest.raises(ValueError, match="JSON compliant"):
        embedded([NAN])


@settings(deadline=None)
@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12))
def test_round_numbers_lie_on_the_axis(low, width):
    found = round_numbers(low, low + width)
    assert len(found) <= 25
    room = 1e-6 * (abs(low) + width)
    assert all(low - room <= number <= low + width + room for number in found)


def test_round_numbers_of_a_percentage():
    assert round_numbers(0, 100) == [0, 20, 40, 60, 80, 100]
    assert round_numbers(5, 5) == [5]
    assert round_numbers(-HUGE, HUGE) == [-HUGE]
    assert powers_of_ten(0.5, 2_000) == [1, 10, 100, 1_000]


@settings(deadline=None)
@given(st.floats(1e6, 4e9), st.floats(1, 4e8), st.sampled_from(ZONES))
def test_round_times_lie_on_the_axis(start, length_s, zone):
    span = Span(start, start + length_s)
    found = round_times(span, zone)
    assert len(found) <= 8
    assert all(span.start <= moment <= span.end for moment, _ in found)
    assert [moment for moment, _ in found] == sorted({moment for moment, _ in found})
    if length_s > 8:
        assert len(found) >= 2


def test_round_times_are_those_of_the_clock_on_the_wall():
    span = Span(at("2026-01-31 09:50", ZURICH), at("2026-01-31 15:50", ZURICH))
    assert [label for _, label in round_times(span, ZURICH)] == ["10:00", "11:00", "12:00", "13:00", "14:00", "15:00"]
    week = Span(at("2026-03-26 09:50", ZURICH), at("2026-04-01 15:50", ZURICH))  # over a change of the clocks
    assert [label for _, label in round_times(week, ZURICH)][:4] == ["2026-03-27", "2026-03-28", "2026-03-29",
                                                                     "2026-03-30"]
    assert all(moment == at(label, ZURICH) for moment, label in round_times(week, ZURICH))
