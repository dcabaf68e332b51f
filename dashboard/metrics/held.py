"""Samples that wait to be written under each other: of a flood each would cost several times as much by itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from math import inf, isfinite

import numpy as np

from dashboard.named_numbers import NamedNumbers

FEW, HELD_MOST = 4, 64
"""So few are written as quickly one by one; from so many on there is nothing more to be won by waiting."""


class Held:
    """Samples with the same names, each newer than the one before. Its owner does the locking."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self._samples: list[tuple[float, tuple[float, ...]]] = []

    def __len__(self) -> int:
        return len(self._samples)

    @property
    def is_full(self) -> bool:
        return len(self._samples) >= HELD_MOST

    def take(self, samples: Sequence[tuple[float, NamedNumbers]], first: int, newest: float) -> tuple[int, float]:
        """Hold as many of these samples (Unix s, numbers), from `first` on, as have its names, no number that is not
        finite, and are each newer than the one before it, the first than `newest`.

        Returns how many, and the time of the last.
        """
        held, names = self._samples, self.names
        before = len(held)
        for place in range(first, len(samples)):
            at, values = samples[place]
            if not newest < at < inf or values.names != names or not isfinite(sum(values.numbers)):
                break
            held.append((at, values.numbers))
            newest = at
        return len(held) - before, newest

    def one_by_one(self) -> list[tuple[float, dict[str, float]]]:
        """All samples, which are held no longer."""
        some, self._samples = self._samples, []
        return [(at, dict(zip(self.names, numbers, strict=True))) for at, numbers in some]

    def forget(self, count: int) -> None:
        """The oldest are written."""
        del self._samples[:count]

    def oldest(self, most: int) -> tuple[list[float], np.ndarray]:
        """The oldest samples, so many at most: their times, and names × times."""
        some = self._samples[:most]
        cells = np.fromiter(chain.from_iterable(numbers for _, numbers in some), float, len(some) * len(self.names))
        return [at for at, _ in some], cells.reshape(len(some), len(self.names)).T
