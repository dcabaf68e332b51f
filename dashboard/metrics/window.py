"""What readers get: a window of samples, copied out of the blocks of one source.

One place is looked for by `bisect`: `searchsorted` lets other threads go first each time, for milliseconds where one of
them is busy.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.metrics.block import Block, Cut

# Rows of one block: the slots that lie between two numbers, or those a list names.
Part = tuple[Block, "slice | np.ndarray", int]


@dataclass(frozen=True, eq=False)
class Window:
    """Samples of one source, oldest first. All arrays are copies and of one length.

    `times`: float64, Unix s. `columns`: metric -> float64, NaN where the sample lacks it. `numbers`: int64, rising with
    each change of a sample. `cursor`: number of the source's newest change when the window was taken. `cells`: of a
    ring's window all columns as one array, metrics × samples.
    `in_order`: False where a sample is older than one the caller already has, or is another version of one it has:
    then it cannot simply be put at the end.
    """

    source: str
    epoch: str
    cursor: int
    times: np.ndarray
    columns: dict[str, np.ndarray]
    numbers: np.ndarray
    in_order: bool = True
    cells: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.times)


def empty(source: str, epoch: str, metrics: Sequence[str]) -> Window:
    nothing = Cut([], {}, 0, 0)
    return _gather(source, epoch, nothing, metrics, [], True)


def between(source: str, epoch: str, cut: Cut, metrics: Sequence[str] | None, start: float | None,
            end: float | None) -> Window:
    """The samples with start <= time <= end (Unix s; None: no limit)."""
    return _gather(source, epoch, cut, metrics, _parts_between(cut, start, end), True)


def count_between(cut: Cut, start: float, end: float) -> int:
    """How many samples there are with start <= time <= end (Unix s)."""
    return sum(rows for _, _, rows in _parts_between(cut, start, end))


def _parts_between(cut: Cut, start: float | None, end: float | None) -> list[Part]:
    parts: list[Part] = []
    for block, first, last in cut.parts:
        times = block.times
        if start is not None and times[first] < start:
            if times[last - 1] < start:
                continue
            first += bisect_left(times[first:last], start)
        if end is not None and times[last - 1] > end:
            if times[first] > end:
                break
            last = first + bisect_right(times[first:last], end)
        if last > first:
            parts.append((block, slice(first, last), last - first))
    return parts


def news(source: str, epoch: str, cut: Cut, metrics: Sequence[str] | None, cursor: int) -> Window:
    """The samples with a number above `cursor`."""
    parts: list[Part] = []
    in_order = True
    since_first = 0  # rows there are from the first new one on: as many as are new, or some of them are known
    found = 0
    for block, first, last in cut.parts:
        chosen, count, begin, are_new = _news_of(block, first, last, cursor) if block.newest > cursor else _NONE
        if count:
            since_first += last - first if found else last - begin
            found += count
            in_order = in_order and are_new
            parts.append((block, chosen, count))
        elif found:
            since_first += last - first
    return _gather(source, epoch, cut, metrics, parts, in_order and since_first == found)


_NONE = slice(0, 0), 0, 0, True


def _news_of(block: Block, first: int, last: int, cursor: int) -> tuple[slice | np.ndarray, int, int, bool]:
    """The slots with a number above `cursor`, how many, the first, and whether they are all of samples that were not
    there before."""
    if block.as_heard:  # as nearly always: then nobody has to look at each
        begin = first + bisect_right(block.numbers[first:last], cursor)
        return slice(begin, last), last - begin, begin, True
    slots = first + (block.numbers[first:last] > cursor).nonzero()[0]
    if not len(slots):
        return _NONE
    begin, count = int(slots[0]), len(slots)
    chosen = slice(begin, begin + count) if int(slots[-1]) - begin == count - 1 else slots
    return chosen, count, begin, int(block.born[chosen].min()) > cursor


def latest(cut: Cut, until: float | None = None) -> dict[str, tuple[float, float]]:
    """metric -> (Unix s, value) of its newest number; of those up to `until`, where it is named. The metrics of one
    message share one search for their row."""
    rows: dict[float, tuple[Block, int]] = {}
    found, ahead = {}, []
    for name, at in cut.latest.items():
        if until is not None and at > until:
            ahead.append(name)
            continue
        if at not in rows:
            index = bisect_right(cut.parts, at, key=lambda part: part[0].times[part[1]]) - 1
            block, first, last = cut.parts[index]
            rows[at] = block, first + bisect_left(block.times[first:last], at)
        block, slot = rows[at]
        found[name] = at, float(block.columns[name][slot])
    if ahead:
        found |= _latest_before(cut, ahead, until)
    return found


def _latest_before(cut: Cut, metrics: Sequence[str], until: float) -> dict[str, tuple[float, float]]:
    """The newest numbers up to `until`, searched backwards: they are near it, and a day of columns is much to copy."""
    found, sought = {}, set(metrics)
    for block, slots, _ in reversed(_parts_between(cut, None, until)):
        for name in sought & block.columns.keys():
            column = block.columns[name][slots]
            present = np.flatnonzero(~np.isnan(column))
            if len(present):
                found[name] = float(block.times[slots][present[-1]]), float(column[present[-1]])
        sought -= found.keys()
        if not sought:
            break
    return found


def _gather(source: str, epoch: str, cut: Cut, metrics: Sequence[str] | None, parts: Sequence[Part],
            in_order: bool) -> Window:
    names = sorted(cut.latest) if metrics is None else list(dict.fromkeys(metrics))
    length = sum(rows for _, _, rows in parts)
    lines = np.empty((2 + len(names), length))  # as `Block.together` has them
    times, numbers, cells = lines[0], lines[1].view(np.int64), lines[2:]
    at = 0
    for block, slots, rows in parts:
        # In one step where they lie together: after each that takes a while this thread waits for its turn.
        together = block.together(names, slots) if isinstance(slots, slice) else None
        if together is not None:
            lines[:, at:at + rows] = together
        else:
            times[at:at + rows] = block.times[slots]
            numbers[at:at + rows] = block.numbers[slots]
            for row, name in zip(cells, names, strict=True):
                column = block.columns.get(name)
                row[at:at + rows] = np.nan if column is None else column[slots]
        at += rows
    columns = dict(zip(names, cells, strict=True))
    return Window(source, epoch, cut.cursor, times, columns, numbers, in_order, cells)
