"""The journal as Redis keeps it: its scripts as methods. Every method may raise redis.RedisError or OSError."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson
import redis

from dashboard.feed.coverage import Heard
from dashboard.feed.journal_scripts import MISSING, NOTE, READ, RECORD, journal_keys
from dashboard.feed.packed import Entry, pack, unpack
from dashboard.settings import Settings

CLIENT_NAME = "monitoring-journal"  # what `CLIENT LIST` shows
BEGINNING = "0-0"
READ_BYTES = 2 * 1024 * 1024  # looked at in one question: some 5 ms of Redis's time
MEBIBYTE = 1024 * 1024
EVERYBODY = ""  # under this name stand the spans in which any console listened


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the journal holds at most; what is older goes first. Bytes are those of the events alone."""

    events: int
    bytes: int
    age_s: float

    @classmethod
    def of(cls, settings: Settings) -> Bounds:
        """The bounds that the settings ask for."""
        return cls(settings.journal_events, int(settings.journal_mb * MEBIBYTE), settings.journal_hours * 3600)


@dataclass(frozen=True, slots=True)
class State:
    """The journal at a moment. `epoch` is empty where there is none; `last` is the id of its newest entry."""

    epoch: str
    last: str
    events: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of writing: the entry before (`before`), and how many of the events were `added`."""

    state: State
    before: str
    added: int


@dataclass(frozen=True, slots=True)
class Portion:
    """What stands after a place, up to the entry `reached` ("" where nothing does); `complete` if that is all.

    Holds the keys, or the entries, whichever was asked for.
    """

    state: State
    reached: str
    complete: bool
    keys: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()


class SharedJournal:
    """One connection to the journal. None of its methods tries twice."""

    def __init__(self, settings: Settings, connect: Callable[..., redis.Redis], socket_timeout_s: float):
        self.client = connect(settings, socket_timeout_s=socket_timeout_s, client_name=CLIENT_NAME)
        self._bounds = Bounds.of(settings)
        self._keys = journal_keys(settings.key_prefix)
        register = self.client.register_script
        self._record, self._read = register(RECORD), register(READ)
        self._missing, self._note = register(MISSING), register(NOTE)

    def record(self, entries: Iterable[Entry]) -> Recorded:
        """Write what is not there yet, and let go of what is beyond the bounds."""
        bounds = self._bounds
        epoch, before, last, added, length, size = self._record(
            self._keys, [secrets.token_hex(8), bounds.events, bounds.bytes, int(bounds.age_s * 1000), pack(entries)])
        return Recorded(State(epoch.decode(), last.decode(), length, size), before.decode(), added)

    def keys_after(self, place: str) -> Portion:
        """Keys of the entries after `place`, as many as fit into READ_BYTES with their events."""
        state, reached, complete, found = self._portion(place, "keys")
        keys = found.decode("utf-8", "replace").split("\n") if found else ()
        return Portion(state, reached, complete, keys=tuple(keys))

    def entries_after(self, place: str, keys: Iterable[str] | None = None) -> Portion:
        """The entries after `place`, as many as fit into READ_BYTES; only those with one of `keys`, where given."""
        wanted = ("all", "") if keys is None else ("these", "\n".join(keys))
        state, reached, complete, found = self._portion(place, *wanted)
        return Portion(state, reached, complete, entries=tuple(unpack(found)))

    def _portion(self, place: str, what: str, keys: str = "") -> tuple[State, str, bool, bytes]:
        epoch, last, size, length, reached, complete, found = self._read(
            self._keys, [following(place), READ_BYTES, what, keys])
        return State(epoch.decode(), last.decode(), length, size), reached.decode(), bool(complete), found

    def missing(self, keys: Sequence[str]) -> list[bool]:
        """Of each key, whether there is no entry with it."""
        return [character == 49 for character in self._missing(self._keys, ["\n".join(keys)])]  # 49: the digit 1

    def spans(self) -> dict[str, list[Heard]]:
        """When anybody listened (under EVERYBODY), and when a source wrote the journal itself (under its name)."""
        return {name.decode("utf-8", "replace"): _read_spans(value)
                for name, value in self.client.hgetall(self._keys[3]).items()}

    def note(self, spans: Mapping[str, Iterable[Heard]]) -> None:
        """Add to the spans; what overlaps is joined."""
        told: list[object] = [self._bounds.age_s]
        for name, found in spans.items():
            for span in found:
                told += (name, repr(span.since), repr(span.until), span.why)
        if len(told) > 1:
            self._note(self._keys, told)

    def close(self) -> None:
        """Let go of the connection; the next use makes another."""
        self.client.connection_pool.disconnect()


def following(place: str) -> str:
    """The smallest id after `place`."""
    milliseconds, _, number = place.partition("-")
    return f"{milliseconds}-{int(number) + 1}"


def before(one: str, other: str) -> bool:
    """Whether entry `one` stands before entry `other`."""
    return _numbers(one) < _numbers(other)


def _numbers(place: str) -> tuple[int, int]:
    milliseconds, _, number = place.partition("-")
    return int(milliseconds), int(number)


def _read_spans(value: bytes) -> list[Heard]:
    try:
        return [Heard(float(since), float(until), str(why)) for since, until, why in orjson.loads(value)]
    except (ValueError, TypeError):
        return []
