"""What Redis and every process have lost of the open alerts, and the history still has, is taken up again.

It is done once for each epoch of Redis, by whichever process comes first; where a process has lived through the loss
it is not done at all, since that one knows more than the history.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

import redis

from dashboard.alerts.alert import Alert
from dashboard.alerts.earlier import document_of
from dashboard.alerts.local import LocalCopy
from dashboard.alerts.shared import SharedDocuments

AT_ONCE = 100
"""Alerts of one step, some 20 ms: the feed waits no longer than that."""
SURVIVORS_S = 2.0
"""So long a process that has outlived the loss has for saying so: it notices within half a second."""

_log = logging.getLogger(__name__)


class TakingUp:
    """`step` by the thread of the alerts, all else by that of the history. `has_history`: whether there is one.

    `failed` is called with the error of an alert that cannot be taken; the others go on.
    """

    def __init__(self, local: LocalCopy, failed: Callable[[Exception], None], has_history: Callable[[], bool],
                 monotonic: Callable[[], float] = time.monotonic):
        self._local, self._failed, self._has_history, self._monotonic = local, failed, has_history, monotonic
        self._epoch: str | None = None
        self._is_over = False
        self._forget()

    def _forget(self) -> None:
        self._offered: list[Alert] | None = None
        self._has_begun = False
        self._owed: set[str] = set()
        self._taken = 0
        self._begin_at = self._monotonic() + SURVIVORS_S

    @property
    def may_lack(self) -> bool:
        """Whether the history may have open alerts that this process does not know: then one that seems new to it may
        be one of these."""
        return not self._is_over

    @property
    def wanted(self) -> bool:
        """Whether it waits for what the history has open."""
        return self._epoch is not None and not self._is_over and self._offered is None

    def offer(self, alerts: Iterable[Alert]) -> None:
        """All alerts that the history has open."""
        # Of one identity the newest is the one that goes on: what is known then is not taken twice.
        self._offered = sorted(alerts, key=_last_seen, reverse=True)

    def step(self, shared: SharedDocuments, epoch: str | None) -> None:
        """Take up some of what was offered, and tell Redis once all is there. May raise redis.RedisError."""
        if epoch is None:
            return
        if epoch != self._epoch:
            self._meet(shared, epoch)
        elif not self._is_over and self._offered is not None:
            if not self._has_begun:
                if self._monotonic() < self._begin_at:
                    return
                if not shared.has_lost(epoch):
                    self._end()  # another process was first
                    return
            self._has_begun = True
            self._take_some()
            self._owed &= self._local.dirty_names()
            if not self._offered and not self._owed:
                _tell_recovered(shared, epoch)
                if self._taken:
                    _log.warning("Open alerts that Redis had lost, taken up again from the history: %d", self._taken)
                self._end()

    def _meet(self, shared: SharedDocuments, epoch: str) -> None:
        """A Redis of which this process knows nothing yet, or one that has lost all."""
        lived_through, has_lost = self._is_over, shared.has_lost(epoch)
        if has_lost and lived_through:
            _tell_recovered(shared, epoch)
        self._forget()
        self._epoch = epoch
        # Without a history here another process may have one.
        self._is_over = lived_through or not has_lost or not self._has_history()

    def _take_some(self) -> None:
        for alert in self._offered[:AT_ONCE]:
            try:
                document = document_of(alert)
                name = None if document is None else self._local.take_up(document)
            except Exception as error:  # whatever stands in it
                self._failed(error)
                continue
            if name is not None:
                self._owed.add(name)
                self._taken += 1
        del self._offered[:AT_ONCE]

    def _end(self) -> None:
        self._forget()
        self._is_over = True


def _tell_recovered(shared: SharedDocuments, epoch: str) -> None:
    with suppress(redis.ResponseError):  # a replica, or a full one: the next process finds nothing to be missing
        shared.recovered(epoch)


def _last_seen(alert: Alert) -> float:
    """0 where the history has no time."""
    return alert.last_seen if isinstance(alert.last_seen, int | float) else 0.0
