"""Words and shapes of severities and states. Colours live in assets/tokens.css, one value a theme:
whatever is said in colour is also said in word and shape."""

from __future__ import annotations

from dashboard.colours import SERIES
from dashboard.colours import THRESHOLDS as THRESHOLD_COLOURS

__all__ = [
    "LEVEL_SHAPES", "LEVEL_TONES", "LEVEL_WORDS", "LIVENESS_SHAPES", "LIVENESS_TONES", "SERIES", "STATUS_SHAPES",
    "STATUS_TONES", "THRESHOLD_COLOURS", "UNKNOWN_SHAPE", "level_shape", "level_tone", "level_word"]

LEVEL_SHAPES = {"EMERGENCY": "✖", "CRITICAL": "⬣", "ERROR": "◆", "WARNING": "▲", "INFO": "●"}
LEVEL_WORDS = {level: level.capitalize() for level in LEVEL_SHAPES}
UNKNOWN_SHAPE = "◇"

# tone: the colour of a level. An unknown level ranks as WARNING and looks like it, with its own shape.
LEVEL_TONES = {
    "EMERGENCY": "critical", "CRITICAL": "critical", "ERROR": "critical", "WARNING": "warning", "INFO": "info",
}

STATUS_SHAPES = {
    "excellent": "●", "healthy": "●", "degraded": "▲", "unhealthy": "◆", "critical": "⬣",
    "lifecycle": "◐", "unknown": "◇", "none": "◇",
}
STATUS_TONES = {
    "excellent": "ok", "healthy": "ok", "degraded": "warning", "unhealthy": "critical", "critical": "critical",
    "lifecycle": "info", "unknown": "stale", "none": "stale",
}

LIVENESS_SHAPES = {"active": "●", "delayed": "◐", "inactive": "○", "starting": "◔", "stopping": "◔", "stopped": "■"}
LIVENESS_TONES = {
    "active": "ok", "delayed": "warning", "inactive": "critical", "starting": "info", "stopping": "info",
    "stopped": "stale",
}


def level_shape(level: str) -> str:
    return LEVEL_SHAPES.get(level, UNKNOWN_SHAPE)


def level_word(level: str) -> str:
    """The level as an admin reads it; an unknown one as it was sent."""
    return LEVEL_WORDS.get(level, level)


def level_tone(level: str) -> str:
    return LEVEL_TONES.get(level, "warning")
