"""What a whole console takes for an event, of what a bare loop takes and of what a subscriber takes that forwards it:
how it grows with ten times the metrics in each event, the samples in memory, and the open alerts."""

from __future__ import annotations

import statistics

from benchmarks import Row
from benchmarks.forwarder import forwarded
from benchmarks.ingest import FORWARDED, bare, message, never_cut_off, whole
from benchmarks.sizes import METRICS, PLAIN, SIZES, ratios, row
from tests.servers import RedisServer

EVENTS, ROUNDS = 5_000, 5
DEARER = 4.0
"""What the others take grows, too, with events that are several times as long: so much more may a console take."""


def fed() -> list[Row]:
    """Two rows; what is lost makes them missed."""
    loop: dict[str, list[float]] = {name: [] for name in SIZES}
    forwarder: dict[str, list[float]] = {name: [] for name in SIZES}
    lost = 0
    server = RedisServer().start()
    try:
        never_cut_off(server)
        for _ in range(ROUNDS):  # in turns, since the machine's speed changes
            for name, (samples, copies, alerts) in SIZES.items():
                alone = bare(server, EVENTS, copies)
                through, missing = whole(server, EVENTS, copies, samples=samples, alerts=alerts)
                by_post = forwarded(server, [message(number, copies) for number in range(FORWARDED)])
                loop[name].append(alone / through)
                forwarder[name].append(by_post / through)
                lost += missing
    finally:
        server.close()
    return [_row("a bare get_message loop", loop, "{:.2f}", lost),
            _row("a subscriber that forwards each event by HTTP POST", forwarder, "{:.3f}", lost)]


def _row(other: str, taken: dict[str, list[float]], words: str, lost: int) -> Row:
    medians = {name: statistics.median(each) for name, each in taken.items()}
    found = row(f"what a whole console takes for an event ÷ {other}", f"{words.format(medians[PLAIN])}, {lost} lost",
                ratios(medians), {METRICS: DEARER})
    return found if not lost else Row(found.what, found.figure, found.target, False)
