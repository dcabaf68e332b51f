"""Several Redis servers: the master behind Sentinels, and the node of a cluster that has the keys, killed under load.

The publisher records, and goes on through it. What Redis had accepted in the very moment of its death is told by
itself: it may have reached a replica and the subscribers, or not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import Row
from dashboard.services import build
from dashboard.settings import Settings
from tests.feeds import Feed
from tests.integration.groups.under_load import LAST_WORDS_S, is_master, lost, under_load
from tests.redis_groups import DOWN_AFTER_MS, ClusterGroup, SentinelGroup
from tests.servers import RedisServer, wait_for

FAILOVER_WITHIN_S = 60.0


@dataclass
class Failover:
    """`again_s` from the kill until the console was at the new master, of which `named_s` until there was one."""

    accepted: int
    lost: int
    at_death: int
    gap_s: float
    named_s: float
    again_s: float

    def __str__(self) -> str:
        return (f"{self.lost} of {self.accepted:,}, and {self.at_death} of its last {LAST_WORDS_S * 1000:.0f} ms; "
                f"gap {self.gap_s:.1f} s; a new master after {self.named_s:.1f} s, the console there after "
                f"{self.again_s:.1f} s")


def rows() -> list[Row]:
    """The figures, each with its target."""
    found = []
    for begin, master, words, target, is_met in (
            (SentinelGroup, lambda group: group.master,
             f"the master behind three Sentinels (down after {DOWN_AFTER_MS / 1000:g} s)", "0; gap told",
             lambda failover: failover.lost == 0 and failover.gap_s > 0),
            (ClusterGroup, lambda group: group.owner, "the node of a cluster of three that has the keys", "0; no gap",
             lambda failover: failover.lost == 0 and failover.gap_s == 0)):
        group = begin()
        try:
            failover = killed(group.url, master(group), group.replica)
        finally:
            group.close()
        found.append(Row(f"{words} killed under load: lost of what was accepted", str(failover), target,
                         is_met(failover)))
    return found


def killed(url: str, master: RedisServer, replica: RedisServer) -> Failover:
    """Its replica takes over; the load goes on before, meanwhile and afterwards."""
    settings = Settings(redis_url=url, database_url="off")
    feed, services = Feed(url).start(), build(settings)
    services.start()
    wait_for(lambda: services.alerts.connected and services.listener.is_whole, what="the console")
    with under_load(settings, feed, 0) as load:
        master.kill()
        load.died_at = time.time()
        began = time.monotonic()
        wait_for(lambda: not services.alerts.connected, FAILOVER_WITHIN_S, what="the loss noticed")
        named_s = _since(began, lambda: is_master(replica), "the replica made master")
        again_s = _since(began, lambda: services.alerts.connected and services.listener.is_whole and feed.is_whole(),
                         "the console at the new one")
    missing = [load.accepted[number] for number in lost(feed, load)]
    gap_s = sum(gap.end - gap.start for gap in feed.record.gaps)
    services.stop()
    feed.stop()
    at_death = sum(at >= load.died_at - LAST_WORDS_S for at in missing)
    return Failover(len(load.accepted), len(missing) - at_death, at_death, gap_s, named_s, again_s)


def _since(began: float, condition: Callable[[], object], what: str) -> float:
    wait_for(condition, FAILOVER_WITHIN_S, what=what)
    return time.monotonic() - began
