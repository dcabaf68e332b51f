"""The life of an alert, pure: active → acknowledged → resolved, and again active as a new alert.

A `Document` holds the facts about one identity (source, id). Its alerts follow from the facts in the order of their
times: a trigger opens an alert or is one more occurrence of the open one, a resolution ends it, a click does what its
place in time allows. So the outcome depends neither on the order of arrival nor on duplicates.

Only the newest FACTS_KEPT facts are kept one by one; what is older is folded into a count, and the time up to which
that was done is the `horizon`. What arrives later with a time at or before the horizon is taken as known already.
So counts and states are exact as long as nothing comes more than FACTS_KEPT facts late; beyond that a count is a
lower bound, and never too high. Texts are exact for CONTENTS_KEPT facts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from dashboard.alerts.alert import ACKNOWLEDGED, ACTIVE, OPEN_STATES, RESOLVED, Alert, NotAllowed, UnknownAlert
from dashboard.alerts.episode import Episode
from dashboard.alerts.facts import (
    ACKNOWLEDGE,
    NOTES_LIMIT,
    PERSON_LIMIT,
    RESOLVE,
    SKEW_NOTICED_US,
    Click,
    Content,
    Fact,
    Resolution,
    Trigger,
    identity_of,
    microseconds,
    resolution_of,
    trigger_of,
)
from dashboard.events import AlertResolved, AlertTriggered

__all__ = [
    "ACKNOWLEDGED", "ACTIVE", "OPEN_STATES", "RESOLVED", "Alert", "Document", "NotAllowed", "UnknownAlert",
    "acknowledge", "alerts_of", "document_for", "identity_of_key", "merge", "record", "resolve", "resolved", "settle",
    "triggered",
]

FACTS_KEPT = 200
"""Facts of one identity kept one by one: 8 kB, and minutes of a producer that repeats itself every second."""
FACTS_AT_MOST = 2_000
"""Kept instead where so many share one time that no horizon can be drawn between them."""
EPISODES_KEPT = 10
"""Resolved alerts kept in the document of their identity; older ones stand on their own."""
CONTENTS_KEPT = 10
"""Triggers whose text is kept beside that of each alert's newest: enough for a resolution that comes late."""


@dataclass(frozen=True, slots=True)
class Document:
    """All that is known of one identity. Never changed in place; times in microseconds.

    `base` is the alert that was open at the `horizon`, `previous` the key of the resolution before it.
    """

    source: str
    id: str
    horizon: int | None = None
    previous: str = ""
    base: Episode | None = None
    facts: dict[str, Fact] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        return identity_of(self.source, self.id)

    def ordered(self) -> list[Fact]:
        return sorted(self.facts.values(), key=lambda fact: fact.order)


def document_for(event: AlertTriggered | AlertResolved) -> Document:
    """The empty document of the identity an event speaks of."""
    return Document(event.source, event.id)


def identity_of_key(key: str) -> str:
    """The identity an alert's key belongs to."""
    return key.partition("-")[0]


def triggered(document: Document, event: AlertTriggered) -> Document:
    """The document with one more trigger; the same object where it was known already."""
    return record(document, (trigger_of(event),))


def resolved(document: Document, event: AlertResolved) -> Document:
    """The document with a resolution by the producer, which is recorded even where no alert is known."""
    return record(document, (resolution_of(event),))


def record(document: Document, facts: Iterable[Fact]) -> Document:
    """The document with `facts` added; the same object where nothing is new.

    Of one fact heard twice the earlier hearing stays, so that all processes come to the same order.
    """
    known = dict(document.facts)
    changed = False
    for fact in facts:
        if document.horizon is not None and fact.at <= document.horizon:
            continue
        present = known.get(fact.key)
        if present is None or (fact.at, fact.lag) < (present.at, present.lag):
            known[fact.key] = fact
            changed = True
    return replace(document, facts=known) if changed else document


def merge(one: Document, other: Document) -> Document:
    """What both documents know of the same identity. Gives `one` itself where the other adds nothing.

    The one that was folded further answers for all before its horizon.
    """
    if _folded(other) > _folded(one):
        one, other = other, one
    return record(one, other.facts.values())


def _folded(document: Document) -> tuple[int, int, str]:
    horizon = -1 if document.horizon is None else document.horizon
    return horizon, document.base.count if document.base else 0, document.previous


