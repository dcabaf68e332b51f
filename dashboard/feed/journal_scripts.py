"""The journal in Redis: what it consists of, and the scripts that write and read it. Text only.

Four keys below the prefix, in one slot of a cluster:

- `…:journal`: the stream. An entry is one event: `k` its key, `r` when it was first received (Unix s), `b` its bytes.
- `…:journal:keys`: a set with the key of each entry, so that nothing is written twice.
- `…:journal:state`: a hash: `epoch` (another one: Redis has lost the journal), `last` (the newest entry's id), `bytes`
  (of all events), and the bounds `events`, `size`, `age_ms` that whoever writes keeps.
- `…:journal:heard`: a hash: under the empty name the spans in which any console listened, under the name of a source
  those in which it wrote the journal itself; JSON, [[since, until, why], …], disjoint and ascending.

Events travel packed: 8 bytes big-endian double (received), 2 bytes length of the key, 4 bytes length of the event, and
then both. Scripts only read where there is nothing to write, so that a replica and a full Redis can still be read.
"""

from __future__ import annotations

KEY_NAMES = ("journal", "journal:keys", "journal:state", "journal:heard")


def journal_keys(prefix: str) -> list[str]:
    """The journal's keys below a prefix, in the order in which the scripts take them."""
    return [f"{prefix}:{name}" for name in KEY_NAMES]


TRIMMED_AT_ONCE = 2_000  # entries: some 10 ms in which Redis does nothing else
READ_TOGETHER = 20  # entries a script holds at once: 20 MiB at most
SPANS_KEPT = 500  # a day of one break every three minutes
SOURCES_KEPT = 64  # that write the journal themselves; more than are shown

# Nothing here raises on entries that somebody else put into the stream: they have no key and are passed over.
_ENTRIES = """
local function field(entry, name)
  local pairs = entry[2]
  for i = 1, #pairs, 2 do if pairs[i] == name then return pairs[i + 1] end end
  return ''
end
"""

# An epoch ends where the stream is gone (expired, evicted, flushed): then the keys that are left mean nothing. A state
# that is gone alone is made again from the stream.
_WRITE = _ENTRIES + f"""
local stream, index, state = KEYS[1], KEYS[2], KEYS[3]
local clock = redis.call('TIME')
local now_ms = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function begin(epoch)
  local known = redis.call('HGET', state, 'epoch')
  if redis.call('EXISTS', stream) == 0 then
    if known and redis.call('HGET', state, 'bytes') == '0' then return known end
    redis.call('DEL', index, state)
    redis.call('HSET', state, 'epoch', epoch, 'bytes', 0, 'last', '0-0')
    return epoch
  end
  if known then return known end
  local bytes, last = 0, '0-0'
  for _, entry in ipairs(redis.call('XRANGE', stream, '-', '+')) do
    bytes, last = bytes + #field(entry, 'b'), entry[1]
    redis.call('SADD', index, field(entry, 'k'))
  end
  redis.call('HSET', state, 'epoch', epoch, 'bytes', bytes, 'last', last)
  return epoch
end

-- "hash@second": heard within the same second or the next, it is the same message.
local function is_there(key)
  if redis.call('SISMEMBER', index, key) == 1 then return true end
  local bytes, second = string.match(key, '^(%x+)@(%d+)$')
  return bytes ~= nil and (redis.call('SISMEMBER', index, bytes .. '@' .. string.format('%d', second - 1)) == 1
    or redis.call('SISMEMBER', index, bytes .. '@' .. string.format('%d', second + 1)) == 1)
end

local added, added_bytes, newest = 0, 0, nil
local function add(key, received, event)
  if is_there(key) then return end
  newest = redis.call('XADD', stream, '*', 'k', key, 'r', received, 'b', event)
  redis.call('SADD', index, key)
  added, added_bytes = added + 1, added_bytes + #event
end

local function finish()
  local known = redis.call('HMGET', state, 'events', 'size', 'age_ms', 'bytes', 'last')
  local most, size, age_ms = tonumber(known[1]), tonumber(known[2]), tonumber(known[3])
  local bytes, length, removed = tonumber(known[4]) + added_bytes, redis.call('XLEN', stream), 0
  while length > 0 and removed < {TRIMMED_AT_ONCE} do
    local count = 1
    if length > most or bytes > size then count = {READ_TOGETHER} end
    local gone = 0
    for _, entry in ipairs(redis.call('XRANGE', stream, '-', '+', 'COUNT', count)) do
      local old = now_ms - (tonumber(field(entry, 'r')) or 0) * 1000 > age_ms
      if not (old or length > most or bytes > size) then break end
      redis.call('SREM', index, field(entry, 'k'))
      bytes, length, gone = bytes - #field(entry, 'b'), length - 1, gone + 1
    end
    if gone == 0 then break end
    redis.call('XTRIM', stream, 'MAXLEN', length)
    removed = removed + gone
  end
  newest = newest or known[5]
  redis.call('HSET', state, 'bytes', bytes, 'last', newest)
  return length, bytes, removed
end
"""

