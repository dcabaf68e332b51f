"""What the old connection of a line brought while the new one was there already, so that it is not taken twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


class Drained:
    """Belongs to the thread of its line. True while messages of the old connection may come again."""

    def __init__(self, brought: Sequence[bytes] = ()):
        self._left = Counter(brought)

    def __bool__(self) -> bool:
        return bool(self._left)

    def without(self, raws: Sequence[bytes]) -> list[bytes]:
        """Those that the old connection has not brought, too: that is so for the first ones at most."""
        return [raw for raw in raws if not self._was_brought(raw)]

    def _was_brought(self, raw: bytes) -> bool:
        if self._left[raw]:
            self._left[raw] -= 1
            return True
        self._left.clear()
        return False
