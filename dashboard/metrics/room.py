"""Memory for the columns of a block: pages of their own, which go back to the system when the block is let go of.

A column has 8 kB. From malloc it would lie between the short-lived bytes of the thread that made it: what falls out of
a full ring then leaves holes that other threads cannot use, and a process goes on growing for hours although the ring
does not (benchmarks/soak.py).
"""

from __future__ import annotations

import mmap

import numpy as np

CELL_BYTES = 8
FEW_COLUMNS, MOST_COLUMNS = 16, 128
"""Of one mapping; each has twice the columns of the one before, since a process may have only some 65,000 of them.
Pages that are not written to take no memory."""


class Room:
    """Columns of `rows` cells, one after the other, all in one piece of memory where there are no more than `columns`.

    `at_once`: so many will be written now. Then all pages come from the system together.
    """

    __slots__ = ("whole", "_rows", "_columns", "_taken")

    def __init__(self, rows: int, columns: int = FEW_COLUMNS, at_once: bool = False):
        self._rows = rows
        self._columns = _pages(rows, columns, at_once)
        self._taken = 0
        self.whole: np.ndarray | None = self._columns
        """All columns in the order they were taken, and those still to be; None where they do not lie in one piece."""

    def take(self) -> np.ndarray:
        """One more column; what is in it is not defined."""
        if self._taken == len(self._columns):
            self.whole = None
            self._columns = _pages(self._rows, min(2 * self._taken, MOST_COLUMNS), False)
            self._taken = 0
        self._taken += 1
        return self._columns[self._taken - 1]


def _pages(rows: int, columns: int, at_once: bool) -> np.ndarray:
    """columns × rows floats."""
    if rows * CELL_BYTES < mmap.PAGESIZE:  # where a page has room for several columns, they are no more than others
        return np.empty((columns, rows))
    # Private: what a child writes after a fork is not to be seen by its parent.
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | (getattr(mmap, "MAP_POPULATE", 0) if at_once else 0)
    return np.frombuffer(mmap.mmap(-1, columns * rows * CELL_BYTES, flags)).reshape(columns, rows)