_SPANS = f"""
local heard = KEYS[4]

local function spans_of(name)
  local stored = redis.call('HGET', heard, name)
  local readable, spans = pcall(cjson.decode, stored or '[]')
  return readable and spans or {{}}, stored
end

-- A gap is known for as long as any of it is recent: so long stays the span before it, and what of a source covers it.
local function is_past(name, spans, oldest)
  if spans[1][2] >= oldest then return false end
  if name == '' then return spans[2][1] < oldest end
  local consoles = spans_of('')[1]
  return not consoles or spans[1][2] <= consoles[2]
end

local function listened(name, since, until_, why, oldest)
  local spans, stored = spans_of(name)
  if not stored and name ~= '' and redis.call('HLEN', heard) >= {SOURCES_KEPT} then return end
  spans[#spans + 1] = {{since, until_, why}}
  table.sort(spans, function(a, b) return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2]) end)
  local joined = {{}}
  for _, span in ipairs(spans) do
    local before = joined[#joined]
    if before == nil or span[1] > before[2] + 0.001 then
      joined[#joined + 1] = span
    elseif span[2] > before[2] then
      before[2], before[3] = span[2], span[3]
    elseif span[2] == before[2] and before[3] == '' then
      before[3] = span[3]
    end
  end
  while #joined > 1 and (#joined > {SPANS_KEPT} or is_past(name, joined, oldest)) do table.remove(joined, 1) end
  redis.call('HSET', heard, name, cjson.encode(joined))
end
"""

# Consoles tell every second that they listen, and read all that stands in the journal then. What was recorded after the
# last of them was there, and has left the journal since, is had by nobody: it covers no gap any more.
_UNREAD = """
local function oldest_kept()
  local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  local received, now = first and tonumber(field(first, 'r')), now_ms / 1000
  return received and received <= now and received or now
end

-- Where a source's last span loses its end, an empty one is put where the journal begins: from there it may go on.
local function forget_unread()
  local oldest, consoles = oldest_kept(), spans_of('')
  local read_until = #consoles > 0 and consoles[#consoles][2] or oldest
  if oldest <= read_until then return end
  for _, name in ipairs(redis.call('HKEYS', heard)) do
    local left, ended = {}, false
    for _, span in ipairs(spans_of(name)) do
      if span[2] <= read_until or span[1] >= oldest then left[#left + 1] = span
      else
        if span[1] < read_until then left[#left + 1] = {span[1], read_until, span[3]} end
        ended = span[2] <= oldest
        if not ended then left[#left + 1] = {oldest, span[2], span[3]} end
      end
    end
    if ended and #left > 0 and left[#left][2] < oldest then left[#left + 1] = {oldest, oldest, ''} end
    if #left == 0 then redis.call('HDEL', heard, name)
    elseif name ~= '' then redis.call('HSET', heard, name, cjson.encode(left)) end
  end
end

-- The last span goes on; what is no longer covered before it stays so. Of whom there is none any more, the journal may
-- have let go of all.
local function goes_on(name, since)
  local spans = spans_of(name)
  local last = spans[#spans]
  if not last then return math.max(since, oldest_kept()) end
  return last[2] >= since and math.max(since, last[1]) or since
end
"""

