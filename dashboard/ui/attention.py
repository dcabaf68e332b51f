"""What an open page needs to draw its viewer back to it: the number in its title, and which alerts to tell of. Pure."""

from __future__ import annotations

from functools import lru_cache
from heapq import nlargest
from typing import Any

from dashboard.alerts.alert import ACTIVE, Alert
from dashboard.alerts.facts import REOPEN, UNACKNOWLEDGE
from dashboard.alerts.query import AlertIndex
from dashboard.alerts.timeline import EXPIRED, WORSE
from dashboard.events import LEVELS, normal_level
from dashboard.ui.moment import Moment, fingerprint
from dashboard.ui.palette import level_shape, level_tone, level_word
from dashboard.ui.sources import place

TOLD_OF = 30
"""Alerts a page is told of, the newest: some 4 kB, and only when they change. Of more than a few new ones a page says
the number; nobody reads thirty notifications."""
TEXT_SHOWN = 120  # characters of a message, in a notification of two lines
CAME_BACK = frozenset({EXPIRED, WORSE, UNACKNOWLEDGE, REOPEN})
"""What makes an alert wait for somebody again."""
ATTENTION = "attention"


def changed(moment: Moment) -> tuple[dict[str, Any], dict[str, str]]:
    """(what differs from what the page has, its revision); both empty where nothing does."""
    wanted = _wanted(moment)
    revision = fingerprint(wanted)
    if (moment.view.revisions or {}).get(ATTENTION) == revision:
        return {}, {}
    return {ATTENTION: wanted}, {ATTENTION: revision}


def _wanted(moment: Moment) -> dict[str, Any]:
    """`count` of unacknowledged alerts and `tone` of the gravest, as the strip says them; and for a viewer who wants to
    be told, from which `level` up, and the `fresh` ones, newest first: [mark, tone, level, title, place, ms] of each.

    `older`, where not all of them are told of: what became news before then (ms) is no news when it moves up."""
    index, level = moment.services.alerts.index(), moment.view.attention
    wanted: dict[str, Any] = {"count": index.counts()["active"], "tone": _tone(index)}
    if level is not None:
        fresh = _fresh(index, level)
        wanted |= {"level": level, "fresh": fresh[:TOLD_OF]}
        if len(fresh) > TOLD_OF:
            wanted["older"] = fresh[TOLD_OF - 1][-1]
    return wanted


@lru_cache(maxsize=1)  # every tick of every page asks; an index stands until something changes
def _tone(index: AlertIndex) -> str:
    gravest = next((alert for alert in index.all if alert.state == ACTIVE), None)
    return level_tone(gravest.level) if gravest is not None else "ok"


@lru_cache(maxsize=len(LEVELS))
def _fresh(index: AlertIndex, level: str) -> list[list[Any]]:
    """One more than is told of, where there are more."""
    rank = normal_level(level)[1]
    heard = [alert for alert in index.all if alert.state == ACTIVE and alert.rank <= rank and is_news(alert)]
    return [_line(alert) for alert in nlargest(TOLD_OF + 1, heard, key=news_at)]


def is_news(alert: Alert) -> bool:
    """Whether somebody should be told of an unacknowledged alert: nobody has said not to be."""
    return alert.silenced_by is None and alert.snoozed_by is None and alert.flapping_until is None


def news_at(alert: Alert) -> float:
    """When something last happened to it that may have made it news, in microseconds; its occurrences do not count."""
    return alert.timeline[-1].at_us if alert.timeline else alert.first_seen * 1_000_000


def _mark(alert: Alert) -> str:
    """By what a browser remembers that it told of an alert: its key, and when it last went from taken on to waiting,
    since that is news again. No key holds a `#`."""
    back = next((entry.at_us for entry in reversed(alert.timeline) if entry.action in CAME_BACK), None)
    return alert.key if back is None else f"{alert.key}#{back}"


def _line(alert: Alert) -> list[Any]:
    return [_mark(alert), level_tone(alert.level), f"{level_shape(alert.level)} {level_word(alert.level)}",
            (alert.message or alert.id)[:TEXT_SHOWN], place(alert.component, alert.source)[:TEXT_SHOWN],
            int(news_at(alert) // 1_000)]
