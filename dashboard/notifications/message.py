"""What a message says: the content of a group's message as data, and its title and text. Pure.

Content is what is kept until a message has got through; it is worded when it is sent, so that two messages that had
to wait become one. Texts of a producer are one line each, cut, and free of control characters: they can imitate
neither a line of ours nor an end of a header.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from dashboard.alerts.alert import ACKNOWLEDGED
from dashboard.event_types import is_simulated
from dashboard.notifications.grouping import AGAIN, BACK, GRAVER, NEW, OVER, RECOVERY, REPEAT, Due, News
from dashboard.number_text import figure

LINES_KEPT = 50
"""News of one message that are kept with their texts; of more only the number."""
LINES_SHOWN = 15
"""Alerts in one text: what a phone shows before somebody scrolls twice."""
TEXT_LIMIT, TITLE_LIMIT, NAME_LIMIT = 300, 120, 80
"""Characters of a producer's message, of a title, and of a name of component or source within them."""
STILL_OPEN = "open"
"""What a line is about that is no news: a repetition tells what was told before."""
_HEADINGS = {NEW: "New", AGAIN: "Again", GRAVER: "Worse", BACK: "Nobody has it any more", OVER: "Over",
             STILL_OPEN: "Still open, nobody has it"}
_COUNTED = {NEW: "new", AGAIN: "again", GRAVER: "worse", BACK: "without anybody", OVER: "over",
            STILL_OPEN: "still open"}
TONE_BAD, TONE_WARNING, TONE_INFO, TONE_GOOD = "bad", "warning", "info", "good"
_TONES = {0: TONE_BAD, 1: TONE_BAD, 2: TONE_BAD, 3: TONE_WARNING, 4: TONE_INFO}
# Marks that turn the direction of what follows: a text could show itself as another one.
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C], "")

LinkOf = Callable[[str], str | None]
"""Where the alert with a key is shown, if anywhere."""