RECORD = _WRITE + """
-- ARGV: epoch if there is none, most events, most bytes, most milliseconds, packed events
local epoch = begin(ARGV[1])
redis.call('HSET', state, 'events', ARGV[2], 'size', ARGV[3], 'age_ms', ARGV[4])
local before = redis.call('HGET', state, 'last')
local packed, at = ARGV[5], 1
while at <= #packed do
  local received, key_length, length
  received, key_length, length, at = struct.unpack('>dHI', packed, at)
  local key = string.sub(packed, at, at + key_length - 1)
  at = at + key_length
  add(key, string.format('%.6f', received), string.sub(packed, at, at + length - 1))
  at = at + length
end
local length, bytes = finish()
return {epoch, before, newest, added, length, bytes}
"""

PUBLISH = _WRITE + _SPANS + _UNREAD + """
-- ARGV: epoch if there is none, most events, most bytes, most milliseconds, channel, event, key, received, source,
-- since when this publisher has failed at nothing
begin(ARGV[1])
redis.call('HSETNX', state, 'events', ARGV[2])
redis.call('HSETNX', state, 'size', ARGV[3])
redis.call('HSETNX', state, 'age_ms', ARGV[4])
add(ARGV[7], ARGV[8], ARGV[6])
local _, _, removed = finish()
if removed > 0 then forget_unread() end
local age_ms = tonumber(redis.call('HGET', state, 'age_ms'))
local received = tonumber(ARGV[8])
local since = math.min(goes_on(ARGV[9], tonumber(ARGV[10])), received)
listened(ARGV[9], since, received, '', (now_ms - age_ms) / 1000)
return redis.call('PUBLISH', ARGV[5], ARGV[6])
"""

NOTE = _SPANS + """
-- ARGV: how old a span may be in seconds, then for each: name, since, until, why
local clock = redis.call('TIME')
for i = 2, #ARGV, 4 do
  listened(ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), ARGV[i + 3], clock[1] - ARGV[1])
end
"""

# What stands after a place: only the keys ("keys"), the events ("all"), or the events with the keys that follow.
READ = _ENTRIES + f"""
-- ARGV: first id, most bytes looked at, what, keys joined by line ends
local state = redis.call('HMGET', KEYS[3], 'epoch', 'last', 'bytes')
local from, budget, what, parts, reached, done = ARGV[1], tonumber(ARGV[2]), ARGV[3], {{}}, '', 0
local wanted = {{}}
if what == 'these' then for key in string.gmatch(ARGV[4], '[^\\n]+') do wanted[key] = true end end
while budget > 0 do
  local found = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', {READ_TOGETHER})
  for _, entry in ipairs(found) do
    local key, event = field(entry, 'k'), field(entry, 'b')
    budget, reached = budget - #event - 100, entry[1]
    if key ~= '' and what == 'keys' then
      parts[#parts + 1] = key
    elseif key ~= '' and (what == 'all' or wanted[key]) then
      parts[#parts + 1] = struct.pack('>dHI', tonumber(field(entry, 'r')) or 0, #key, #event) .. key .. event
    end
  end
  if #found < {READ_TOGETHER} then done = 1 break end
  local ms, number = string.match(reached, '(%d+)-(%d+)')
  from = ms .. '-' .. string.format('%.0f', number + 1)
end
local separator = ''
if what == 'keys' then separator = '\\n' end
return {{state[1] or '', state[2] or '0-0', tonumber(state[3]) or 0, redis.call('XLEN', KEYS[1]), reached, done,
  table.concat(parts, separator)}}
"""

# Of many keys, which are not there: one character each.
MISSING = """
local answer = {}
for key in string.gmatch(ARGV[1], '[^\\n]+') do
  answer[#answer + 1] = 1 - redis.call('SISMEMBER', KEYS[2], key)
end
return table.concat(answer)
"""
