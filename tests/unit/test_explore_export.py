"""Files of what is shown, CSV and Parquet: each number as it is, times of the viewer, no formulas, safe names."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.explore import export
from dashboard.explore.export import TooLarge, csv_bytes, file_name, parquet_bytes, table
from dashboard.explore.series import coarsened
from dashboard.spreadsheet import neutral
from tests.unit.explore_series import HOUR, NAN, START, ZURICH, any_numbers, of, steady
from tests.unit.test_explore_times import ZONES, at


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
    assert heading == neutral(f"{source} a") and heading.startswith("'")


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
