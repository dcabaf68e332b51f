"""The alerts that follow from a document's facts, and the document kept within its bounds. Pure.

Counts and states are exact as long as nothing comes more than FACTS_KEPT facts late; beyond that a count is a lower
bound, and never too high. Texts are exact for CONTENTS_KEPT facts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard.alerts.alert import RESOLVED, Alert
from dashboard.alerts.document import Document
from dashboard.alerts.episode import Episode
from dashboard.alerts.facts import MICROSECONDS, REOPEN, Click, Content, Fact, Resolution, Trigger

FACTS_KEPT = 200
"""Facts of one identity kept one by one: 8 kB, and minutes of a producer that repeats itself every second."""
FACTS_AT_MOST = 2_000
"""Kept instead where so many share one time that no horizon can be drawn between them."""
EPISODES_KEPT = 10
"""Resolved alerts kept in the document of their identity; older ones stand on their own."""
CONTENTS_KEPT = 10
"""Triggers whose text is kept beside that of each alert's newest: enough for a resolution that comes late."""
FLAPPING_EVENTS, FLAPPING_CHANGES = 20, 4
"""Four changes (fired, over, another level) or more in the last twenty events of the producer: flapping."""
FLAPPING_WITHIN_US = 3_600 * MICROSECONDS
"""Changes that are older do not count: an alert that comes and goes once a week is not flapping."""


def alerts_of(document: Document) -> tuple[Alert, ...]:
    """The alerts that follow from the document's facts, oldest first; at most the last one is open."""
    episodes, _ = _fold(document, document.ordered())
    return tuple(episode.to_alert(document.source, document.id) for episode in episodes)


@dataclass(slots=True)
class Course:
    """What the facts so far leave behind for the next alert of the identity.

    `previous` is the key of the last resolution that counted, `by_person` whether a person had made it; `recent`
    holds for each of the last FLAPPING_EVENTS producer events when it was heard, if it changed something, else 0.
    """

    previous: str
    by_person: bool
    recent: tuple[int, ...]

    def heard(self, at: int, changed: bool) -> int | None:
        """One more event of the producer; until when (microseconds) its alert is flapping, None: it is not."""
        self.recent = (*self.recent, at if changed else 0)[-FLAPPING_EVENTS:]
        changes = sorted(time for time in self.recent if time)
        if len(changes) < FLAPPING_CHANGES:
            return None
        until = changes[-FLAPPING_CHANGES] + FLAPPING_WITHIN_US
        return until if until > at else None


def _fold(document: Document, ordered: list[Fact]) -> tuple[list[Episode], Course]:
    """The episodes that `ordered` facts make of the document's base, and what they leave behind."""
    episodes: list[Episode] = [replace(document.base)] if document.base else []
    course = Course(document.previous, document.by_person, document.recent)
    current = episodes[0] if episodes and episodes[0].state != RESOLVED else None
    for fact in ordered:
        if isinstance(fact, Trigger):
            opens = current is None
            if current is None:
                current = Episode(previous=course.previous, first=fact.at, last=fact.at, regressed=course.by_person)
                episodes.append(current)
            changed = current.occurred(fact) or opens
            current.flapping_until = course.heard(fact.at + fact.lag, changed)
        elif isinstance(fact, Resolution):
            flapping_until = course.heard(fact.at + fact.lag, current is not None)
            if current is None:
                continue  # nothing is open: an answer to an alert nobody told us of
            current.flapping_until = flapping_until
            current.lapse(fact.at + fact.lag)
            current.resolve(fact.at, fact.by, fact.notes)
        elif current is not None:
            if fact.action != REOPEN:
                current.click(fact)
        elif fact.action == REOPEN and episodes and episodes[-1].key(document.source, document.id) == fact.target:
            current = episodes[-1]
            current.reopen(fact)
            course.previous, course.by_person = current.previous, current.regressed
        if current is not None and current.state == RESOLVED:
            course.previous, course.by_person, current = fact.key, isinstance(fact, Click), None
    _lend_content(episodes, ordered)
    return episodes, course


