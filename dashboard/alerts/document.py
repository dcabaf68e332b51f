"""All that is known about one alert identity: a set of facts, to which facts are only added. Pure.

Only the newest facts are kept one by one (`folding`); what is older is folded into the last alert up to the
`horizon`. What arrives later with a place at or before it is taken as known already.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from dashboard.alerts.episode import Episode
from dashboard.alerts.facts import Click, Fact, Trigger, identity_of, resolution_of, trigger_of
from dashboard.alerts.places import as_heard, believed, comes_after, first_clock, ordered
from dashboard.events import AlertResolved, AlertTriggered


@dataclass(frozen=True, slots=True)
class Document:
    """All that is known of one identity. Never changed in place; times in microseconds.

    `base` is the last alert up to the `horizon`, open or resolved (a person may reopen it). `previous`, `by_person`
    and `recent` are what the facts up to there left behind: see `folding.Course`; `lag` is that of the newest of them,
    `heard` when the last of them was (None: not known).
    """

    source: str
    id: str
    horizon: int | None = None
    previous: str = ""
    base: Episode | None = None
    by_person: bool = False
    recent: tuple[int, ...] = ()
    lag: int | None = None
    heard: int | None = None
    facts: dict[str, Fact] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        return identity_of(self.source, self.id)

    def ordered(self) -> list[Fact]:
        """The facts in their order, each with its place as its time: see `places`."""
        return ordered(self.facts.values(), self.horizon, self.clock[0])

    @property
    def clock(self) -> tuple[int | None, int | None]:
        """`lag` and `heard`; where a former release did the folding, those of the first statement after the horizon,
        else as if the clock had been right. Of one from the history nothing is known: its past may yet be told."""
        if self.horizon is None or None not in (self.lag, self.heard) or _from_history(self):
            return self.lag, self.heard
        return first_clock(self.facts.values(), self.horizon) or (0, max((self.horizon, *self.recent)))


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
    for fact in facts if document.horizon is None else as_heard(facts):
        present = known.get(fact.key)
        if document.horizon is not None and fact.at <= document.horizon and present is None and not _comes_after(
                fact, document, known.values()):
            continue
        if present is None or (fact.at, fact.lag) < (present.at, present.lag):
            known[fact.key] = fact
            changed = True
    return replace(document, facts=known) if changed else document


def _comes_after(fact: Fact, document: Document, kept: Iterable[Fact]) -> bool:
    lag, heard = document.clock
    if lag is None or heard is None:
        return False
    is_open = document.base is not None and document.base.closed is None
    return comes_after(fact, document.horizon, is_open, lag, heard, kept)


def without_future(document: Document, latest: int) -> Document:
    """The document without times of hearing after `latest` (microseconds), which are yet to come: see `believed`."""
    if all(fact.at + fact.lag <= latest for fact in document.facts.values()):
        return document  # nearly always
    return replace(document, facts={key: believed(fact, latest) for key, fact in document.facts.items()})


def merge(one: Document, other: Document) -> Document:
    """What both documents know of the same identity. Gives `one` itself where the other adds nothing.

    The one that was folded further answers for all before its horizon; but not one from the history for one that knows
    by itself what was then.
    """
    if _from_history(one) != _from_history(other):
        earlier, own = (one, other) if _from_history(one) else (other, one)
        first, second = (own, earlier) if knows_of(own, earlier) else (earlier, named_by(own, earlier))
        return record(first, second.facts.values())
    if _folded(other) > _folded(one):
        one, other = other, one
    return record(one, other.facts.values())


def knows_of(document: Document, earlier: Document) -> bool:
    """Whether it has anything of the time of `earlier`, which is from the history: its last occurrence is in it too."""
    last = earlier.base.last
    return document.horizon is not None or any(
        fact.at < last or (fact.at == last and isinstance(fact, Trigger)) for fact in document.facts.values())


def named_by(own: Document, earlier: Document) -> Document:
    """What came after `earlier`, of which `own` did not know: its first alert goes on under the key that had."""
    first, goes_on_as = Episode("", 0, 0).key(own.source, own.id), earlier.base.key(own.source, own.id)
    return replace(own, facts={key: replace(fact, target=goes_on_as)
                               if isinstance(fact, Click) and fact.target == first else fact
                               for key, fact in own.facts.items()})


def _from_history(document: Document) -> bool:
    """Until something is folded into it: from then on it knows by itself, as any other."""
    base = document.base
    return base is not None and base.is_from_history and base.last > document.horizon


def _folded(document: Document) -> tuple[int, int, str]:
    horizon = -1 if document.horizon is None else document.horizon
    return horizon, document.base.count if document.base else 0, document.previous
