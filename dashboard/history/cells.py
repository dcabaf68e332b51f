"""How numbers lie in the database: one row for each event, with all its metrics side by side in one field. Pure.

A row for each number costs 35 bytes and a microsecond to read. An event of 50 metrics as one row costs 13 bytes a
number, and a window of a thousand events is a thousand rows, however many of their metrics are wanted. A row is whole
or absent, so nothing in here is ever half written.

Times in the database are whole microseconds since 1970. Numbers are little-endian whatever the machine.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MICROSECONDS = 1_000_000

SAMPLE = np.dtype([("metric", "<u4"), ("value", "<f8")])
"""One number of an event: 12 bytes. `metric` is the number its name has in the database."""

BUCKET = np.dtype([("metric", "<u4"), ("count", "<u4"), ("sum", "<f8"), ("min", "<f8"), ("max", "<f8"),
                   ("last", "<f8"), ("last_us", "<i8")])
"""One metric of a bucket: 48 bytes. `last` is the value of its newest sample, at `last_us`."""


def to_us(seconds: float) -> int:
    """Unix seconds as whole microseconds."""
    return round(seconds * MICROSECONDS)


def times_us(seconds: np.ndarray) -> np.ndarray:
    """The same for an array: float64 to int64."""
    return np.rint(seconds * MICROSECONDS).astype(np.int64)


def pack_samples(ids: np.ndarray, values: np.ndarray) -> list[bytes]:
    """`values` (metrics × times) as one field a time, without what is NaN; `ids` are the metrics' numbers."""
    present = ~np.isnan(values.T)
    flat = np.empty(int(present.sum()), SAMPLE)
    flat["value"] = values.T[present]
    flat["metric"] = np.broadcast_to(ids, present.shape)[present]
    return pieces(flat, present.sum(axis=1))


