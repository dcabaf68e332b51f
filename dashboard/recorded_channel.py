"""Publishing and recording in one step, for producers: what is sent so is in the journal, whoever listened."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable

import redis

from dashboard.events import Rejected, parse
from dashboard.feed.journal_scripts import PUBLISH, journal_keys
from dashboard.settings import Settings

log = logging.getLogger(__name__)


class RecordedChannel:
    """Stands in for a Redis client's `publish`: one script writes the journal and publishes, or neither happens.

    Where Redis takes no writes (no memory left, a replica, a user without the right) the event is published all the
    same, and counted in `unrecorded`. `key_prefix` is that of the consoles (`MONITORING_KEY_PREFIX`). The bounds of
    `settings` hold until a console has set its own. Safe to share between threads if the client is.
    """

    def __init__(self, client: redis.Redis, key_prefix: str | None = None, *, settings: Settings | None = None,
                 clock: Callable[[], float] = time.time):
        settings = settings or Settings()
        self._client, self._clock = client, clock
        self._keys = journal_keys(key_prefix or settings.key_prefix)
        self._bounds = (settings.journal_events, int(settings.journal_mb * 1024 * 1024),
                        int(settings.journal_hours * 3_600_000))
        self._publish = client.register_script(PUBLISH)
        self._since: float | None = None  # every event since then is recorded
        self.unrecorded = 0

    def publish(self, channel: str, message: bytes) -> int:
        """Record and send; how many received it. Raises redis.RedisError or OSError where Redis cannot be reached."""
        now = self._clock()
        event = parse(message, now)
        if isinstance(event, Rejected):  # a console will say what is wrong with it; there is nothing to record
            return self._client.publish(channel, message)
        since, self._since = self._since or now, None
        try:
            receivers = self._publish(self._keys, [
                secrets.token_hex(8), *self._bounds, channel, message, event.key, repr(now), event.source, repr(since)])
        except (redis.exceptions.ClusterDownError, redis.exceptions.TryAgainError):
            raise  # in a moment it can be recorded
        except redis.ResponseError as error:
            return self._only_publish(channel, message, error)
        self._since = since
        return receivers

    def _only_publish(self, channel: str, message: bytes, error: redis.ResponseError) -> int:
        receivers = self._client.publish(channel, message)
        if not self.unrecorded:
            log.warning("Published without a record: %s", type(error).__name__)
        self.unrecorded += 1
        return receivers

    def ping(self) -> bool:
        """Whether Redis answers; raises as `publish` does."""
        return self._client.ping()
