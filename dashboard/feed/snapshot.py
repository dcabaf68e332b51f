"""One consistent view of what happened to the feed, as pages and REST read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.feed.coverage import Gap, Heard, uncovered


@dataclass(frozen=True, slots=True)
class FeedSnapshot:
    """One consistent view of the record: `received == accepted + sum(rejected.values()) + duplicates`.

    These count what this process heard itself, each message once. `echoes` are the second copies, which the other
    connection brought, or the journal before any; `filled` are the events that the journal alone has told.
    """

    received: int
    accepted: int
    duplicates: int
    echoes: int
    filled: int
    rejected: dict[str, int]
    unknown: dict[str, int]
    handler_errors: dict[str, int]
    reconnects: int
    lag_s: float | None
    last_message_at: float | None
    gaps: tuple[Gap, ...]
    gaps_filled: int
    state: str
    state_since: float
    next_try_at: float | None
    reason: str | None
    warnings: tuple[str, ...]
    server: str = ""
    """Where Redis is, by the settings: without user and password."""
    places: tuple[str, ...] = ()
    """The Redis servers at which this process listens, as host and port; none over a unix socket."""
    self_recorded: Mapping[str, tuple[Heard, ...]] = field(default_factory=dict)

    def gaps_of(self, source: str | None) -> tuple[Gap, ...]:
        """The gaps as far as they concern one source: one that writes the journal itself is missed in none of them."""
        covered = self.self_recorded.get(source or "")
        if not covered:
            return self.gaps
        return tuple(piece for gap in self.gaps
                     for piece in ([gap] if gap.end is None else uncovered(gap, covered)))
