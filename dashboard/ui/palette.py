"""Words and shapes of severities and states. Colours live in assets/tokens.css, one value a theme:
whatever is said in colour is also said in word and shape."""

from __future__ import annotations

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

THRESHOLD_COLOURS = {"warning": "#c67e09", "critical": "#c8372f"}  # mid-tones: they lie on both backgrounds

# Mid-tone hues that keep 3:1 against both backgrounds, none of them near the reds of a critical alert.
SERIES = (
    "#2f7fd1", "#12967d", "#9566d6", "#b7791f", "#4c8f2f", "#d0589b", "#5b7fa6", "#8a7a2e",
    "#2a93a8", "#a26bb0", "#6b8e6b", "#7a7fd9",
)


def level_shape(level: str) -> str:
    return LEVEL_SHAPES.get(level, UNKNOWN_SHAPE)


def level_word(level: str) -> str:
    """The level as an admin reads it; an unknown one as it was sent."""
    return LEVEL_WORDS.get(level, level)


def level_tone(level: str) -> str:
    return LEVEL_TONES.get(level, "warning")
