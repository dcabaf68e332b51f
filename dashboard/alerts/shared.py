"""The alerts as Redis keeps them, shared by all processes: compare-and-set, and what changed since a revision.

One hash holds everything: a field for each document (`d:` + identity) and for each resolved alert that stands on its
own (`a:` + key), and two of our own, `#revision` and `#epoch`. A field's value is a random token of TOKEN_LENGTH
characters and then JSON; whoever writes names the token it read, so that nobody writes over what he has not seen.
A sorted set remembers at which revision each field changed. A new epoch means: another Redis, or one that lost all.
Who founds an epoch leaves it in a string, until the history was asked which alerts this Redis should have.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import redis

from dashboard.settings import Settings

TOKEN_LENGTH = 12
"""Hex characters: two writers never make the same one."""
FOLLOW_LIMIT = 200
"""Fields read at once: 16 kB each at most, so some 3 MB, well within a short timeout."""
SCAN_COUNT = 500
"""Fields read at once where all are read."""
LOST_S = 43_200
"""After half a day nothing is taken up any more: what is over by then may have been said while nobody knew the alert,
and such words wait for a day."""

# One round trip, one atomic step: the field is written only if it is what the writer read. ARGV[4] is the last moment
# (Redis's clock, microseconds; 0: any) at which the change may still be made: a frozen Redis wakes up to requests
# whose senders have long been told that nothing was changed.
_WRITE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local deadline = tonumber(ARGV[4])
if deadline > 0 and now > deadline then return {0, 'late'} end
local current = redis.call('HGET', KEYS[1], ARGV[1])
local token = ''
if current then token = string.sub(current, 1, 12) end
if token ~= ARGV[2] then return {0, 'conflict', current} end
local revision = redis.call('HINCRBY', KEYS[1], '#revision', 1)
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[2], revision, ARGV[1])
return {revision, 'written'}
"""

_REMOVE = """
local removed = 0
for i = 1, #ARGV, 2 do
  local current = redis.call('HGET', KEYS[1], ARGV[i])
  if current and string.sub(current, 1, 12) == ARGV[i + 1] then
    redis.call('HDEL', KEYS[1], ARGV[i])
    redis.call('ZREM', KEYS[2], ARGV[i])
    removed = removed + 1
  end
end
return removed
"""

# Writes only where there is no epoch, so that a replica and a full Redis can still be read.
_FOLLOW = """
if redis.call('HEXISTS', KEYS[1], '#epoch') == 0 then
  redis.call('HSET', KEYS[1], '#epoch', ARGV[2])
  redis.call('SET', KEYS[3], ARGV[2], 'EX', ARGV[4])
end
local head = redis.call('HMGET', KEYS[1], '#epoch', '#revision')
local time = redis.call('TIME')
local changed = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[3])
local answer = {head[1], head[2] or '0', redis.call('HLEN', KEYS[1]), redis.call('ZCARD', KEYS[2]), time[1], time[2]}
for i = 1, #changed, 2 do
  answer[#answer + 1] = changed[i]
  answer[#answer + 1] = changed[i + 1]
  answer[#answer + 1] = redis.call('HGET', KEYS[1], changed[i]) or ''
end
return answer
"""

# The index can be lost alone, by eviction: it is written again from the hash, each field at a new revision.
_INDEX = """
local revision = 0
local known = {}
for _, name in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do known[name] = true end
for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(name, 1, 1) ~= '#' then
    if not known[name] then
      revision = redis.call('HINCRBY', KEYS[1], '#revision', 1)
      redis.call('ZADD', KEYS[2], revision, name)
    end
    known[name] = nil
  end
end
for name in pairs(known) do redis.call('ZREM', KEYS[2], name) end
return revision
"""

_RECOVERED = """
if redis.call('GET', KEYS[3]) == ARGV[1] then redis.call('DEL', KEYS[3]) end
"""

_NAMES = """
return {redis.call('HGET', KEYS[1], '#revision') or '0', redis.call('HKEYS', KEYS[1])}
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A field as Redis has it: `body` is JSON, `token` its present version, `revision` 0 where not told."""

    name: str
    token: str
    body: bytes
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Write:
    """A field to be written, if it still has `token` (empty: if it is absent)."""

    name: str
    token: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a Write: `revision` and the new `token` where it was made; else `late`, or what is there now."""

    revision: int
    token: str
    late: bool = False
    present: Stored | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed after a revision, at most FOLLOW_LIMIT fields. `size` counts fields, `indexed` those in the index.

    `time_us` is Redis's clock. `read_to` is the revision up to which this was read, `complete` whether that is all.
    """

    epoch: str
    revision: int
    size: int
    indexed: int
    time_us: int
    changed: tuple[Stored, ...]
    read_to: int
    complete: bool


