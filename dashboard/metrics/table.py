"""The samples of one source, in the order of their time: at most so many rows, of at most so many metrics.

Not safe by itself: the ring holds its lock around every call. What readers take away is a `Cut`, made in microseconds
however much is kept, and read outside the lock (see `block` for why that is safe).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from math import inf, isfinite

import numpy as np

from dashboard.metrics.block import Block, Cut
from dashboard.metrics.held import FEW, Held
from dashboard.metrics.refused_names import RefusedNames
from dashboard.named_numbers import NamedNumbers

STORED = "stored"  # newest of its source
LATE = "late"  # placed among older samples
MERGED = "merged"  # more or other cells for a sample that is there
DUPLICATE = "duplicate"  # nothing new
TOO_OLD = "too-old"  # older than all that is kept, and there is no room for more
REFUSED = "refused"  # a bound (sources, metrics) left nothing of it
EMPTY = "empty"  # it holds no finite number
OUTCOMES = (STORED, LATE, MERGED, DUPLICATE, TOO_OLD, REFUSED, EMPTY)

# A late sample copies one block (30 metrics: 0.1 ms); a window over 24 h joins 17 to 43 blocks (0.1 ms for 30 metrics).
BLOCK_ROWS = 1024
# Small rings get small blocks, so that what has fallen out does not stay in memory for a multiple of what is kept.
BLOCKS_OF_A_FULL_TABLE = 4


class Table:
    """The newest `rows` samples of one source. Numbers rise by one with each change, beginning after `number`.

    The last samples are held until they are many, or anybody looks: all but `hold`, and what is only counted, begins
    with writing them (`settle`).
    """

    def __init__(self, rows: int, metrics: int, refused: RefusedNames, number: int = 0) -> None:
        self._number = number
        self._fallen = number  # greatest number that fell out with its block; those of the first block it knows itself
        self._length = 0
        self._held = Held()  # newer than all that is written
        self.newest = -inf
        self._rows, self._metrics, self._refused = rows, metrics, refused
        self._block_rows = min(BLOCK_ROWS, max(1, rows // BLOCKS_OF_A_FULL_TABLE))
        self._most_blocks = 2 * (rows // self._block_rows + 1)
        self._blocks: list[Block] = []
        self._next = Block(self._block_rows)
        self._late = -inf  # time of the newest sample that was put among older ones
        self._latest: dict[str, float] = {}
        self._stalest = -inf  # no name was written last before this, as far as was looked

    @property
    def number(self) -> int:
        """That of the newest change."""
        return self._number + len(self._held)

    @property
    def length(self) -> int:
        """How many samples there are."""
        return min(self._rows, self._length + len(self._held))

    def append(self, at: float, values: Mapping[str, float]) -> str:
        """File the finite numbers of `values` under `at` (Unix s, finite). Returns one of `OUTCOMES`."""
        self.settle()
        # One sum tells that all are finite, at a tenth of the price of asking each.
        cells = values if isfinite(sum(values.values())) else {
            name: value for name, value in values.items() if isfinite(value)}
        if not cells:
            return EMPTY
        return self._append(at, cells) if at > self.newest else self._place(at, cells)

    def prepend(self, times: np.ndarray, columns: Mapping[str, np.ndarray]) -> tuple[int, int]:
        """Put samples before all that are here, of the newest as many as there is room for.

        `times` ascend, `columns` hold NaN where a sample lacks a metric. Returns the numbers they got, as
        (the one before the first, the last); equal where there was room for none.
        """
        self.settle()
        before = self._number
        earlier = bisect_left(times, self._oldest()) if self._blocks else len(times)
        first = max(0, earlier - max(0, self._rows - self._length))
        names = [name for name in columns if self._admit_earlier(name, times, columns[name], first, earlier)]
        if not names:
            return before, before
        cells = np.array([columns[name][first:earlier] for name in names])
        rows = np.flatnonzero(~np.isnan(cells).all(axis=0))
        times, cells = times[first:earlier][rows], cells[:, rows]
        # A block that is not full comes first, or last where samples are to follow in it.
        lead = len(rows) % self._block_rows if self._blocks else 0
        cuts = [0, *range(lead or self._block_rows, len(rows), self._block_rows), len(rows)]
        made = []
        for start, end in zip(cuts, cuts[1:], strict=False):
            made.append(Block.of(self._block_rows, times[start:end], self._number + 1, names, cells[:, start:end]))
            self._number += end - start
        if not self._blocks:
            self.newest = float(times[-1])
        self._blocks[:0] = made
        self._length += len(rows)
        return before, self._number

    def _admit_earlier(self, name: str, times: np.ndarray, column: np.ndarray, first: int, last: int) -> bool:
        present = np.flatnonzero(~np.isnan(column[first:last]))
        if not len(present) or not self._admit(name):
            return False
        if name not in self._latest:
            self._latest[name] = float(times[first + present[-1]])
            self._stalest = min(self._stalest, self._latest[name])
        return True

    def cut(self) -> Cut:
        self.settle()
        parts = [(block, block.start, block.end) for block in self._blocks]
        oldest = self._oldest()
        latest = {name: at for name, at in self._latest.items() if at >= oldest}
        fallen = max(self._fallen, self._blocks[0].fallen()) if parts else self._fallen
        return Cut(parts, latest, self._number, fallen)

    def _oldest(self) -> float:
        return self._blocks[0].first_time() if self._blocks else -inf

    def _append(self, at: float, cells: Mapping[str, float]) -> str:
        """The hot path: a sample newer than all others. A few µs for 15 metrics."""
        blocks = self._blocks
        fresh = not blocks or blocks[-1].is_full
        block = self._fresh() if fresh else blocks[-1]
        slot, columns, latest = block.end, block.columns, self._latest
        written = False
        for name, value in cells.items():
            column = columns.get(name)
            if column is None:
                if not self._admit(name):
                    continue
                column = block.column(name)
            column[slot] = value
            latest[name] = at
            written = True
        if not written:
            return REFUSED
        self._number += 1
        block.publish(at, self._number)
        if fresh:
            blocks.append(block)
        self.newest = at
        self._length += 1
        if self._length > self._rows:
            self._drop_oldest()
        return STORED

    def hold(self, samples: Sequence[tuple[float, NamedNumbers]], first: int) -> int:
        """Keep as many of these samples, from `first` on, to be written together; returns how many: 0 as well.

        They are those with the names of the first, all of which are known, each newer than the one before it. All of
        them are "stored".
        """
        names, held = samples[first][1].names, self._held
        if not names or names != held.names or held.is_full:  # full: it could not be written before
            self.settle()
            if not names or not self._blocks or not self._latest.keys() >= set(names):
                return 0
            held.names = names
        count, self.newest = held.take(samples, first, self.newest)
        if held.is_full:
            self.settle()
        return count

    def settle(self) -> None:
        """Write what is held."""
        held, names = self._held, self._held.names
        if len(held) < FEW:
            for at, cells in held.one_by_one():
                self._append(at, cells)
        while held:
            if self._blocks[-1].is_full:
                self._blocks.append(self._fresh())
            block = self._blocks[-1]
            times, cells = held.oldest(block.size - block.end)
            for name, column in zip(names, cells, strict=True):
                block.column(name)[block.end:block.end + len(times)] = column
                self._latest[name] = times[-1]
            block.publish_all(times, self._number + 1)
            held.forget(len(times))
            self._number += len(times)
            self._length += len(times)
        held.names = ()  # before there are others, somebody may have had columns made
        while self._length > self._rows:
            self._drop_oldest()

    def _fresh(self) -> Block:
        """The block that follows the last one; the same until it is used, for all that comes may be refused."""
        if self._next.end:
            self._next = self._blocks[-1].follower(self._block_rows) if self._blocks else Block(self._block_rows)
        return self._next

    def _place(self, at: float, cells: Mapping[str, float]) -> str:
        """A sample that is not the newest: merge it into its row, or make a row among the older ones."""
        if self._length >= self._rows and at < self._oldest():
            return TOO_OLD
        index = max(0, bisect_right(self._blocks, at, key=Block.first_time) - 1)
        block = self._blocks[index]
        slot, there = block.find(at)
        if there:
            known = block.columns
            cells = {name: value for name, value in cells.items() if name not in known or known[name][slot] != value}
            if not cells:
                return DUPLICATE
        cells = self._admitted(at, cells)
        if not cells:
            return REFUSED
        self._number += 1
        if there:
            copy = block.take(block.start, block.end)
            copy.write(slot - block.start, self._number, cells)
            self._replace(index, [copy])
            return MERGED
        self._insert(index, slot, at, cells)
        self._length += 1
        if self._length > self._rows:
            self._drop_oldest()
        return LATE

    def _insert(self, index: int, slot: int, at: float, cells: Mapping[str, float]) -> None:
        """Make a row in block `index`; a full one gives way so that any two neighbours hold a block's worth.

        Late samples that follow each other, as a journal tells them, get a block that ends with them: then each is
        written behind the one before, and nothing is copied. Neighbours may hold less then; how many blocks there are
        stays bounded.
        """
        blocks = self._blocks
        block, size = blocks[index], blocks[index].size
        follows = slot > block.start and block.times[slot - 1] == self._late
        self._late = at
        if slot == block.end < size:
            for name, value in cells.items():
                block.column(name)[slot] = value
            block.publish(at, self._number)
            return
        after = blocks[index + 1] if index + 1 < len(blocks) else block
        if len(block) == size and slot == block.end and len(after) < after.size:
            index, block, size, slot = index + 1, after, after.size, after.start
        offset = slot - block.start
        if follows and slot < block.end and len(blocks) < self._most_blocks:
            parts = [block.take(block.start, slot), block.take(slot, block.end)]
        elif len(block) < size:
            parts = [block.take(block.start, block.end)]
        elif slot in (block.start, block.end):
            # At an edge of a full block: samples that come one after the other fill a block of their own.
            lone = Block(size)
            parts = [lone, block] if slot == block.start else [block, lone]
            lone.insert(0, at, self._number, cells)
            self._replace(index, parts)
            return
        else:
            middle = block.start + size // 2
            parts = [block.take(block.start, middle), block.take(middle, block.end)]
        if len(parts) == 2 and offset > len(parts[0]):
            parts[1].insert(offset - len(parts[0]), at, self._number, cells)
        else:
            parts[0].insert(offset, at, self._number, cells)
        self._replace(index, parts)

    def _replace(self, index: int, parts: list[Block]) -> None:
        self._fallen = max(self._fallen, self._blocks[index].fallen())
        self._blocks[index:index + 1] = parts

    def _drop_oldest(self) -> None:
        first = self._blocks[0]
        first.start += 1
        self._length -= 1
        if first.start == first.end:
            self._replace(0, [])

    def _admitted(self, at: float, cells: Mapping[str, float]) -> dict[str, float]:
        admitted = {}
        for name, value in cells.items():
            if not self._admit(name):
                continue
            admitted[name] = value
            if name not in self._latest or at > self._latest[name]:
                self._latest[name] = at
        return admitted

    def _admit(self, name: str) -> bool:
        """Whether there is place for a metric. Names with nothing left in the kept rows give theirs back first."""
        if name in self._latest or len(self._latest) < self._metrics:
            return True
        oldest = self._oldest()
        if self._stalest < oldest:
            # Looked through only once the stalest name known may have fallen out: a flood of names costs no scan each.
            for stale in [stale for stale, at in self._latest.items() if at < oldest]:
                del self._latest[stale]
            self._stalest = min(self._latest.values(), default=-inf)
            if len(self._latest) < self._metrics:
                return True
        self._refused.add(name)
        return False