def pieces(flat: np.ndarray, lengths: np.ndarray) -> list[bytes]:
    """Cells one after the other as the fields they belong to; `lengths`: cells of each field."""
    raw, size = flat.tobytes(), flat.dtype.itemsize
    ends = np.cumsum(lengths) * size
    starts = ends - np.asarray(lengths) * size
    return [raw[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


@dataclass(frozen=True, eq=False, slots=True)
class Rows:
    """What was read of one source: `times` (int64, µs, ascending), all `cells`, and the `row` of each."""

    times: np.ndarray
    cells: np.ndarray
    row: np.ndarray

    def __len__(self) -> int:
        return len(self.times)

    def split(self, at_us: int) -> tuple[Rows, Rows]:
        """Those before a time, and those from it on."""
        first = bisect_left(self.times, at_us)
        cell = bisect_left(self.row, first)
        return (Rows(self.times[:first], self.cells[:cell], self.row[:cell]),
                Rows(self.times[first:], self.cells[cell:], self.row[cell:] - first))


def unpack(read: Sequence[tuple[int, bytes]], kind: np.dtype) -> Rows:
    """Rows of (time in µs, field). A field of a length no cell has is left out: somebody else wrote it."""
    size = kind.itemsize
    whole = [(at, bytes(field)) for at, field in read if len(field) % size == 0]
    lengths = np.fromiter((len(field) for _, field in whole), np.int64, len(whole)) // size
    cells = np.frombuffer(b"".join(field for _, field in whole), kind)
    times = np.fromiter((at for at, _ in whole), np.int64, len(whole))
    return Rows(times, cells, np.repeat(np.arange(len(whole)), lengths))


def together(parts: Sequence[Rows]) -> Rows:
    """Rows that follow each other as one; there is a part at least."""
    before = np.cumsum([0, *map(len, parts[:-1])])
    return Rows(np.concatenate([part.times for part in parts]), np.concatenate([part.cells for part in parts]),
                np.concatenate([part.row + first for part, first in zip(parts, before, strict=True)]))


@dataclass(frozen=True, eq=False, slots=True)
class Fields:
    """Rows as they lie in the database: `times` (int64, µs, ascending), and their fields one after the other in `raw`,
    each so many bytes long (`sizes`)."""

    times: np.ndarray
    sizes: np.ndarray
    raw: bytes

    def __len__(self) -> int:
        return len(self.times)

    @classmethod
    def of(cls, rows: Sequence[tuple[int, bytes]]) -> Fields:
        """Rows of (time in µs, field), ascending."""
        fields = [bytes(field) for _, field in rows]
        return cls(np.fromiter((at for at, _ in rows), np.int64, len(rows)),
                   np.fromiter(map(len, fields), np.int64, len(rows)), b"".join(fields))

    @classmethod
    def together(cls, parts: Sequence[Fields]) -> Fields:
        """Rows that follow each other as one; there is a part at least."""
        if len(parts) == 1:
            return parts[0]
        return cls(np.concatenate([part.times for part in parts]), np.concatenate([part.sizes for part in parts]),
                   b"".join(part.raw for part in parts))

    def at(self, times_us: np.ndarray) -> Fields:
        """Those of exactly these times."""
        wanted = np.isin(self.times, times_us)
        if wanted.all():
            return self
        raw = np.frombuffer(self.raw, np.uint8)[np.repeat(wanted, self.sizes)]
        return Fields(self.times[wanted], self.sizes[wanted], raw.tobytes())

    def rows(self) -> list[tuple[int, bytes]]:
        ends = np.cumsum(self.sizes)
        return [(at, self.raw[start:end]) for at, start, end in zip(
            self.times.tolist(), (ends - self.sizes).tolist(), ends.tolist(), strict=True)]

    def unpack(self, kind: np.dtype) -> Rows:
        """As `unpack` of its rows."""
        if (self.sizes % kind.itemsize).any():
            return unpack(self.rows(), kind)
        cells = np.frombuffer(self.raw, kind)
        return Rows(self.times, cells, np.repeat(np.arange(len(self)), self.sizes // kind.itemsize))


def fields_of(times: str, sizes: str, raw: bytes) -> Fields | None:
    """Fields that came in one piece, times and sizes as numbers between commas; None where bytes are missing.

    SQLite promises neither the order in which it puts rows together nor that a byte 0 ends no text. Their order is
    told by their times; if some version lets a 0 end them, the sizes tell. That bytes stay what they are is so where
    the file's texts are UTF-8.
    """
    found = Fields(np.fromstring(times, np.int64, sep=","), np.fromstring(sizes, np.int64, sep=","), raw)
    if found.sizes.sum() != len(raw):
        return None
    if (np.diff(found.times) < 0).any():
        return Fields.of(sorted(found.rows()))
    return found


@dataclass(frozen=True, eq=False, slots=True)
class Block:
    """Buckets of some metrics over one time axis: arrays are metrics × times, float64, NaN where there is nothing.

    `times`: float64, Unix seconds: of the sample, where these are samples (`raw`); else where the bucket begins.
    `count`: int64, 0 where there is nothing. `last_at`: Unix seconds of the newest sample in the bucket.
    """

    times: np.ndarray
    count: np.ndarray
    total: np.ndarray
    minimum: np.ndarray
    maximum: np.ndarray
    last: np.ndarray
    last_at: np.ndarray
    raw: bool = False

    def __len__(self) -> int:
        return len(self.times)


def raw_block(times: np.ndarray, values: np.ndarray) -> Block:
    """Samples as a block: each is a bucket of one. `values` is metrics × times; times without any are left out."""
    absent = np.isnan(values)
    empty = absent.all(axis=0)
    if empty.any():
        some = np.flatnonzero(~empty)
        times, values, absent = times[some], values[:, some], absent[:, some]
    present = ~absent
    return Block(times, present.astype(np.int64), values, values, values, values,
                 np.where(present, times, np.nan), raw=True)


def sample_values(rows: Rows, ids: Sequence[int]) -> np.ndarray:
    """The values of the metrics with these numbers: metrics × times, NaN where absent."""
    line, row, kept = _places(rows, ids)
    values = np.full((len(ids), len(rows)), np.nan)
    values[line, row] = rows.cells["value"][kept]
    return values


def bucket_block(rows: Rows, ids: Sequence[int]) -> Block:
    """The buckets of the metrics with these numbers."""
    line, row, kept = _places(rows, ids)
    place, cells = line * len(rows) + row, rows.cells[kept]
    count = np.zeros(len(ids) * len(rows), dtype=np.int64)
    count[place] = cells["count"]
    columns = np.full((5, len(count)), np.nan)  # filled together: each step of its own lets other threads go first
    columns[:, place] = [cells["sum"], cells["min"], cells["max"], cells["last"], cells["last_us"] / MICROSECONDS]
    count, (total, minimum, maximum, last, last_at) = (
        count.reshape(len(ids), len(rows)), columns.reshape(5, len(ids), len(rows)))
    return Block(rows.times / MICROSECONDS, count, total, minimum, maximum, last, last_at)


def _places(rows: Rows, ids: Sequence[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the wanted cells go (line, row), and which they are."""
    metric = rows.cells["metric"]
    most = max((int(metric.max()) if len(metric) else 0), max(ids, default=0))
    line_of = np.full(most + 1, -1)
    line_of[np.asarray(ids, dtype=np.int64)] = np.arange(len(ids))
    line = line_of[metric]
    kept = np.flatnonzero(line >= 0)
    return line[kept], rows.row[kept], kept
