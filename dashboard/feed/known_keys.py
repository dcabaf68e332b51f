"""The keys of the events that were taken in, so that each is taken in once. Not safe by itself: the door locks."""

from __future__ import annotations

from collections import deque

KEYS_KEPT = 50_000  # an event seen again within this many is a duplicate: 8 minutes at 100 events/s, about 4 MB
COPY_WITHIN_S = 10.0  # a frozen Redis or a flood may keep a copy back that long; what comes later was sent again
COPIES_EXPECTED = 20_000


class KnownKeys:
    """Bounded; the oldest key is forgotten first.

    What is kept of a key is its hash, of 64 bits and other ones in each process: a third less memory, and among
    100,000 keys one event in 10^14 would be taken for another.

    A message without id and time has the second it was heard in as part of its key. Who heard it in the second before
    or after has heard the same message.
    """

    def __init__(self, kept: int = KEYS_KEPT):
        self._keys: set[int] = set()
        self._order: deque[int] = deque()
        self._kept = kept
        self._expected: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: str) -> bool:
        return hash(key) in self._keys or ("@" in key and any(hash(other) in self._keys for other in _neighbours(key)))

    def add(self, key: str) -> None:
        """One more that was taken in."""
        name = hash(key)
        self._keys.add(name)
        self._order.append(name)
        if len(self._order) > self._kept:
            self._keys.discard(self._order.popleft())

    def expect(self, key: str, received: float) -> None:
        """The journal told it: a connection may yet bring the copy that was meant for this process."""
        self._expected[key] = received
        if len(self._expected) > COPIES_EXPECTED:
            del self._expected[next(iter(self._expected))]

    def was_expected(self, key: str, received: float) -> bool:
        """Whether this is such a copy; it is expected once."""
        for name in (key, *_neighbours(key)) if "@" in key else (key,):
            told = self._expected.pop(name, None)
            if told is not None and abs(received - told) <= COPY_WITHIN_S:
                return True
        return False

    def repair(self) -> None:
        """In a forked child: the parent may have been between two steps."""
        if len(self._keys) != len(self._order):
            self._keys = set(self._order)


def _neighbours(key: str) -> tuple[str, str]:
    content, _, second = key.rpartition("@")
    if not second.isdecimal():  # no key of ours
        return key, key
    return f"{content}@{int(second) - 1}", f"{content}@{int(second) + 1}"
