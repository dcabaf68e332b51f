"""What Redis and every process have lost of the open alerts, and the history still has, is taken up again.

It is done once for each epoch of Redis, by whichever process comes first; a second one would do the same.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress

import redis

from dashboard.alerts.alert import Alert
from dashboard.alerts.earlier import document_of
from dashboard.alerts.local import LocalCopy
from dashboard.alerts.shared import SharedDocuments

_log = logging.getLogger(__name__)


class TakingUp:
    """What is owed to Redis from the history. `offer` from any thread; `step` by that of the alerts."""

    def __init__(self, local: LocalCopy):
        self._local = local
        self._offered: Sequence[Alert] | None = None
        self._epoch: str | None = None
        self._is_wanted = False
        self._owed: set[str] = set()

    @property
    def wanted(self) -> bool:
        """Whether this Redis has not been told yet which alerts the history has open."""
        return self._is_wanted and self._offered is None

    def offer(self, alerts: Sequence[Alert]) -> None:
        """All alerts that the history has open; they are looked at once Redis is there."""
        self._offered = alerts

    def step(self, shared: SharedDocuments, epoch: str | None) -> None:
        """Take up what was offered, and tell Redis once all of it is there. May raise redis.RedisError."""
        if epoch is None:
            return
        if epoch != self._epoch:
            self._is_wanted = shared.earlier_taken_up() != epoch
            self._epoch, self._offered, self._owed = epoch, None, set()
            return
        if not self._is_wanted or self._offered is None:
            return
        if not self._owed:
            documents = [document for alert in self._offered if (document := document_of(alert)) is not None]
            self._owed = {name for document in documents if (name := self._local.take_up(document)) is not None}
            if self._owed:
                _log.warning("Open alerts that Redis had lost, taken up again from the history: %d", len(self._owed))
        self._owed &= self._local.dirty_names()
        if not self._owed:
            self._is_wanted, self._offered = False, None
            with suppress(redis.ResponseError):  # a replica, or a full one: another process finds nothing to be missing
                shared.mark_earlier_taken_up(epoch)
