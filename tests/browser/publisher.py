"""A producer as the contract describes it, for tests of what the page makes of its events."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tests.servers import RedisServer

CHANNEL = "tickstock:monitoring"
CONTROL_CHANNEL = "tickstock:monitoring:control"
SOURCE = "TickStockPL"


class Publisher:
    """Publishes events of one source."""

    def __init__(self, server: RedisServer, source: str = SOURCE):
        self._client = server.client()
        self.source = source
        self._began = time.time()

    def second(self, number: float) -> float:
        """`number` seconds after this publisher was made, Unix s: for samples of a line without a hole, which a test
        on a busy machine would tear into it by taking its time between them."""
        return self._began + number

    def publish(self, message: dict[str, Any] | bytes) -> None:
        """Send one message; it must reach somebody, or a test would wait for what nobody heard."""
        raw = message if isinstance(message, bytes) else json.dumps(message).encode()
        assert self._client.publish(CHANNEL, raw) > 0, "nobody is subscribed"

    def event(self, kind: str, at: float | None = None, **fields: Any) -> None:
        """Envelope A."""
        stamp = datetime.fromtimestamp(time.time() if at is None else at, UTC).replace(tzinfo=None).isoformat()
        self.publish({"event_type": kind, "source": self.source, "timestamp": stamp, **fields})

    def update(self, metrics: dict[str, Any], at: float | None = None, **fields: Any) -> None:
        self.event("METRIC_UPDATE", at, metrics=metrics, **fields)

    def alert(self, alert_id: str, message: str = "too high", level: str = "WARNING", at: float | None = None,
              **fields: Any) -> None:
        self.event("ALERT_TRIGGERED", at, alert={
            "id": alert_id, "level": level, "component": "database", "message": message, **fields})

    def payload(self, kind: str, **payload: Any) -> None:
        """Envelope B."""
        stamp = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        self.publish({"event": kind, "version": "1.0", "source": self.source, "timestamp": stamp, "payload": payload})

    def history(self, minutes: float = 10, step_s: float = 5, **series: Any) -> None:
        """Samples of the last `minutes` up to now: CPU swings, memory is level."""
        now = time.time()
        for number in range(int(minutes * 60 / step_s), 0, -1):
            self.update({"system": {"cpu_percent": 30 + number % 20, "memory_percent": 40.0} | series},
                        at=now - number * step_s)

    @contextmanager
    def steadily(self, every_s: float = 0.25) -> Iterator[None]:
        """Publish an update every `every_s` from a thread of its own while the block runs; what fails there fails the
        test, so that a Redis is ended on purpose after the block."""
        over = threading.Event()

        def run() -> None:
            for number in itertools.count():
                self.update({"system": {"cpu_percent": 20 + number % 50, "memory_percent": 41.0}})
                if over.wait(every_s):
                    return

        with ThreadPoolExecutor(1) as pool:
            publishing = pool.submit(run)
            try:
                yield
            finally:
                over.set()
            publishing.result()


class Subscriber:
    """Listens on the control channel, as a producer does."""

    def __init__(self, server: RedisServer):
        self._pubsub = server.client().pubsub(ignore_subscribe_messages=True)
        self._pubsub.subscribe(CONTROL_CHANNEL)
        self._pubsub.get_message(timeout=5)  # the confirmation: from here on nothing is missed
        self._pubsub.get_message(timeout=0)

    def next(self, timeout_s: float = 5.0) -> dict[str, Any]:
        """The next command; AssertionError where none comes."""
        message = self._pubsub.get_message(timeout=timeout_s)
        assert message is not None, "no command arrived"
        return json.loads(message["data"])

    def nothing(self, timeout_s: float = 0.3) -> bool:
        """True where no command waits and none comes within `timeout_s`."""
        return self._pubsub.get_message(timeout=timeout_s) is None

    def close(self) -> None:
        self._pubsub.close()
