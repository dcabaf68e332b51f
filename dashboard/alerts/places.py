"""Where in time each fact of an identity stands: by the producer's time, unless its clock was set back. Pure.

What is heard late and what is told by a clock that was set back look alike: both were told before something that was
heard before them. The lag tells them apart: late by minutes is rare, and a clock is set back by more. So whatever has
a lag that is greater by more than STEP_US than that of what the producer said before, and would stand before what was
heard before it, stands where it was heard. A clock that is behind all the time has one lag, and so its own times.

That follows from the two times that are recorded with each fact, and is the same in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from dashboard.alerts.facts import MICROSECONDS, Click, Fact

STEP_US = 300 * MICROSECONDS
"""What is heard later than that is taken as new, so that no alert is lost in one that was over before it fired."""


def ordered(facts: Collection[Fact], horizon: int | None, lag: int | None) -> list[Fact]:
    """The facts in their order, each `at` its place. `lag` is that of the newest fact up to the `horizon`."""
    known = sorted(facts, key=_order)
    lags = [fact.lag for fact in known if not isinstance(fact, Click)]
    if lag is not None:
        lags.append(lag)
    if not lags or max(lags) - min(lags) <= STEP_US:
        return known  # nearly always
    return sorted(_placed(sorted(known, key=_heard), horizon, lag), key=_order)


def _placed(facts: Iterable[Fact], horizon: int | None, lag: int | None) -> Iterable[Fact]:
    """`facts` as they were heard; of those with a lag, that of the one that stands last is what the next is held to."""
    least = -1 if horizon is None else horizon
    farthest = newest = least
    for fact in facts:
        if not isinstance(fact, Click):
            was_folded = fact.at <= least  # what came before; it is here since it was heard after that
            if lag is not None and (was_folded or (fact.at < farthest and fact.lag - lag > STEP_US)):
                place = max(_heard(fact)[0] - lag, farthest + 1)
                fact = replace(fact, at=place, lag=_heard(fact)[0] - place)
            if fact.at >= newest:
                newest, lag = fact.at, fact.lag
        farthest = max(farthest, fact.at)
        yield fact


def comes_after(fact: Fact, lag: int | None, heard: int | None, kept: Iterable[Fact]) -> bool:
    """Whether a fact that was told before the horizon comes after all that was folded up to there, of which the newest
    has `lag` and the last was heard at `heard`. `kept` are the facts that are not folded."""
    if isinstance(fact, Click) or lag is None or heard is None or fact.at + fact.lag <= heard:
        return False
    lags = (other.lag for other in kept if not isinstance(other, Click) and _heard(other) < _heard(fact))
    return fact.lag - min(lags, default=lag) > STEP_US or fact.lag - lag > STEP_US


def believed(fact: Fact, latest: int) -> Fact:
    """The fact; where it was heard after `latest`, which is yet to come, our own clock was set back since: when it was
    heard is not known then, and only the producer's time counts."""
    return replace(fact, lag=0) if fact.at <= latest < fact.at + fact.lag else fact


def _heard(fact: Fact) -> tuple[int, tuple[int, int, int, str]]:
    return fact.at + fact.lag, fact.order


def _order(fact: Fact) -> tuple[int, int, int, str]:
    return fact.order