def acknowledge(document: Document, key: str, by: str, at: float, notes: str = "",
                until: float | None = None) -> Document:
    """The document after person `by` acknowledged alert `key` at Unix time `at`, until `until` (None: resolved).

    Raises:
        NotAllowed: the alert is acknowledged or resolved.
        UnknownAlert: the document holds no such alert.
        ValueError: the note is too long, `by` is empty, or `until` lies in the past.
    """
    check_transition(by, at, notes, until)
    alert = _alert(document, key)
    if alert.state_at(at) == ACKNOWLEDGED:
        raise NotAllowed(ACKNOWLEDGED, alert.acknowledged_by, alert.acknowledged_at)
    return _clicked(document, alert, ACKNOWLEDGE, by, at, notes, until)


def resolve(document: Document, key: str, by: str, at: float, notes: str = "") -> Document:
    """The document after person `by` resolved alert `key` at Unix time `at`. Raises like `acknowledge`."""
    check_transition(by, at, notes)
    return _clicked(document, _alert(document, key), RESOLVE, by, at, notes, None)


def check_transition(by: str, at: float, notes: str, until: float | None = None) -> None:
    """What can be said against a transition without knowing the alert. Raises ValueError in words for a person."""
    if not by or not by.strip():
        raise ValueError("Who does this is not known")
    if len(notes) > NOTES_LIMIT:
        raise ValueError(f"A note has at most {NOTES_LIMIT} characters; this one has {len(notes)}")
    if until is not None and not (math.isfinite(until) and until > at):
        raise ValueError("An acknowledgement cannot end in the past")


def _alert(document: Document, key: str) -> Alert:
    alert = next((alert for alert in alerts_of(document) if alert.key == key), None)
    if alert is None:
        raise UnknownAlert(key)
    return alert


def _clicked(document: Document, alert: Alert, action: str, by: str, at: float, notes: str,
             until: float | None) -> Document:
    if alert.state == RESOLVED:
        raise NotAllowed(RESOLVED, alert.resolved_by, alert.resolved_at)
    clicked = microseconds(at)
    ordered = document.ordered()
    triggers = [fact for fact in ordered if isinstance(fact, Trigger)]
    seen = triggers[-1].at if triggers else microseconds(alert.last_seen)
    newest = (ordered[-1].at, ordered[-1].lag) if ordered else (0, 0)
    # The click stands after all that is known, and where the producer's clock goes with ours, at its own time, so that
    # what comes late is told from what is new. With a clock behind ours (or a producer that sends one time for ever)
    # the next trigger would stand before the click and be lost in what was just resolved: there it stands right here.
    behind = bool(triggers) and triggers[-1].lag > SKEW_NOTICED_US
    place = max(newest[0], 0 if behind else clicked, (document.horizon or 0) + 1)
    lag = clicked - place
    if place == newest[0]:
        lag = max(lag, newest[1] + 1)
    click = Click(action, place, lag, clicked, by[:PERSON_LIMIT], notes.strip(),
                  None if until is None else microseconds(until), seen)
    return record(document, (click,))


def alerts_of(document: Document) -> tuple[Alert, ...]:
    """The alerts that follow from the document's facts, oldest first; at most the last one is open."""
    episodes, _ = _fold(document, document.ordered())
    return tuple(episode.to_alert(document.source, document.id) for episode in episodes)


def _fold(document: Document, ordered: list[Fact]) -> tuple[list[Episode], str]:
    """The episodes that `ordered` facts make of the document's base, and the key of the last effective resolution."""
    episodes: list[Episode] = [replace(document.base)] if document.base else []
    previous = document.previous
    current = episodes[0] if episodes else None
    for fact in ordered:
        if isinstance(fact, Trigger):
            if current is None:
                current = Episode(previous=previous, first=fact.at, last=fact.at)
                episodes.append(current)
            current.occurred(fact)
        elif current is None:
            continue  # nothing is open: an answer to an alert nobody told us of, or a click that came second
        elif isinstance(fact, Resolution):
            current.resolve(fact.at, fact.by, fact.notes)
        else:
            current.click(fact)
        if current is not None and current.resolved_at is not None:
            previous, current = fact.key, None
    _lend_content(episodes, ordered)
    return episodes, previous


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
    gone: tuple[Alert, ...] = ()
    if horizon is not None:
        folded = [fact for fact in ordered if fact.at <= horizon]
        ordered = ordered[len(folded):]
        episodes, previous = _fold(document, folded)
        base = episodes.pop() if episodes and episodes[-1].resolved_at is None else None
        gone = tuple(episode.to_alert(document.source, document.id) for episode in episodes)
        document = replace(document, horizon=horizon, previous=previous, base=base,
                           facts={fact.key: fact for fact in ordered})
    return _without_old_contents(document, ordered), gone


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
            candidates.append(closed[-EPISODES_KEPT - 1])
    if until is not None and ordered and ordered[0].at <= until:
        candidates.append(until)
    return max(candidates, default=None)


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
