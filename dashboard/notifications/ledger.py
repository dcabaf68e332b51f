"""What all processes know together of notifications, in Redis: who decides, what was told, what is on its way.

Keys, all behind `{prefix}:notifications`: `:leader` (who decides; it ends by itself), `:routes`, `:groups` and
`:deliveries` (hashes; a value is a token of TOKEN_LENGTH characters and then JSON), `:changes` (which delivery changed
at which revision), `:queue` (unfinished deliveries by when they are due, in milliseconds of Redis's clock) and
`:finished` (the others, oldest first). Whoever writes names the token it read, so nobody writes over what he has not
seen; a script that finds one token changed, or another leader, writes nothing at all.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import redis

from dashboard.settings import Settings

CLIENT_NAME = "monitoring-notifications"  # what `CLIENT LIST` shows
TOKEN_LENGTH = 12
"""Hex characters: two writers never make the same one."""
LEASE_S = 10.0
"""So long nobody decides after the process that did was killed. It is renewed ten times within."""
LOG_KEPT = 500
"""Finished deliveries that can be read; the oldest go."""
FOLLOW_LIMIT = 200
"""Deliveries read at once."""
DUE_AT_ONCE = 500
"""Due deliveries told at once: so many that those which must wait for an address that hangs hide none that need not."""

# Renews or takes the lead, and tells what has changed; it writes nothing for a process that does not want to lead.
_PULSE = """
for i = 2, 3 do
  if redis.call('HEXISTS', KEYS[i], '#epoch') == 0 then redis.call('HSET', KEYS[i], '#epoch', ARGV[4]) end
end
local leader = redis.call('GET', KEYS[1])
if ARGV[2] == '1' and (not leader or leader == ARGV[1]) then
  leader = ARGV[1]
  redis.call('SET', KEYS[1], leader, 'PX', ARGV[3])
end
local time = redis.call('TIME')
local answer = {leader or '', redis.call('HGET', KEYS[2], '#epoch') .. redis.call('HGET', KEYS[3], '#epoch'),
  redis.call('HGET', KEYS[2], '#revision') or '0', redis.call('HGET', KEYS[3], '#revision') or '0', time[1], time[2]}
if leader == ARGV[1] then
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now, 'LIMIT', 0, ARGV[5])) do
    answer[#answer + 1] = id
  end
end
return answer
"""

_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

# ARGV: id, token, value ('': remove it), the last moment by Redis's clock in microseconds (0: any).
_ROUTE = """
local time = redis.call('TIME')
local deadline = tonumber(ARGV[4])
if deadline > 0 and time[1] * 1000000 + time[2] > deadline then return {0, 'late'} end
local current = redis.call('HGET', KEYS[1], ARGV[1])
local token = ''
if current then token = string.sub(current, 1, 12) end
if token ~= ARGV[2] then return {0, 'conflict', current} end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return {redis.call('HINCRBY', KEYS[1], '#revision', 1), 'written'}
"""

# ARGV: leader ('': whoever), last moment, kept, number of groups, then (field, value or '': remove it) each, then
# (delivery id, token, value, pause in ms or '': finished) each. All of it, or nothing.
_APPLY = """
local time = redis.call('TIME')
local deadline = tonumber(ARGV[2])
if deadline > 0 and time[1] * 1000000 + time[2] > deadline then return 'late' end
if ARGV[1] ~= '' and redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'leader' end
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local first = 5 + 2 * tonumber(ARGV[4])
for i = first, #ARGV, 4 do
  local current = redis.call('HGET', KEYS[3], ARGV[i])
  local token = ''
  if current then token = string.sub(current, 1, 12) end
  if token ~= ARGV[i + 1] then return 'conflict' end
end
for i = 5, first - 1, 2 do
  if ARGV[i + 1] == '' then redis.call('HDEL', KEYS[2], ARGV[i])
  else redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
end
for i = first, #ARGV, 4 do
  local revision = redis.call('HINCRBY', KEYS[3], '#revision', 1)
  redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 2])
  redis.call('ZADD', KEYS[4], revision, ARGV[i])
  if ARGV[i + 3] == '' then
    redis.call('ZREM', KEYS[5], ARGV[i])
    redis.call('ZADD', KEYS[6], revision, ARGV[i])
  else
    redis.call('ZADD', KEYS[5], now + ARGV[i + 3], ARGV[i])
  end
end
local more = redis.call('ZCARD', KEYS[6]) - ARGV[3]
if more > 0 then
  for _, id in ipairs(redis.call('ZRANGE', KEYS[6], 0, more - 1)) do
    redis.call('HDEL', KEYS[3], id)
    redis.call('ZREM', KEYS[4], id)
    redis.call('ZREM', KEYS[6], id)
  end