@dataclass(frozen=True, slots=True)
class Line:
    """One alert of a message. Times are Unix seconds."""

    what: str
    key: str
    level: str
    rank: int
    component: str
    text: str
    since: float
    count: int = 1
    over_at: float | None = None
    by: str = ""
    why: str = ""
    figures: str = ""
    stale_since: float | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A group's message as data: `left_out` news have no line; of all open ones told, `open` and `acknowledged`."""

    source: str
    kind: str
    lines: tuple[Line, ...]
    left_out: int = 0
    open: int = 0
    acknowledged: int = 0

    def to_tree(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. `tone` is one of TONE_BAD, TONE_WARNING, TONE_INFO, TONE_GOOD."""

    title: str
    text: str
    tone: str


def content_of(due: Due) -> Content:
    """What a message that is due says."""
    news = due.news
    if due.kind == REPEAT:
        news = tuple(News(STILL_OPEN, alert) for alert in due.still_open if alert.state != ACKNOWLEDGED)
    acknowledged = sum(alert.state == ACKNOWLEDGED for alert in due.still_open)
    told_open = len(due.still_open) + sum(piece.what != OVER for piece in due.news)
    return Content(due.group[1], due.kind, tuple(_line(piece) for piece in news[:LINES_KEPT]),
                   max(0, len(news) - LINES_KEPT), told_open, acknowledged)


def joined(earlier: Content, later: Content) -> Content:
    """One message in place of two, of which the earlier did not get through; of an alert the later news counts."""
    keys = {line.key for line in later.lines}
    lines = [*(line for line in earlier.lines if line.key not in keys and line.what != STILL_OPEN), *later.lines]
    lines.sort(key=lambda line: (line.what == OVER, line.rank, -line.since))
    left_out = earlier.left_out + later.left_out + max(0, len(lines) - LINES_KEPT)
    return replace(later, lines=tuple(lines[:LINES_KEPT]), left_out=left_out)


def load_content(tree: Mapping[str, Any]) -> Content:
    """What `Content.to_tree` gave. Raises TypeError, KeyError."""
    return Content(**{**tree, "lines": tuple(Line(**row) for row in tree["lines"])})


def compose(content: Content, link_of: LinkOf, console: str = "") -> Message:
    """The words of a message; `console` is the page where all alerts are, empty where none is known."""
    parts = [_section(what, [line for line in content.lines if line.what == what], link_of) for what in _HEADINGS]
    shown, hidden = _shown(parts)
    if hidden + content.left_out:
        shown.append(f"and {hidden + content.left_out} more")
    shown.append(_closing(content))
    if console:
        shown.append(console)
    return Message(_title(content), "\n\n".join(shown), _tone(content))


def trial_message(route_name: str, by: str, at: float) -> Message:
    """What the test of a route sends."""
    text = f"{one_line(by, NAME_LIMIT)} tested this route at {clock_text(at)}. Nothing has happened."
    return Message(f"Test of {one_line(route_name, NAME_LIMIT)}", text, TONE_INFO)


def one_line(text: str, limit: int = TEXT_LIMIT) -> str:
    """A text of whatever origin as one line of at most `limit` characters, without marks that cannot be seen."""
    text = text[:4 * limit].translate(_TURNS)
    text = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return text if len(text) <= limit else text[:limit - 1] + "…"


def clock_text(at: float) -> str:
    """A time for somebody of whom no zone is known: `2026-01-31 10:00:00 UTC`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _line(piece: News) -> Line:
    alert = piece.alert
    over = piece.what == OVER
    return Line(piece.what, alert.key, one_line(alert.level, NAME_LIMIT), alert.rank,
                one_line(alert.component, NAME_LIMIT), one_line(alert.message), alert.first_seen, alert.count,
                alert.resolved_at if over else None, one_line(alert.resolved_by or "", NAME_LIMIT) if over else "",
                one_line(piece.why), _figures(alert.details), alert.stale_since)


def _figures(details: Mapping[str, Any]) -> str:
    """The value and its threshold, where the alert names both as numbers."""
    try:
        value, threshold = (_number(details.get(name)) for name in ("current_value", "threshold"))
    except (ValueError, OverflowError):
        return ""
    return f"{figure(value)}, threshold {figure(threshold)}"


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("no number")
    return float(value)


def _section(what: str, lines: list[Line], link_of: LinkOf) -> list[str]:
    """The heading and then one text for each line; empty without lines."""
    return [] if not lines else [_HEADINGS[what], *(_words(line, link_of) for line in lines)]


def _shown(parts: Iterable[list[str]]) -> tuple[list[str], int]:
    """Sections with LINES_SHOWN lines in all, and how many lines that left out."""
    room, hidden, shown = LINES_SHOWN, 0, []
    for heading, *lines in (part for part in parts if part):
        if room > 0:
            shown.append("\n".join([f"{heading}:", *lines[:room]]))
        hidden += max(0, len(lines) - max(0, room))
        room -= len(lines)
    return shown, hidden


def _words(line: Line, link_of: LinkOf) -> str:
    head = " ".join(part for part in (line.level, line.component and f"{line.component}:", line.text) if part)
    facts = [f"since {clock_text(line.since)}"]
    if line.figures:
        facts.insert(0, line.figures)
    if line.over_at is not None:
        facts.append(f"over {clock_text(line.over_at)}" + (f", by {line.by}" if line.by else ""))
    elif line.count > 1:
        facts.append(f"{line.count} times")
    if line.why:
        facts.append(line.why)
    if line.stale_since is not None and line.over_at is None:
        facts.append(f"the source has been silent since {clock_text(line.stale_since)}")
    link = link_of(line.key)
    return "\n  ".join([f"- {head}", "; ".join(facts), *([link] if link else [])])


def _closing(content: Content) -> str:
    source = _source(content.source)
    if not content.open:
        return f"{source}: nothing that was told is open any more."
    told = f"{source}: {content.open} open"
    return f"{told}, {content.acknowledged} of them acknowledged." if content.acknowledged else f"{told}."


def _title(content: Content) -> str:
    source = _source(content.source)
    if len(content.lines) == 1 and not content.left_out:
        line = content.lines[0]
        start = {OVER: "Over", STILL_OPEN: f"Still open, {line.level}", AGAIN: f"{line.level} again",
                 GRAVER: f"Now {line.level}"}.get(line.what, line.level)
        where = ", ".join(part for part in (line.component, source) if part)
        return one_line(f"{start}: {one_line(line.text, 70)} ({where})", TITLE_LIMIT)
    counts = Counter(line.what for line in content.lines)
    if content.left_out:
        counts[content.lines[0].what] += content.left_out
    told = ", ".join(f"{counts[what]} {word}" for what, word in _COUNTED.items() if counts[what])
    worst = min((line for line in content.lines if line.what != OVER), key=lambda line: line.rank, default=None)
    start = "All over" if content.kind == RECOVERY else worst.level if worst else "Over"
    return one_line(f"{start}: {told} ({source})", TITLE_LIMIT)


def _source(source: str) -> str:
    return one_line(source, NAME_LIMIT) + (", simulated" if is_simulated(source) else "")


def _tone(content: Content) -> str:
    ranks = [line.rank for line in content.lines if line.what != OVER]
    return _TONES.get(min(ranks), TONE_WARNING) if ranks else TONE_GOOD
