"""How the journal stands, for screens and answers, and why it could not be used."""

from __future__ import annotations

from dataclasses import dataclass

import redis

from dashboard.feed.connection import plain_words

OFF, AWAY, CONNECTED = "off", "away", "connected"
NOT_YET = "Not connected yet"
MISTAKE = "The console made a mistake; its log says which"


@dataclass(frozen=True, slots=True)
class JournalStatus:
    """How the journal stands: `state` is "connected", "away" (for `reason`, since `since`) or "off".

    `events` and `bytes` are what it held when last seen; `waiting` events are not written yet, `unrecorded` ones never
    were, for there were too many.
    """

    state: str
    since: float
    reason: str | None
    events: int
    bytes: int
    waiting: int
    recorded: int
    unrecorded: int

    @property
    def word(self) -> str | None:
        """In a word, or why not; None where it is switched off."""
        return None if self.state == OFF else self.reason or self.state


def no_journal(error: BaseException) -> str:
    """Why the journal cannot be written or read, for an admin."""
    for kind, told in _BY_ERROR:
        if isinstance(error, kind):
            return told
    text = str(error)
    for word, told in _BY_SERVER_TEXT:
        if word in text:
            return told
    return plain_words(error)


_BY_ERROR = (
    (redis.exceptions.OutOfMemoryError, "Redis has no memory left"),
    (redis.ReadOnlyError, "This Redis is a replica and takes no writes"),
    (redis.exceptions.NoPermissionError, "Redis does not allow this user to keep the journal"),
)
_BY_SERVER_TEXT = (
    ("NOREPLICAS", "Redis has not enough replicas to take writes"),
    ("MISCONF", "Redis cannot save its data and takes no writes"),
    ("WRONGTYPE", "Something else is stored in Redis under the name of the journal"),
    ("BUSY", "Redis is busy with a script"),
)