class SharedDocuments:
    """The scripts as methods. Every method may raise redis.RedisError; none tries twice."""

    def __init__(self, settings: Settings, connect: Callable[..., redis.Redis], socket_timeout_s: float):
        self.client = connect(settings, socket_timeout_s=socket_timeout_s)
        own = f"{settings.key_prefix}:alerts"
        self._keys = [own, f"{own}:changes", f"{own}:lost"]
        register = self.client.register_script
        self._write, self._remove, self._follow = register(_WRITE), register(_REMOVE), register(_FOLLOW)
        self._names, self._index, self._recovered = register(_NAMES), register(_INDEX), register(_RECOVERED)

    def write(self, write: Write, deadline_us: int = 0) -> Written:
        """Write one field, at the latest when Redis's clock shows `deadline_us` (0: whenever).

        Where the connection is lost before the answer, Redis is asked whether it has the field: a person must not be
        told that nothing was changed where it was.
        """
        token = secrets.token_hex(TOKEN_LENGTH // 2)
        try:
            answer = self._write(self._keys, [write.name, write.token, token.encode() + write.body, deadline_us])
        except redis.ConnectionError:
            present = self.get([write.name])[0]
            if present is None or present.token != token:
                raise
            return Written(int(self.client.zscore(self._keys[1], write.name) or 1), token)
        return _written(write, token, answer)

    def write_all(self, writes: Sequence[Write]) -> list[Written]:
        """Write many fields in one round trip, in their order."""
        tokens = [secrets.token_hex(TOKEN_LENGTH // 2) for _ in writes]
        with self.client.pipeline(transaction=False) as pipeline:
            for write, token in zip(writes, tokens, strict=True):
                self._write(self._keys, [write.name, write.token, token.encode() + write.body, 0], client=pipeline)
            answers = pipeline.execute()
        return [_written(*parts) for parts in zip(writes, tokens, answers, strict=True)]

    def remove(self, fields: Sequence[tuple[str, str]]) -> int:
        """Remove fields, each (name, token) as long as it has that token; the number removed."""
        return int(self._remove(self._keys, [part for field in fields for part in field]))

    def changes(self, since: int) -> Changes:
        """What changed after revision `since`, oldest first. Founds a new epoch where there is none."""
        epoch, revision, size, indexed, seconds, micros, *rows = self._follow(
            self._keys, [since, secrets.token_hex(8), FOLLOW_LIMIT, LOST_S])
        changed = tuple(_stored(rows[i], rows[i + 2], int(float(rows[i + 1])))
                        for i in range(0, len(rows), 3) if rows[i + 2])
        complete = len(rows) < 3 * FOLLOW_LIMIT
        read_to = int(revision) if complete else int(float(rows[-2]))
        own = 1 + (int(revision) > 0)  # our own fields in the hash: the epoch, and the revision once there is one
        return Changes(epoch.decode(), int(revision), int(size) - own, int(indexed),
                       int(seconds) * 1_000_000 + int(micros), changed, read_to, complete)

    def get(self, names: Sequence[str]) -> list[Stored | None]:
        """Fields by name, None for each that is absent."""
        return [None if value is None else _stored(name.encode(), value)
                for name, value in zip(names, self.client.hmget(self._keys[0], list(names)), strict=True)]

    def names(self) -> tuple[int, set[str]]:
        """The present revision and the names of all fields."""
        revision, names = self._names(self._keys)
        return int(revision), {name.decode() for name in names if not name.startswith(b"#")}

    def scan(self) -> Iterator[list[Stored]]:
        """All fields, in portions; one may come twice."""
        cursor = 0
        while True:
            cursor, fields = self.client.hscan(self._keys[0], cursor, count=SCAN_COUNT)
            yield [_stored(name, value) for name, value in fields.items() if not name.startswith(b"#")]
            if cursor == 0:
                return

    def rebuild_index(self) -> None:
        """Write the index again from the hash."""
        self._index(self._keys)

    def has_lost(self, epoch: str) -> bool:
        """Whether nobody has looked yet what was there before this epoch."""
        return self.client.get(self._keys[2]) == epoch.encode()

    def recovered(self, epoch: str) -> None:
        """All that was there before it, as far as anybody knows it, is there again."""
        self._recovered(self._keys, [epoch])

    def close(self) -> None:
        """Let go of the connection; the next use makes another."""
        self.client.connection_pool.disconnect()

    def warnings(self) -> tuple[str, ...]:
        """What about this Redis endangers the alerts, in words for an admin; empty where it does not tell."""
        try:
            memory, replication = self.client.info("memory"), self.client.info("replication")
        except redis.ResponseError:
            return ()
        found = []
        policy = memory.get("maxmemory_policy", "noeviction")
        if memory.get("maxmemory", 0) and str(policy).startswith("allkeys"):
            found.append(f"Redis may drop alerts when its memory is full (maxmemory-policy is {policy})")
        if replication.get("role") == "slave":
            found.append("This Redis is a replica: alerts cannot be changed here")
        return tuple(found)


def _stored(name: bytes, value: bytes, revision: int = 0) -> Stored:
    return Stored(name.decode(), value[:TOKEN_LENGTH].decode("ascii", "replace"), value[TOKEN_LENGTH:], revision)


def _written(write: Write, token: str, answer: list) -> Written:
    revision, outcome, *present = answer
    if revision:
        return Written(int(revision), token)
    if outcome == b"late":
        return Written(0, "", late=True)
    return Written(0, "", present=_stored(write.name.encode(), present[0]) if present and present[0] else None)
