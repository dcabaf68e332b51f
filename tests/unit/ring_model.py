"""What a ring is, in ten lines, and samples to file in both."""

from __future__ import annotations

import math

from dashboard.metrics.ring import Ring
from tests.unit.tape import Tape, made

NAMES = ("a", "b", "c")


def cells(tape: Tape) -> dict[str, float]:
    """Some of the names, one of them at least, each with one of four numbers. Two steps of the tape."""
    chosen, values = tape.number(1, 7), tape.number(0, 255)
    return {name: float(values >> 2 * place & 3) for place, name in enumerate(NAMES) if chosen >> place & 1}


def sample(tape: Tape) -> tuple[int, dict[str, float]]:
    return tape.number(0, 60), cells(tape)


samples = made(100, 3, sample)


def rows_of(window) -> dict[float, dict[str, float]]:
    return {float(time): {name: float(column[row]) for name, column in window.columns.items()
                          if not math.isnan(column[row])}
            for row, time in enumerate(window.times)}


class Model:
    """The ring in ten lines: a dict by time, the oldest thrown out."""

    def __init__(self, rows: int) -> None:
        self.rows, self.kept = rows, {}

    def append(self, at: float, values: dict[str, float]) -> str:
        if at in self.kept:
            if values.items() <= self.kept[at].items():
                return "duplicate"
            self.kept[at] |= values
            return "merged"
        if len(self.kept) >= self.rows and at < min(self.kept):
            return "too-old"
        outcome = "late" if self.kept and at < max(self.kept) else "stored"
        self.kept[at] = dict(values)
        if len(self.kept) > self.rows:
            del self.kept[min(self.kept)]
        return outcome


def check(ring: Ring, model: Model) -> None:
    window = ring.window("s")
    assert rows_of(window) == model.kept
    assert list(window.times) == sorted(model.kept)
    assert ring.length("s") == len(model.kept) == len(window)
    assert ring.cursor("s") == window.cursor == max(window.numbers, default=0)
    assert len(set(window.numbers)) == len(window)
    newest = {name: (at, cells[name]) for at, cells in sorted(model.kept.items()) for name in cells}
    assert ring.latest("s") == newest
    assert ring.metrics("s") == sorted(newest)