end
return 'written'
"""

_FOLLOW = """
local changed = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
local answer = {}
for i = 1, #changed, 2 do
  answer[#answer + 1] = changed[i]
  answer[#answer + 1] = changed[i + 1]
  answer[#answer + 1] = redis.call('HGET', KEYS[1], changed[i]) or ''
end
return answer
"""


@dataclass(frozen=True, slots=True)
class Pulse:
    """What one look at Redis told: who leads, what changed, and for the leader the ids of what is due.

    `epoch` is another one where Redis is another, or has lost everything. `time_us` is Redis's clock.
    """

    leader: str
    epoch: str
    routes_revision: int
    deliveries_revision: int
    time_us: int
    due: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """A value as Redis has it: `body` is JSON, of a route with its addresses; `token` is its present version."""

    token: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Put:
    """A delivery to be written if it still has `token` (empty: if it is new), which then becomes `new_token`.

    It is due in `pause_s` seconds; None: it is finished.
    """

    id: str
    token: str
    body: bytes
    pause_s: float | None
    new_token: str = field(default_factory=lambda: _new_token())


class Ledger:
    """The scripts as methods. Every method may raise redis.RedisError; none tries twice."""

    def __init__(self, settings: Settings, connect: Callable[..., redis.Redis], socket_timeout_s: float):
        self.client = connect(settings, socket_timeout_s=socket_timeout_s, client_name=CLIENT_NAME)
        self._leader, self._routes, self._groups, self._deliveries, self._changes, self._queue, self._finished = (
            f"{settings.key_prefix}:notifications:{name}" for name in (
                "leader", "routes", "groups", "deliveries", "changes", "queue", "finished"))
        register = self.client.register_script
        self._pulse, self._release, self._route = register(_PULSE), register(_RELEASE), register(_ROUTE)
        self._apply, self._follow = register(_APPLY), register(_FOLLOW)

    def pulse(self, owner: str, wants_to_lead: bool) -> Pulse:
        """Take or keep the lead if it is free and wanted, and hear what there is to do."""
        leader, epoch, routes, deliveries, seconds, micros, *due = self._pulse(
            [self._leader, self._routes, self._deliveries, self._queue],
            [owner, int(wants_to_lead), int(LEASE_S * 1000), secrets.token_hex(8), DUE_AT_ONCE])
        return Pulse(leader.decode(), epoch.decode(), int(routes), int(deliveries),
                     int(seconds) * 1_000_000 + int(micros), tuple(each.decode() for each in due))

    def release(self, owner: str) -> None:
        """Give the lead up, so that another process need not wait for it."""
        self._release([self._leader], [owner])

    def routes(self) -> dict[str, Stored]:
        """All routes by id."""
        return self._all(self._routes)

    def route(self, route_id: str) -> Stored | None:
        value = self.client.hget(self._routes, route_id)
        return None if value is None else _stored(value)

    def put_route(self, route_id: str, token: str, body: bytes, deadline_us: int = 0) -> tuple[str, Stored | None]:
        """Write a route (an empty body removes it) if it still has `token`; what came of it, and what is there now.

        The first is the new token, or "late" or "conflict". Where the connection is lost before the answer, Redis is
        asked whether it has done it: who is told that it has not makes a route again, and people are told twice.
        """
        new = _new_token()
        value = new.encode() + body if body else b""
        try:
            revision, outcome, *present = self._route([self._routes], [route_id, token, value, deadline_us])
        except redis.ConnectionError:
            there = self.route(route_id)
            if (there.token if there else "") != (new if body else ""):
                raise
            return new, None
        if revision:
            return new, None
        return outcome.decode(), _stored(present[0]) if present and present[0] else None

    def groups(self) -> dict[str, bytes]:
        """What was told to each group, by field."""
        return {name.decode(): value for name, value in self.client.hgetall(self._groups).items()}

    def delivery(self, delivery_id: str) -> Stored | None:
        value = self.client.hget(self._deliveries, delivery_id)
        return None if value is None else _stored(value)

    def forget(self, delivery_id: str) -> None:
        """Take a delivery that nobody can read out of the queue."""
        self.client.zrem(self._queue, delivery_id)

    def changes(self, since: int) -> tuple[list[tuple[str, Stored]], int, bool]:
        """Deliveries that changed after revision `since`, up to which one they are told, and whether that is all."""
        rows = self._follow([self._deliveries, self._changes], [since, FOLLOW_LIMIT])
        changed = [(rows[i].decode(), _stored(rows[i + 2])) for i in range(0, len(rows), 3) if rows[i + 2]]
        read_to = int(float(rows[-2])) if rows else since
        return changed, read_to, len(rows) < 3 * FOLLOW_LIMIT

    def apply(self, leader: str, groups: Mapping[str, bytes], puts: Sequence[Put], deadline_us: int = 0) -> str:
        """Write groups (an empty value removes one) and deliveries, all or none: "written", else why not.

        `leader` empty: whoever leads. Why not: "leader" (it is another), "conflict" (a delivery has changed), "late".
        """
        arguments: list[str | bytes | int] = [leader, deadline_us, LOG_KEPT, len(groups)]
        for name, value in groups.items():
            arguments += [name, value]
        for put in puts:
            arguments += [put.id, put.token, put.new_token.encode() + put.body,
                          "" if put.pause_s is None else round(put.pause_s * 1000)]
        keys = [self._leader, self._groups, self._deliveries, self._changes, self._queue, self._finished]
        return self._apply(keys, arguments).decode()

    def restore_routes(self, routes: Mapping[str, bytes]) -> None:
        """Give an empty Redis back the routes it has lost; what it has stays."""
        for route_id, body in routes.items():
            self.put_route(route_id, "", body)

    def time_us(self) -> int:
        """Redis's clock."""
        seconds, micros = self.client.time()
        return int(seconds) * 1_000_000 + int(micros)

    def close(self) -> None:
        """Let go of the connection; the next use makes another."""
        self.client.connection_pool.disconnect()

    def _all(self, key: str) -> dict[str, Stored]:
        return {name.decode(): _stored(value) for name, value in self.client.hgetall(key).items()
                if not name.startswith(b"#")}


def _new_token() -> str:
    return secrets.token_hex(TOKEN_LENGTH // 2)


def _stored(value: bytes) -> Stored:
    return Stored(value[:TOKEN_LENGTH].decode("ascii", "replace"), value[TOKEN_LENGTH:])
