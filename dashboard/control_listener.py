"""Listens for commands on the control channel, for producers. A thread that survives whatever Redis does."""

from __future__ import annotations

import contextlib
import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import orjson
import redis

log = logging.getLogger(__name__)

WAIT_S = 0.5  # for one message; also how soon `stop` is noticed
PING_AFTER_S = 2.0  # of silence
DEAD_AFTER_S = 5.0  # of silence in spite of pings: a frozen server never closes its connections
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 10.0
LARGEST_COMMAND = 64 * 1024  # bytes; commands have a few hundred


class ControlListener:
    """Calls `deliver(command)` in its own thread for every JSON object with an `action`; anything else is ignored.

    `connect` makes a new client; its socket timeout bounds how long `stop` may take.
    """

    def __init__(
        self,
        connect: Callable[[], redis.Redis],
        channel: str,
        deliver: Callable[[dict[str, Any]], None],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ):
        self._connect = connect
        self._channel = channel
        self._deliver = deliver
        self._monotonic = monotonic
        self._chance = chance
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.subscribed = threading.Event()

    def start(self) -> None:
        """Start the thread; nothing where it runs already."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="agent-control", daemon=True)
            self._thread.start()

    def stop(self, limit_s: float = 3.0) -> bool:
        """End the thread; False where it did not end in time."""
        self._stop.set()
        thread, self._thread = self._thread, None
        if thread is None:
            return True
        thread.join(limit_s)
        return not thread.is_alive()

    def _run(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._stop.is_set():
            with contextlib.suppress(redis.RedisError, OSError):  # the outbox says it, once for both
                self._listen()
            if self.subscribed.is_set():
                wait_s = FIRST_WAIT_S
            self.subscribed.clear()
            self._stop.wait(wait_s * (0.5 + self._chance() / 2))
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    def _listen(self) -> None:
        with self._connect() as client, client.pubsub() as pubsub:
            pubsub.subscribe(self._channel)
            heard = pinged = self._monotonic()
            while not self._stop.is_set():
                message = pubsub.get_message(timeout=WAIT_S)
                now = self._monotonic()
                if message is not None:
                    heard = now
                    self._take(message)
                elif now - heard > DEAD_AFTER_S:
                    return
                elif now - max(heard, pinged) > PING_AFTER_S:
                    pinged = now
                    pubsub.ping()

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            self.subscribed.set()
        if message["type"] != "message":
            return
        command = read_command(message["data"])
        if command is not None:
            try:
                self._deliver(command)
            except Exception:
                log.exception("A command could not be delivered")


def read_command(data: bytes) -> dict[str, Any] | None:
    """The command in a message, its `action` in upper case; None where there is none."""
    if len(data) > LARGEST_COMMAND:
        return None
    try:
        command = orjson.loads(data)
    except ValueError:
        return None
    if not isinstance(command, dict) or not isinstance(command.get("action"), str):
        return None
    return command | {"action": command["action"].strip().upper()[:100]}
