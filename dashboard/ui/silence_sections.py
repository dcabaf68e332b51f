"""What the page of silences shows beside its frame, each part sent only when it has changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from dash import html

from dashboard.alerts.alert import Alert
from dashboard.alerts.query import AlertIndex
from dashboard.alerts.silences import Silence
from dashboard.ui import ids
from dashboard.ui.layout.silence_list import silence_list
from dashboard.ui.moment import Moment
from dashboard.ui.sections import FRAME, Section

NAMES_OFFERED = 200
"""Of sources or components while one is typed: a list nobody reads to its end, some 6 kB."""


@lru_cache(maxsize=1)  # every tick of every page of silences asks; an index stands until something changes
def hits(index: AlertIndex, silences: tuple[Silence, ...], now: float) -> dict[str, int]:
    """How many open alerts each silence is for that is not over at `now`, by its id."""
    return {silence.id: len(index.hit_by(silence)) for silence in silences if not silence.is_over(now)}


def _hits(moment: Moment) -> dict[str, int]:
    alerts = moment.services.alerts
    return hits(alerts.index(), alerts.silences(), moment.now // 60 * 60)


def _list_basis(moment: Moment) -> Any:
    silences = moment.services.alerts.silences()
    doing = [(silence.counts_at(moment.now), silence.is_over(moment.now)) for silence in silences]
    minute = moment.now // 60  # what is left is said in minutes
    return silences, doing, sorted(_hits(moment).items()), moment.view.zone, minute


def _list(moment: Moment) -> list:
    return silence_list(moment.services.alerts.silences(), _hits(moment), moment.now, moment.view.zone)


def _names(read: Callable[[Alert], str]) -> Section:
    """The names that alerts have, offered while one is typed: those of open alerts first."""
    def basis(moment: Moment) -> list[str]:
        found = sorted({(not alert.is_open, read(alert)) for alert in moment.services.alerts.all() if read(alert)})
        return list(dict.fromkeys(name for _, name in found))[:NAMES_OFFERED]

    return Section(basis, lambda moment: [html.Option(value=name) for name in basis(moment)])


SECTIONS: dict[str, Section] = FRAME | {
    ids.SILENCE_LIST: Section(_list_basis, _list),
    ids.SILENCE_SOURCES: _names(lambda alert: alert.source),
    ids.SILENCE_COMPONENTS: _names(lambda alert: alert.component),
}
