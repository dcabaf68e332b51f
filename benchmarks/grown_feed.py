"""What the whole feed takes for an event, of what a bare loop takes for it: how it grows with ten times the metrics in
each event, and with ten times the samples in memory. Alerts that are there already are not touched by an event."""

from __future__ import annotations

import statistics

from benchmarks import Row
from benchmarks.ingest import BEGAN, SOURCE, bare, never_cut_off, whole
from benchmarks.page import STEP_S
from benchmarks.sizes import HISTORY, METRICS, PLAIN, SIZES, ratios, row
from dashboard.metrics.ring import Ring
from tests.servers import RedisServer

EVENTS, ROUNDS = 5_000, 5
DEARER = 4.0
"""What a bare loop takes grows, too, with events that are several times as long: so much more may the feed take."""


def fed() -> list[Row]:
    """One row; what is lost makes it missed."""
    taken: dict[str, list[float]] = {name: [] for name in (PLAIN, METRICS, HISTORY)}
    lost = 0
    server = RedisServer().start()
    try:
        never_cut_off(server)
        for _ in range(ROUNDS):  # in turns, since the machine's speed changes
            for name, each in taken.items():
                samples, copies, _ = SIZES[name]
                alone = bare(server, EVENTS, copies)
                through, missing = whole(server, EVENTS, copies, _filled(samples))
                each.append(alone / through)
                lost += missing
    finally:
        server.close()
    medians = {name: statistics.median(each) for name, each in taken.items()}
    found = row("what the whole feed takes for an event ÷ a bare get_message loop",
                f"{medians[PLAIN]:.2f}, {lost} lost", ratios(medians), {METRICS: DEARER})
    return [found if not lost else Row(found.what, found.figure, found.target, False)]


def _filled(samples: int) -> Ring:
    ring = Ring()
    for number in range(samples):
        ring.append(SOURCE, BEGAN - STEP_S * (samples - number), {"system.cpu_percent": float(number)})
    return ring
