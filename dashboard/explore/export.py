"""What is shown, as a file: CSV and Parquet. Numbers are in each metric's own unit, times in the viewer's zone."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pandas as pd

from dashboard.explore.series import Series
from dashboard.explore.span import Span
from dashboard.explore.zones import wall, zone_of
from dashboard.spreadsheet import neutral

CELLS_MOST = 4_000_000
"""Cells of one file: 40 lines of 10,000 points in buckets of four figures, twice over; some 80 MB of CSV."""
NAME_LIMIT = 60
"""Characters of a file's name that are ours to choose: with times and ending it stays far below what disks take."""
UNNAMED = "metrics"


class TooLarge(ValueError):
    """More cells than a file may have; the text says how many there are."""


def table(series: Sequence[Series], zone: str) -> pd.DataFrame:
    """One row a time (a DatetimeIndex named `time`, in the zone), one column a series.

    A column is named `source metric [unit]`. Of buckets there are four: `mean`, `min`, `max`, `samples` follow the
    name. What a series does not have at a time is NaN; times without any number are left out. `attrs` says the rest.

    Raises:
        TooLarge: more than CELLS_MOST cells.
    """
    columns: dict[str, pd.Series] = {}
    units: dict[str, str] = {}
    steps: dict[str, float] = {}
    for one in series:
        one = one.finite()
        figures = {"": one.values}
        if one.bucketed:
            figures = {" mean": one.values, " min": one.minima, " max": one.maxima, " samples": one.counts}
        micros = (one.times * 1e6).round().astype("int64").view("M8[us]")
        index = pd.DatetimeIndex(micros, tz="UTC", name="time").tz_convert(zone_of(zone))
        for figure, values in figures.items():
            unit = "" if figure == " samples" else one.described.unit
            name = _free(f"{one.source} {one.metric}{figure}" + (f" [{unit}]" if unit else ""), columns)
            column = pd.Series(values, index=index)
            columns[name] = column[~column.index.duplicated(keep="last")]
            units[name], steps[name] = unit, one.step_s or 0.0
    cells = sum(len(column) for column in columns.values())
    frame = _joined(columns, cells, zone)
    frame.attrs = {"zone": zone_of(zone).key, "units": units, "step_s": steps}
    return frame


def csv_bytes(series: Sequence[Series], zone: str) -> bytes:
    """UTF-8, a heading, times in ISO 8601 with the offset of the zone; what a spreadsheet would run is made text.

    Raises:
        TooLarge: more than CELLS_MOST cells.
    """
    frame = table(series, zone)
    frame.columns = [neutral(name) for name in frame.columns]
    frame.index = pd.Index([at.isoformat(timespec="milliseconds") for at in frame.index], name="time", dtype=object)
    return frame.to_csv(lineterminator="\r\n").encode("utf-8")


def parquet_bytes(series: Sequence[Series], zone: str) -> bytes:
    """The same table by pyarrow, with its `attrs` in the file's metadata.

    Raises:
        TooLarge: more than CELLS_MOST cells.
    """
    frame = table(series, zone)
    file = io.BytesIO()
    frame.to_parquet(file, engine="pyarrow", index=True)
    return file.getvalue()


def file_name(title: str, span: Span, zone: str, ending: str) -> str:
    """`system-cpu-percent_20260131T100000_20260131T160000.csv`: letters, digits, dashes, whatever the title holds."""
    safe = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in title.lower()[:NAME_LIMIT])
    words = "-".join(safe.split()) or UNNAMED
    times = "_".join(wall(at, zone).strftime("%Y%m%dT%H%M%S") for at in (span.start, span.end))
    return f"{words}_{times}.{ending}"


def _free(name: str, taken: dict[str, pd.Series]) -> str:
    """The name, with a number where another column has it: the same metric twice is a comparison."""
    number = 2
    chosen = name
    while chosen in taken:
        chosen, number = f"{name} ({number})", number + 1
    return chosen


def _joined(columns: dict[str, pd.Series], cells: int, zone: str) -> pd.DataFrame:
    if not columns:
        return pd.DataFrame(index=pd.DatetimeIndex([], tz=zone_of(zone), name="time"))
    times = pd.DatetimeIndex([], tz=zone_of(zone)).append([column.index for column in columns.values()])
    rows = times.unique().sort_values().rename("time")
    if len(rows) * len(columns) > CELLS_MOST:
        raise TooLarge(f"{len(rows):,} times of {len(columns)} columns are more than {CELLS_MOST:,} cells, "
                       f"the most one file has ({cells:,} of them hold a number)")
    return pd.DataFrame({name: column.reindex(rows) for name, column in columns.items()}, index=rows)
