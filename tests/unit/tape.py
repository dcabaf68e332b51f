"""Made-up things read off a tape of bytes: to draw them one by one takes hypothesis ten times longer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import strategies as st

Made = TypeVar("Made")


class Tape:
    """Gives byte after byte, and zeros once it has run out: of every list of choices the first then."""

    def __init__(self, written: bytes) -> None:
        self._steps = iter(written)

    def number(self, least: int, most: int) -> int:
        """From `least` to `most`, both of them possible; no more than 256 different ones."""
        return least + next(self._steps, 0) % (most - least + 1)

    def one_of(self, choices: Sequence[Made]) -> Made:
        return choices[self.number(0, len(choices) - 1)]


def made(most: int, steps: int, make: Callable[[Tape], Made]) -> st.SearchStrategy[list[Made]]:
    """Lists of up to `most` things that `make` reads off a tape, each in `steps` bytes at most.

    The size is drawn first: left to itself a list is a handful of things long, which fills nothing.
    """
    def read(written: bytes) -> list[Made]:
        return [make(Tape(written[start:start + steps])) for start in range(0, len(written), steps)]

    return st.integers(0, most).flatmap(
        lambda size: st.binary(min_size=size * steps, max_size=size * steps)).map(read)
