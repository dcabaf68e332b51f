"""A way to Redis that outlives its absence: what cannot be sent now is kept, and sent when Redis is back."""

from __future__ import annotations

import logging
import random
import time
from collections import deque
from collections.abc import Callable

import redis

from dashboard.feed.connection import plain_words

log = logging.getLogger(__name__)

MOST_KEPT = 720  # messages: an hour of updates every 5 s, some 700 kB
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 10.0
SETTLE_S = 2.0  # after Redis is back: its subscribers need a moment too, and pub/sub forgets whoever is not there


class Outbox:
    """Stands in for a Redis client's `publish`. Used by one thread.

    `expendable` says of a message whether it may be dropped first when too many wait. Times are monotonic seconds.
    """

    def __init__(
        self,
        client: redis.Redis,
        *,
        expendable: Callable[[bytes], bool] = lambda message: True,
        most_kept: int = MOST_KEPT,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ):
        self._client = client
        self._expendable = expendable
        self._most_kept = most_kept
        self._monotonic = monotonic
        self._chance = chance
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._wait_s = FIRST_WAIT_S
        self._not_before = 0.0
        self.connected: bool | None = None  # None: not tried yet
        self.sent = 0
        self.dropped = 0
        self.publish_ms: float | None = None  # how long the newest message took

    @property
    def backlog(self) -> int:
        return len(self._waiting)

    def publish(self, channel: str, message: bytes) -> int:
        """Send the message, or keep it. Returns how many received it: 0 also where it waits."""
        self._waiting.append((channel, message))
        if len(self._waiting) > self._most_kept:
            self._drop_one()
        return self.flush()

    def flush(self) -> int:
        """Send what waits, oldest first, if it is time to. Returns how many received the newest of them."""
        now = self._monotonic()
        if now < self._not_before:
            return 0
        receivers = 0
        try:
            if self.connected is False:
                self._client.ping()
                self.connected = True
                self._not_before = now + SETTLE_S
                log.warning("Redis answers again; %d messages waited", self.backlog)
                return 0
            while self._waiting:
                started = self._monotonic()
                receivers = self._client.publish(*self._waiting[0])
                self.publish_ms = (self._monotonic() - started) * 1000
                self._waiting.popleft()
                self.sent += 1
                self.connected = True
                self._wait_s = FIRST_WAIT_S
        except (redis.RedisError, OSError) as problem:
            self._failed(problem)
        return receivers

    def _failed(self, problem: Exception) -> None:
        if self.connected is not False:
            log.warning("%s; measuring goes on", plain_words(problem))
        self.connected = False
        # Somewhere in the upper half of the wait: agents of many machines must not come back all at once.
        self._not_before = self._monotonic() + self._wait_s * (0.5 + self._chance() / 2)
        self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)

    def _drop_one(self) -> None:
        self.dropped += 1
        for index, (_, message) in enumerate(self._waiting):
            if self._expendable(message):
                del self._waiting[index]
                return
        self._waiting.popleft()
