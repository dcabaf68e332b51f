"""How long to wait before the next try to connect. Pure."""

from __future__ import annotations

FIRST_DELAY_S, LONGEST_DELAY_S = 0.05, 0.7  # a Redis that is back must not wait for us as long as 1 s


def delay_s(attempt: int, chance: float) -> float:
    """Seconds to wait after the failed try number `attempt` (from 0); `chance` in 0 to 1 spreads many processes."""
    return min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(attempt, 10)) * (0.5 + chance / 2)
