"""The history as a file: a row for each number, in CSV or Parquet by the file's ending.

Samples have `time, source, metric, value`; buckets `tier, count, sum, min, max, last, last_time` in place of the value.
Times are ISO 8601 in UTC, to the microsecond. In CSV a name that a spreadsheet would run as a formula gets a `'` first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from dashboard.history.answers import RAW
from dashboard.history.steps import TIERS
from dashboard.spreadsheet import quoted, unquoted

SAMPLE_COLUMNS = ("time", "source", "metric", "value")
BUCKET_COLUMNS = ("time", "source", "metric", "tier", "count", "sum", "min", "max", "last", "last_time")
ENDINGS = (".csv", ".parquet")
_TIME = pa.timestamp("us", tz="UTC")
_TYPES = {"time": _TIME, "last_time": _TIME, "source": pa.string(), "metric": pa.string(), "tier": pa.string(),
          "count": pa.int64()}


class BadFile(ValueError):
    """The file cannot be read as a history; the text says what is wrong, and where."""


@dataclass(frozen=True, eq=False, slots=True)
class Numbers:
    """What a file holds, sorted by source and time. `sources` and `metrics` are names; the columns hold places in them.

    `tier` "raw": `columns` has `value`. Else it has `count`, `sum`, `min`, `max`, `last`, `last_us`.
    """

    tier: str
    times: np.ndarray
    source: np.ndarray
    metric: np.ndarray
    sources: list[str]
    metrics: list[str]
    columns: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.times)


def ending_of(path: Path) -> str:
    """Raises BadFile where the name ends in neither .csv nor .parquet."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise BadFile(f"{path.name}: a file ends in .csv or .parquet.")
    return ending


class Writer:
    """Writes rows to a new file, portion by portion."""

    def __init__(self, path: Path, tier: str):
        self._csv = ending_of(path) == ".csv"
        self._names = SAMPLE_COLUMNS if tier == RAW else BUCKET_COLUMNS
        kinds = [pa.string() if self._csv and _TYPES.get(name) == _TIME else _TYPES.get(name, pa.float64())
                 for name in self._names]
        self._schema = pa.schema(list(zip(self._names, kinds, strict=True)))
        self._writer: Any = (pyarrow.csv.CSVWriter(str(path), self._schema) if self._csv
                             else pyarrow.parquet.ParquetWriter(str(path), self._schema))

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._writer.close()

    def write(self, columns: dict[str, Any]) -> None:
        """A portion: `time` and `last_time` as int64 µs, names as lists."""
        arrays = []
        for field in self._schema:
            values = columns[field.name]
            if _TYPES.get(field.name) == _TIME:
                values = _iso(values) if self._csv else values.astype("datetime64[us]")
            elif self._csv and field.name in ("source", "metric"):
                values = [quoted(name) for name in values]
            arrays.append(pa.array(values, field.type))
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))


def _iso(times_us: np.ndarray) -> list[str]:
    return [text + "Z" for text in np.datetime_as_string(times_us.astype("datetime64[us]"), unit="us").tolist()]


def read(path: Path) -> Numbers:
    """All of a file. Raises BadFile, OSError."""
    table = _table(path, ending_of(path) == ".csv")
    names = set(table.column_names)
    is_raw = "value" in names
    wanted = SAMPLE_COLUMNS if is_raw else BUCKET_COLUMNS
    missing = [name for name in wanted if name not in names]
    if missing:
        raise BadFile(f"{path.name}: there is no column {', '.join(missing)}.")
    frame = table.select(list(wanted)).to_pandas()
    columns = {name: _numbers(path, frame[name]) for name in wanted
               if name not in ("time", "last_time", "source", "metric", "tier", "sum")}
    if not is_raw:
        columns["sum"] = _sums(path, frame["sum"], columns)
        columns["last_us"] = _times(path, frame["last_time"])
    source, sources = _names(path, frame["source"])
    metric, metrics = _names(path, frame["metric"])
    times = _times(path, frame["time"])
    # Of a number that is there twice the first one counts, as everywhere.
    order = np.lexsort((metric, times, source))
    same = np.flatnonzero(np.append(False, (np.diff(source[order]) == 0) & (np.diff(times[order]) == 0)
                                    & (np.diff(metric[order]) == 0))) if len(order) else []
    order = np.delete(order, same)
    return Numbers(_tier(path, frame, is_raw), times[order], source[order], metric[order], sources, metrics,
                   {name: values[order] for name, values in columns.items()})


def _table(path: Path, is_csv: bool) -> pa.Table:
    try:
        if is_csv:
            texts = {name: pa.string() for name in ("time", "last_time", "source", "metric", "tier")}
            return pyarrow.csv.read_csv(str(path), convert_options=pyarrow.csv.ConvertOptions(column_types=texts))
        return pyarrow.parquet.read_table(str(path))
    except pa.ArrowInvalid as error:
        raise BadFile(f"{path.name}: {str(error).splitlines()[0]}") from None


def _tier(path: Path, frame: pd.DataFrame, is_raw: bool) -> str:
    if is_raw:
        return RAW
    tiers = frame["tier"].unique().tolist()
    if len(tiers) > 1 or not set(tiers) <= {tier.name for tier in TIERS}:
        raise BadFile(f"{path.name}: tier is the same in all rows, one of {', '.join(tier.name for tier in TIERS)}.")
    return tiers[0] if tiers else TIERS[0].name


def _names(path: Path, column: pd.Series) -> tuple[np.ndarray, list[str]]:
    _refuse(path, column, column.isna(), "name")
    codes, names = pd.factorize(column.astype(str))
    is_csv = ending_of(path) == ".csv"
    return codes, [unquoted(str(name)) if is_csv else str(name) for name in names]


def _numbers(path: Path, column: pd.Series) -> np.ndarray:
    numbers = pd.to_numeric(column, errors="coerce")
    _refuse(path, column, numbers.isna() | ~np.isfinite(numbers), "finite number")
    return numbers.to_numpy(dtype=float)


def _sums(path: Path, column: pd.Series, others: dict[str, np.ndarray]) -> np.ndarray:
    """Numbers near the greatest there are have no sum: such a bucket is there without one, and so is it in a file."""
    sums = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
    with np.errstate(over="ignore"):
        farthest = others["count"] * np.maximum(np.abs(others["min"]), np.abs(others["max"]))
    _refuse(path, column, ~np.isfinite(sums) & np.isfinite(farthest), "finite number")
    return sums


def _times(path: Path, column: pd.Series) -> np.ndarray:
    """ISO 8601 (without a zone: UTC), or Unix seconds, as int64 µs."""
    is_time = pd.api.types.is_datetime64_any_dtype(column)
    if not is_time and pd.to_numeric(column, errors="coerce").notna().all():
        return np.rint(_numbers(path, column) * 1e6).astype(np.int64)
    times = pd.to_datetime(column, utc=True, format="ISO8601", errors="coerce")
    _refuse(path, column, times.isna(), "time")
    return times.dt.tz_localize(None).to_numpy().astype("datetime64[us]").astype(np.int64)


def _refuse(path: Path, column: pd.Series, bad: Iterable[bool], what: str) -> None:
    wrong = np.flatnonzero(np.asarray(bad))
    if len(wrong):
        raise BadFile(f"{path.name}: {len(wrong)} of {len(column)} rows have no {what} in {column.name}; "
                      f"the first is row {wrong[0] + 1}.")
