"""Where in time each fact of an identity stands: by the producer's time, unless its clock was set back. Pure.

What is heard late and what is told by a clock that was set back look alike: both were told before something that was
heard before them. The lag tells them apart: late by minutes is rare, and a clock is set back by more. So whatever has
a lag that is greater by more than STEP_US than that of what the producer said before, and would stand before what was
heard before it, stands where it was heard. A clock that is behind all the time has one lag, and so its own times.

An end is held to more, since one that was long on its way must not close what fired in the meantime: it stands where
it was heard only if it ends the present occurrence by the producer's own clock too, or that clock has gone on beside
ours since the occurrence was last told, and so was set back before (`_Occurrence`).

That follows from the two times that are recorded with each fact, and is the same in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from dashboard.alerts.facts import (
    MICROSECONDS,
    REOPEN,
    RESOLVE,
    SKEW_NOTICED_US,
    Click,
    Fact,
    Resolution,
    Trigger,
)

STEP_US = 300 * MICROSECONDS
"""What is heard later than that is taken as new, so that no alert is lost in one that was over before it fired."""


def ordered(facts: Collection[Fact], horizon: int | None, lag: int | None) -> list[Fact]:
    """The facts in their order, each `at` its place. `lag` is that of the newest fact up to the `horizon`."""
    known = sorted(facts, key=_order)
    lags = [fact.lag for fact in known if not isinstance(fact, Click)]
    if lag is not None:
        lags.append(lag)
    is_plain = not lags or max(lags) - min(lags) <= STEP_US
    if is_plain and (not known or horizon is None or known[0].at > horizon):
        return known  # nearly always
    return sorted(_placed(as_heard(known), horizon, lag), key=_order)


def as_heard(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=_heard)


def _placed(facts: Iterable[Fact], horizon: int | None, lag: int | None,
            occurrence: _Occurrence | None = None) -> Iterable[Fact]:
    """`facts` as they were heard; of those with a lag, that of the one that stands last is what the next is held to."""
    occurrence = occurrence or _Occurrence()
    least = -1 if horizon is None else horizon
    farthest = newest = least
    for fact in facts:
        told = fact
        if not isinstance(fact, Click):
            was_folded = fact.at <= least  # what came before; it is here since `comes_after` let it in
            if lag is not None and (was_folded or (fact.at < farthest and fact.lag - lag > STEP_US)):
                if was_folded or occurrence.goes_on_with(fact):
                    place = max(_heard(fact)[0] - lag, farthest + 1)
                    fact = replace(fact, at=place, lag=_heard(fact)[0] - place)
                else:
                    fact = replace(fact, lag=lag)  # how long it was on its way says nothing of the clock
            if fact.at >= newest:
                newest, lag = fact.at, fact.lag
        farthest = max(farthest, fact.at)
        occurrence.add(told, fact.at)
        yield fact


class _Occurrence:
    """What was told of the present alert, by the producer's clock: the triggers since the last end."""

    def __init__(self) -> None:
        self._triggers: list[tuple[int, Trigger]] = []  # each with its place
        self._ended = -1
        self._by_hand: int | None = None  # what a person saw who ended it; a reopening takes it back

    def add(self, told: Fact, place: int) -> None:
        if isinstance(told, Resolution):
            self._end(place)
        elif isinstance(told, Click):
            if told.action in (RESOLVE, REOPEN):
                self._by_hand = told.seen if told.action == RESOLVE else None
        else:
            if self._by_hand is not None:
                self._end(self._by_hand)
                self._by_hand = None
            if place > self._ended:
                self._triggers.append((place, told))

    def _end(self, place: int) -> None:
        self._ended = max(self._ended, place)
        self._triggers = [entry for entry in self._triggers if entry[0] > place]

    def goes_on_with(self, fact: Fact, is_older: bool = False) -> bool:
        """Whether `fact`, told long before what was heard before it, is new. `is_older`: it began before the horizon,
        where the producer's times are not known any more."""
        if isinstance(fact, Trigger):
            return True
        if not self._triggers:
            return False  # nothing to end
        if not is_older and all(trigger.at <= fact.at for _, trigger in self._triggers):
            return True
        newest = self._triggers[-1][1]
        passed = _heard(fact)[0] - _heard(newest)[0]
        return passed >= SKEW_NOTICED_US and abs(fact.lag - newest.lag) <= min(SKEW_NOTICED_US, passed // 2)


def comes_after(fact: Fact, horizon: int, is_open: bool, lag: int, heard: int, kept: Iterable[Fact]) -> bool:
    """Whether a fact that was told before the horizon comes after all that was folded up to there, of which the newest
    has `lag` and the last was heard at `heard`; `is_open` where it left an open alert. `kept` is what is not folded."""
    if isinstance(fact, Click) or fact.at + fact.lag <= heard:
        return False
    before = as_heard(other for other in kept if _heard(other) < _heard(fact))
    lags = (other.lag for other in before if not isinstance(other, Click))
    if fact.lag - min(lags, default=lag) <= STEP_US and fact.lag - lag <= STEP_US:
        return False
    occurrence = _Occurrence()
    for _ in _placed(before, horizon, lag, occurrence):
        pass
    return occurrence.goes_on_with(fact, is_older=is_open)


def first_clock(kept: Iterable[Fact], horizon: int) -> tuple[int, int] | None:
    """Lag and time of hearing of what was first heard of what was told after the horizon, if there is any."""
    said = (fact for fact in kept if not isinstance(fact, Click) and fact.at > horizon)
    first = min(said, key=_heard, default=None)
    return None if first is None else (first.lag, _heard(first)[0])


def believed(fact: Fact, latest: int) -> Fact:
    """The fact; where it was heard after `latest`, which is yet to come, our own clock was set back since: when it was
    heard is not known then, and only the producer's time counts."""
    return replace(fact, lag=0) if fact.at <= latest < fact.at + fact.lag else fact


def _heard(fact: Fact) -> tuple[int, tuple[int, int, int, str]]:
    return fact.at + fact.lag, fact.order


def _order(fact: Fact) -> tuple[int, int, int, str]:
    return fact.order
