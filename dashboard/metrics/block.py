"""A run of samples in ascending time: the piece a source's table is made of.

Why pieces and not one array a metric: a block is given back whole when its rows have fallen out, so nothing is ever
moved to make room; a column exists only in the blocks in which its metric was written, so a rare metric costs little;
and a late sample moves the rows of one block, not a day of them.

The rule that lets readers work without a lock: rows in `[start, end)` never change. The writer fills slots at `end`
and beyond, and moves `start` and `end`; whatever would change a row is done to a copy (`take`) that replaces the block.
A reader who noted (block, start, end) under the lock may read those rows for as long as it likes.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.metrics.room import FEW_COLUMNS, Room

# Of 512 metrics that come alternately a block of 1,024 rows has 4 MB for 1,024 numbers. Where half of the columns have
# no more than so few, the next block is so short, and has only columns for what came in it.
SPARSE_NUMBERS, SPARSE_ROWS = 4, 64
OWN_COLUMNS = 3  # beside those of the metrics: times, numbers, born
TIMES, NUMBERS = 0, 1  # which of them


class Block:
    """Up to `size` rows: `times` (Unix s), `numbers` (of the last change), `born` (number when first stored), columns.

    A column holds NaN where its metric was absent, also in every slot that is not yet in use.
    """

    __slots__ = ("size", "start", "end", "newest", "as_heard", "times", "numbers", "born", "columns", "_room")

    def __init__(self, size: int, metrics: int = FEW_COLUMNS - OWN_COLUMNS, at_once: bool = False) -> None:
        """`metrics`: how many are expected; `at_once`: they are about to be written."""
        self.size = size
        self.start = 0
        self.end = 0
        self.newest = 0  # the greatest number in here: a reader of news passes over blocks that have none
        self.as_heard = True  # `numbers` rise, and are those of `born`: no row was put between others or changed
        self._room = Room(size, OWN_COLUMNS + metrics, at_once)
        self.times = self._room.take()
        self.numbers = self._room.take().view(np.int64)
        self.born = self._room.take().view(np.int64)
        self.columns: dict[str, np.ndarray] = {}

    @classmethod
    def of(cls, size: int, times: np.ndarray, number: int, names: Sequence[str], cells: np.ndarray) -> Block:
        """A block of these rows, numbered from `number` on; `cells` is names × rows."""
        block = cls(size, len(names), at_once=True)
        rows = block.end = len(times)
        block.times[:rows] = times
        block.numbers[:rows] = block.born[:rows] = np.arange(number, number + rows)
        block.newest = number + rows - 1
        for name, values in zip(names, cells, strict=True):
            if not np.isnan(values).all():
                block.column(name)[:rows] = values
        return block

    def __len__(self) -> int:
        return self.end - self.start

    @property
    def is_full(self) -> bool:
        """Whether no row can follow those in here."""
        return self.end == self.size

    def follower(self, rows: int) -> Block:
        """An empty block for what comes after this one: of so many rows, or fewer where metrics come alternately."""
        numbers = [np.count_nonzero(~np.isnan(column[:self.end])) for column in self.columns.values()]
        size = min(rows, SPARSE_ROWS) if np.median(numbers) <= SPARSE_NUMBERS else rows
        return Block(size, min(len(numbers), size))

    def first_time(self) -> float:
        return float(self.times[self.start])

    def fallen(self) -> int:
        """The greatest number among the rows that have fallen out of this block; 0: none has."""
        return int(self.numbers[:self.start].max()) if self.start else 0

    def together(self, names: Sequence[str], slots: slice) -> np.ndarray | None:
        """Of these rows the times, the numbers (the bits of integers) and these metrics, a line each, as a copy; None
        where one of the metrics is not in here, or they do not lie together.

        For a reader: the writer may make columns meanwhile, below those that are there.
        """
        whole = self._room.whole
        if whole is None:
            return None
        places = {name: place for place, name in enumerate(list(self.columns), OWN_COLUMNS)}
        wanted = [TIMES, NUMBERS, *(places.get(name, len(whole)) for name in names)]
        return whole[wanted, slots] if max(wanted) < len(whole) else None

    def column(self, name: str) -> np.ndarray:
        """The column of a metric, made if there is none."""
        column = self.columns.get(name)
        if column is None:
            column = self._room.take()
            column.fill(np.nan)
            # Interned, since each event brings a string of its own and every block would keep one alive.
            self.columns[sys.intern(name)] = column
        return column

    def publish(self, at: float, number: int) -> None:
        """Make the row whose cells were written at `end` visible."""
        end = self.end
        self.times[end] = at
        self.numbers[end] = number
        self.born[end] = number
        self.newest = number
        self.end = end + 1

    def publish_all(self, times: Sequence[float], number: int) -> None:
        """Make the rows whose cells were written from `end` on visible; their numbers rise from `number`."""
        start, end = self.end, self.end + len(times)
        self.times[start:end] = times
        self.numbers[start:end] = self.born[start:end] = np.arange(number, number + len(times))
        self.newest = number + len(times) - 1
        self.end = end

    def find(self, at: float) -> tuple[int, bool]:
        """Where a sample of time `at` belongs (slot number), and whether there is one of exactly that time."""
        slot = self.start + bisect_left(self.times[self.start:self.end], at)
        return slot, slot < self.end and self.times[slot] == at

    def take(self, first: int, last: int) -> Block:
        """A copy of the rows in slots `[first, last)`, without columns that hold nothing in them."""
        copy = Block(self.size, len(self.columns), at_once=True)
        rows = last - first
        copy.end = rows
        copy.times[:rows] = self.times[first:last]
        copy.numbers[:rows] = self.numbers[first:last]
        copy.born[:rows] = self.born[first:last]
        copy.as_heard = self.as_heard
        copy.newest = int(copy.numbers[:rows].max()) if rows else 0
        for name, column in self.columns.items():
            cells = column[first:last]
            if not np.isnan(cells).all():
                copy.column(name)[:rows] = cells
        return copy

    def insert(self, slot: int, at: float, number: int, cells: Mapping[str, float]) -> None:
        """Put a row before `slot`. Only for a copy no reader has seen, with room for it."""
        end = self.end
        for array in (self.times, self.numbers, self.born, *self.columns.values()):
            array[slot + 1:end + 1] = array[slot:end]
        for column in self.columns.values():
            column[slot] = np.nan
        self.times[slot] = at
        self.born[slot] = number
        self.end = end + 1
        self.write(slot, number, cells)

    def write(self, slot: int, number: int, cells: Mapping[str, float]) -> None:
        """Set cells of a row. Only for a copy no reader has seen."""
        for name, value in cells.items():
            self.column(name)[slot] = value
        self.numbers[slot] = number
        self.as_heard = False
        self.newest = max(self.newest, number)


@dataclass(frozen=True, slots=True)
class Cut:
    """What a reader takes out of the lock: rows that never change again, as (block, first slot, last slot + 1)."""

    parts: list[tuple[Block, int, int]]
    latest: dict[str, float]  # metric -> Unix s of its newest number, of all metrics there are
    cursor: int
    fallen: int
