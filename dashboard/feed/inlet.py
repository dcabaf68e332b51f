"""What one line brings, on its way to the door: without what the other line or its own last connection brought."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.feed.copies import Copies
from dashboard.feed.drained import Drained
from dashboard.right_of_way import Patience

TOGETHER = 64  # messages in a row through all stages: with many more their events no longer fit the caches
TAKE_OVER_S = 0.25  # of waiting for the line that leads: it is behind, or its connection is silent
LOOK_AGAIN_S = 0.005  # the other thread takes in some hundred messages meanwhile, undisturbed; ours are only echoes


class Inlet:
    """Belongs to the thread of its line. `accept` takes messages that are new, in their order; `patience` is how long
    they may wait for an answer that is in the making."""

    def __init__(self, accept: Callable[[list[bytes]], object], copies: Copies, index: int, patience: Patience,
                 *, monotonic: Callable[[], float], pause: Callable[[float], None]):
        self._accept, self._copies, self._index = accept, copies, index
        self._patience, self._monotonic, self._pause = patience, monotonic, pause
        self.drained = Drained()
        """What the connection before brought last: the new one may bring it once more."""

    def take(self, raws: list[bytes]) -> int:
        """Messages that were read together, at most TOGETHER. How many there were."""
        count = len(raws)
        if self.drained:
            raws = self.drained.without(raws)
            self._copies.brought_twice(count - len(raws))
        if raws:
            # The other line brings them in the same order: once it has the last, it has all.
            if self._copies.must_wait(self._index, raws[-1]):
                self._wait_for_leader(raws[-1])
            new = self._copies.without_echoes(self._index, raws)
            if new:
                self._accept(new)
                self._patience.give_way()
        return count

    def _wait_for_leader(self, raw: bytes) -> None:
        end = self._monotonic() + TAKE_OVER_S
        while self._copies.must_wait(self._index, raw):
            if self._monotonic() >= end:
                self._copies.lead(self._index)
            else:
                self._pause(LOOK_AGAIN_S)
