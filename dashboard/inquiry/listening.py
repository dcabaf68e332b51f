"""In which times of a window no process of the console listened: who was silent then may have sent all the same."""

from __future__ import annotations

from typing import Any

from dashboard.explore.span import Span
from dashboard.feed.coverage import Gap, Heard, union
from dashboard.history.answers import HistoryUnavailable

GOES_ON_S = 30.0
"""A process tells the store every ten seconds that it still listens: one that told so lately still does."""
NOBODY = "no process of the console is known to have listened"


def unheard(services: Any, span: Span) -> tuple[list[Gap], str]:
    """The times of `span` of which nobody is known to have listened, oldest first; and why the store could not be read,
    "" where it was.

    What processes wrote into the store counts, and what this one remembers of itself and of others. Where the store
    cannot be read that is all there is: the time before is not known, and so is among them.
    """
    now, unavailable = services.clock(), ""
    spans = list(services.record.listened(now))
    try:
        spans += [Heard(since, until) for since, until in services.history.events.listened(span.start, span.end)]
    except HistoryUnavailable as error:
        unavailable = error.reason
    found, reached = [], span.start
    for one in union(Heard(each.since, now if now - each.until <= GOES_ON_S else each.until) for each in spans):
        if one.since > reached:
            found.append(Gap(reached, min(one.since, span.end), NOBODY))
        reached = max(reached, one.until)
        if reached >= span.end:
            return found, unavailable
    return [*found, Gap(reached, span.end, NOBODY)], unavailable
