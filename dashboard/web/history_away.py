"""What a read answers while the history is away: what there is in memory, and a note. Never a 5xx.

Only who wants to change the history is told 503: nothing was changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from dashboard.history.answers import HistoryUnavailable
from dashboard.web.answers import Problem

Found = TypeVar("Found")


def cannot_be_read(error: HistoryUnavailable) -> str:
    """In a sentence."""
    return f"The history cannot be read: {error.reason}."


def notes_of(reason: str) -> list[str]:
    """The note of an answer that was made without the history for this reason; none where there is no reason."""
    return [cannot_be_read(HistoryUnavailable(reason))] if reason else []


def read_or(nothing: Found, ask: Callable[[], Found]) -> tuple[Found, list[str]]:
    """What `ask` gives, and no notes; or `nothing`, and a note that it is missing."""
    try:
        return ask(), []
    except HistoryUnavailable as error:
        return nothing, [cannot_be_read(error)]


def newest(found: list[Found], most: int, what: str) -> tuple[list[Found], list[str]]:
    """The last `most` of a list that is in the order of time, and a note where there are more."""
    if len(found) <= most:
        return found, []
    note = f"There are more than {most:,} {what}: these are the newest, a shorter window has the rest."
    return found[len(found) - most:], [note]


def not_in_memory(error: HistoryUnavailable) -> Problem:
    """The answer where one thing was asked for that only the history may have."""
    return Problem(404, f"{cannot_be_read(error)} This is not in memory.")
