"""How notifications stand, as one process knows it. Data only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """How notifications stand, for a page: `since` (Unix seconds) and `reason` belong to `connected`.

    `enabled` is this process's switch; `leader` names the process that sends, None where nobody is known to.
    """

    enabled: bool
    connected: bool
    since: float
    reason: str | None
    leader: str | None
    leads: bool
    waiting: int
    sending: int
    hanging: int
    errors: int
