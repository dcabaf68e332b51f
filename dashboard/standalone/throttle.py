"""How often somebody may try to sign in."""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE_TRIES = 5  # a person who mistypes is done by then
FIRST_WAIT_S = 5.0  # after them, doubled by each further try
LONGEST_WAIT_S = {"address": 900.0, "user": 60.0}  # short for a name: else a stranger could lock its owner out
FORGET_AFTER_S = 3600.0
MOST_KEYS = 10_000  # some 2 MB; beyond, whoever was quiet for longest is forgotten
NAME_LENGTH = 150


@dataclass(slots=True)
class _Record:
    tries: int = 0
    free_at: float = 0.0
    last_at: float = 0.0


class Throttle:
    """Counts tries for each address and each user name. A try is counted before the password is looked at, so that
    many at once cannot slip through; signing in takes the count away."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic, most_keys: int = MOST_KEYS):
        self._monotonic = monotonic
        self._most_keys = most_keys
        self._records: OrderedDict[tuple[str, str], _Record] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, address: str, username: str) -> int:
        """0 if this try may go on (it is counted), else the whole seconds until the next one may."""
        with self._lock:
            now = self._monotonic()
            keys = self._keys(address, username)
            wait_s = max(self._wait(key, now) for key in keys)
            if wait_s > 0:
                return math.ceil(wait_s)
            for key in keys:
                self._count(key, now)
            return 0

    def succeeded(self, address: str, username: str) -> None:
        """Forget what was counted for both."""
        with self._lock:
            for key in self._keys(address, username):
                self._records.pop(key, None)

    def __len__(self) -> int:
        return len(self._records)

    @staticmethod
    def _keys(address: str, username: str) -> tuple[tuple[str, str], tuple[str, str]]:
        return ("address", neighbourhood(address)), ("user", username.strip().casefold()[:NAME_LENGTH])

    def _wait(self, key: tuple[str, str], now: float) -> float:
        record = self._records.get(key)
        return 0.0 if record is None else record.free_at - now

    def _count(self, key: tuple[str, str], now: float) -> None:
        record = self._records.pop(key, None)
        if record is None or now - record.last_at > FORGET_AFTER_S:
            record = _Record()
        record.tries += 1
        record.last_at = now
        if record.tries >= FREE_TRIES:
            doubled = FIRST_WAIT_S * 2.0 ** min(record.tries - FREE_TRIES, 20)
            record.free_at = now + min(doubled, LONGEST_WAIT_S[key[0]])
        self._records[key] = record  # put back at the end: the order is by last use
        while len(self._records) > self._most_keys:
            self._records.popitem(last=False)


def neighbourhood(address: str) -> str:
    """What counts as one address: an IPv6 customer holds a whole /64."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
