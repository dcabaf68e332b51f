"""Names for which there was no place in the ring."""

from __future__ import annotations

# Refused names are told apart up to here (about 0.3 MB); beyond it only "at least" is known.
REFUSED_NAMES_TOLD_APART = 4096
# Names an admin gets to see, to find who sends them.
REFUSED_NAMES_SHOWN = 20
REFUSED_NAME_LENGTH = 120


class RefusedNames:
    """How often a name was refused, and how many different ones: in bounded space, whatever arrives."""

    def __init__(self) -> None:
        self.times = 0
        self.examples: list[str] = []
        self._hashes: set[int] = set()

    def add(self, name: str) -> None:
        self.times += 1
        if len(self._hashes) < REFUSED_NAMES_TOLD_APART and hash(name) not in self._hashes:
            self._hashes.add(hash(name))
            if len(self.examples) < REFUSED_NAMES_SHOWN:
                self.examples.append(name[:REFUSED_NAME_LENGTH])

    @property
    def distinct(self) -> int:
        """Different names; `REFUSED_NAMES_TOLD_APART` means that many or more."""
        return len(self._hashes)
