"""Whose alerts are stale: those of a source that has fallen silent. An overlay, never a resolution. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Interval = tuple[float, float]
SilentSince = Callable[[str, float], tuple[float | None, float | None]]
"""(source, now) -> since when it is silent (Unix seconds, None: it is not), and when to ask again (None: never)."""
Unheard = Callable[[str], Sequence[Interval]]
"""source -> when it was silent for so long that its alerts were stale, and is heard again; Unix seconds."""
ASK_AGAIN_S = 2.0
"""A source that is silent may be heard at any moment; an open page shows it with its next tick."""

UNKNOWN_ASK_AGAIN_S = 10.0


def never_silent(source: str, now: float) -> tuple[None, None]:
    """Of an index that knows nothing of sources: no alert is stale."""
    return None, None


def always_heard(source: str) -> tuple[Interval, ...]:
    """Of a store that knows nothing of sources."""
    return ()


def silent_after(last_heard: Callable[[str], float | None], after_s: float) -> SilentSince:
    """Silent for longer than `after_s`. `last_heard` gives Unix seconds by our clock; None: it cannot be known."""

    def silent_since(source: str, now: float) -> tuple[float | None, float | None]:
        heard = last_heard(source)
        if heard is None or heard > now:
            return None, now + UNKNOWN_ASK_AGAIN_S
        if heard + after_s < now:
            return heard, now + ASK_AGAIN_S
        return None, heard + after_s + 0.001

    return silent_since
