"""What the page of silences shows beside its frame, each part sent only when it has changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from dash import html

from dashboard.alerts.alert import Alert
from dashboard.alerts.query import AlertIndex
from dashboard.alerts.silences import Silence
from dashboard.services import Services
from dashboard.ui import ids
from dashboard.ui.layout.silence_list import hits_words, silence_list, silences_over, when
from dashboard.ui.moment import Moment, fingerprint, read_moment
from dashboard.ui.sections import FRAME, Section
from dashboard.ui.tick import heartbeat_of
from dashboard.ui.view import View

NAMES_OFFERED = 200
"""Of sources or components while one is typed: a list nobody reads to its end, some 6 kB."""

WORDS = "silences"


@lru_cache(maxsize=1)  # every tick of every page of silences asks; an index stands until something changes
def hits(index: AlertIndex, silences: tuple[Silence, ...], now: float) -> dict[str, int]:
    """How many open alerts each silence is for that is not over at `now`, by its id."""
    return {silence.id: len(index.hit_by(silence)) for silence in silences if not silence.is_over(now)}


def _hits(moment: Moment) -> dict[str, int]:
    alerts = moment.services.alerts
    return hits(alerts.index(), alerts.silences(), moment.now // 60 * 60)


def _list_basis(moment: Moment) -> Any:
    """What moves an entry or adds one; what only its words say comes with `answer`."""
    silences = moment.services.alerts.silences()
    return silences, [(one.counts_at(moment.now), one.is_over(moment.now)) for one in silences], moment.view.zone


def _list(moment: Moment) -> list:
    return silence_list(moment.services.alerts.silences(), _hits(moment), moment.now, moment.view.zone)


def _over(moment: Moment) -> list:
    return silences_over(moment.services.alerts.silences(), moment.now, moment.view.zone)


def _names(read: Callable[[Alert], str]) -> Section:
    """The names that alerts have, offered while one is typed: those of open alerts first."""
    def basis(moment: Moment) -> list[str]:
        found = sorted({(not alert.is_open, read(alert)) for alert in moment.services.alerts.all() if read(alert)})
        return list(dict.fromkeys(name for _, name in found))[:NAMES_OFFERED]

    return Section(basis, lambda moment: [html.Option(value=name) for name in basis(moment)], is_timeless=True)


SECTIONS: dict[str, Section] = FRAME | {
    ids.SILENCE_LIST: Section(_list_basis, _list),
    ids.SILENCES_OVER: Section(_list_basis, _over),
    ids.SILENCE_SOURCES: _names(lambda alert: alert.source),
    ids.SILENCE_COMPONENTS: _names(lambda alert: alert.component),
}


def answer(services: Services, view: View, now: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """The page's answer to a tick: (payload for its scripts, sections to replace by id). `now` in Unix s.

    `silences` in the payload, where it differs from what the page has: by id, [when it counts, what it hits]. These
    words change with the minute and with every alert; the list is not drawn anew for them, under somebody's hand.
    """
    moment = read_moment(services, view, now)
    live, changed = heartbeat_of(moment, SECTIONS)
    figures, known = _hits(moment), services.alerts.silences()
    words = {one.id: [when(one, now, view.zone), hits_words(figures[one.id], one.counts_at(now))]
             for one in known if one.id in figures and not one.is_over(now)}
    revision = fingerprint(words)
    if (view.revisions or {}).get(WORDS) != revision:
        live |= {WORDS: words, "revisions": live["revisions"] | {WORDS: revision}}
    return live, changed
