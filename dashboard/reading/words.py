"""The words producers use for a state, and the bands of a score. Data and two look-ups."""

from __future__ import annotations

WORDS = {
    "ok": "healthy", "healthy": "healthy", "running": "healthy", "up": "healthy", "excellent": "healthy",
    "warning": "degraded", "warn": "degraded", "degraded": "degraded",
    "unhealthy": "unhealthy", "error": "unhealthy",
    "critical": "critical", "down": "critical", "failed": "critical",
    "starting": "lifecycle", "stopping": "lifecycle", "stopped": "lifecycle",
}
LIFECYCLE_WORDS = ("starting", "stopping", "stopped")
SCORE_BANDS = ((90.0, "excellent"), (75.0, "healthy"), (60.0, "degraded"), (40.0, "unhealthy"))
"""From which score upwards a word holds; below the last it is critical."""


def word_status(word: object) -> str:
    """healthy, degraded, unhealthy, critical, lifecycle or, for a word nobody agreed on, unknown."""
    return WORDS.get(word.strip().lower(), "unknown") if isinstance(word, str) else "unknown"


def score_band(score: float | None) -> str | None:
    """excellent, healthy, degraded, unhealthy or critical. 0 is a value; None (absent) has no band."""
    if score is None:
        return None
    for least, word in SCORE_BANDS:
        if score >= least:
            return word
    return "critical"


def score_status(score: float | None) -> str:
    """The status of a component that only sent a score; unknown without one."""
    band = score_band(score)
    return "unknown" if band is None else "healthy" if band == "excellent" else band


def lifecycle_word(word: object) -> str | None:
    """running, starting, stopping, stopped; None for anything else."""
    status = word_status(word)
    if status == "lifecycle":
        return str(word).strip().lower()
    return "running" if status == "healthy" else None