def _lend_content(episodes: list[Episode], ordered: list[Fact]) -> None:
    """An episode that a late resolution cut off far in the past shows the oldest text there still is."""
    missing = [episode for episode in episodes if episode.content is None]
    if missing:
        oldest = next((fact.content for fact in ordered if isinstance(fact, Trigger) and fact.content), None)
        for episode in missing:
            episode.content = oldest or Content("UNKNOWN", "", "", {}, ())


def settle(document: Document, kept: int = FACTS_KEPT, until: int | None = None) -> tuple[Document, tuple[Alert, ...]]:
    """The document within its bounds, and the resolved alerts that left it for good.

    `until` (microseconds) folds at least what is that old. The same object comes back where nothing was to be done.
    """
    ordered = document.ordered()
    horizon = _next_horizon(document, ordered, kept, until)
    gone: list[Episode] = []
    if horizon is not None:
        folded = [fact for fact in ordered if fact.at <= horizon]
        ordered = ordered[len(folded):]
        gone, course = _fold(document, folded)
        base = gone.pop() if gone else None
        document = replace(document, horizon=horizon, previous=course.previous, by_person=course.by_person,
                           recent=course.recent, base=base, **_clock(document, folded),
                           facts={fact.key: document.facts[fact.key] for fact in ordered})
    base = document.base
    if until is not None and base is not None and base.closed is not None and base.closed <= until \
            and len(_fold(document, ordered)[0]) > 1:  # another one followed: nobody can reopen it any more
        gone.append(base)
        document = replace(document, base=None)
    left = tuple(episode.to_alert(document.source, document.id) for episode in gone)
    return _without_old_contents(document, ordered), left


def _clock(document: Document, folded: list[Fact]) -> dict[str, int | None]:
    """What the producer's clock is held to by what comes later: see `places`."""
    said = [fact for fact in folded if not isinstance(fact, Click)]
    if not said:
        return {"lag": document.lag, "heard": document.heard}
    heard = max(fact.at + fact.lag for fact in said)
    return {"lag": said[-1].lag, "heard": heard if document.heard is None else max(heard, document.heard)}


def _next_horizon(document: Document, ordered: list[Fact], kept: int, until: int | None) -> int | None:
    candidates = []
    if len(ordered) > kept:
        oldest_kept = ordered[-kept].at
        # Facts of one time stay together: a horizon between them could not tell a duplicate from a new one.
        earlier = ordered[0].at < oldest_kept
        if earlier:
            candidates.append(next(fact.at for fact in reversed(ordered) if fact.at < oldest_kept))
        if len(ordered) > FACTS_AT_MOST and (not earlier or ordered[-FACTS_AT_MOST].at >= oldest_kept):
            candidates.append(oldest_kept)
    ends = [fact.at for fact in ordered if not isinstance(fact, Trigger)]
    if len(ends) > EPISODES_KEPT:
        closed = [episode.closed for episode in _fold(document, ordered)[0] if episode.closed is not None]
        if len(closed) > EPISODES_KEPT:
            candidates.append(closed[-EPISODES_KEPT])  # that one becomes the base
    if until is not None and ordered and ordered[0].at <= until:
        candidates.append(until)
    return max((at for at in candidates if document.horizon is None or at > document.horizon), default=None)


def _without_old_contents(document: Document, ordered: list[Fact]) -> Document:
    """Let go of the texts nobody will see: all but the newest few, and the last of each alert."""
    triggers = [fact for fact in ordered if isinstance(fact, Trigger)]
    if sum(fact.content is not None for fact in triggers) <= CONTENTS_KEPT:
        return document
    needed = {fact.key for fact in triggers[-CONTENTS_KEPT:]}
    needed |= {episode.newest for episode in _fold(document, ordered)[0]}
    facts = {key: replace(fact, content=None)
             if isinstance(fact, Trigger) and fact.content is not None and key not in needed else fact
             for key, fact in document.facts.items()}
    return document if facts == document.facts else replace(document, facts=facts)
