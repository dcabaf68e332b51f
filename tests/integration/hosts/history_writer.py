"""A process that writes the history at a URL: `python -m … URL` one sample, when a line comes in, and says whether it
could; `URL NUMBER` samples from that number on, as fast as it can, until it is killed, and says how far it has come."""

from __future__ import annotations

import sys
from itertools import count

from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.settings import Settings

NOW = 1_760_000_000.0
AT_ONCE = 20


def main(url: str, first: str | None = None) -> None:
    ring = Ring()
    store = HistoryStore(Settings(database_url=url), ring, clock=lambda: NOW)
    if first is None:
        ring.append("pl", NOW - 1, {"a": 1.0})
        sys.stdin.readline()
        print(store.step() or store.step() or store.status, flush=True)
        return
    for number in count(int(first)):
        ring.append("pl", NOW - 100_000 + number * 0.5, {"a": float(number), "b": 1.0})
        if number % AT_ONCE == 0:
            assert store.step(), store.status
            print(number, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
