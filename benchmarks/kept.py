"""What a process keeps of its feed beside the ring: what a lost journal is told again, and which events were heard."""

from __future__ import annotations

import secrets

import numpy as np
import orjson

from benchmarks import Row
from benchmarks.ring import DAY_ROWS, START, STEP_S, own_bytes
from dashboard.feed.chronicle import Chronicle
from dashboard.feed.known_keys import KnownKeys
from dashboard.feed.packed import Entry
from dashboard.feed.shared_journal import Bounds
from dashboard.settings import Settings

METRICS = 30


def told_again() -> list[Row]:
    """Two digits of each figure after the point are made by chance: hardly any producer's can be packed worse."""
    chronicle, generator, sent = Chronicle(Bounds.of(Settings())), np.random.default_rng(1), 0
    for row in range(DAY_ROWS):
        key, at = f"{row:032x}", START + row * STEP_S
        figures = generator.normal(50.0, 10.0, size=METRICS).round(2).tolist()
        raw = orjson.dumps({
            "event_type": "METRIC_UPDATE", "source": "TickStockPL", "timestamp": at, "event_id": key,
            "metrics": {"system": {f"metric_{number}": figure for number, figure in enumerate(figures)}}})
        chronicle.add(Entry(key, at, raw))
        sent += len(raw)
    return [Row("24 h at 5 s, 30 metrics, kept compressed for a journal that was lost",
                f"{chronicle.memory / 1e6:.1f} MB of {sent / 1e6:.1f} MB", "told", True)]


def keys() -> list[Row]:
    kept = Settings().journal_events
    before, known = own_bytes(), KnownKeys(kept)
    for _ in range(kept + 20_000):
        known.add(secrets.token_hex(16))
    held = own_bytes() - before
    return [Row(f"keys of the last {kept:,} events", f"{held / 1e6:.0f} MB", "told", len(known) == kept)]


def rows() -> list[Row]:
    return [*told_again(), *keys()]
