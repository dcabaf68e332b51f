"""The parts of the page that the server draws as components, each sent only when what it shows has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.ui import ids
from dashboard.ui.layout import facts, feed, health, jobs, notice, values
from dashboard.ui.layout.command_log import command_log
from dashboard.ui.moment import Moment, fingerprint


@dataclass(frozen=True)
class Section:
    """`basis` gives what a section is drawn from (another basis, another drawing), `draw` its children."""

    basis: Callable[[Moment], Any]
    draw: Callable[[Moment], Any]


def _state_parts(*names: str) -> Callable[[Moment], Any]:
    def basis(moment: Moment) -> Any:
        state = moment.state
        return (moment.view.zone, moment.source, state and [_plain(getattr(state, name)) for name in names])
    return basis


def _plain(value: Any) -> Any:
    return sorted(value.items()) if hasattr(value, "items") else value


def _structure(moment: Moment) -> Any:
    return moment.structure.revision


# Those of every page, and those of the overview.
FRAME: dict[str, Section] = {ids.NOTICE: Section(notice.basis, notice.notices)}
SECTIONS: dict[str, Section] = FRAME | {
    ids.HEALTH_SCORE: Section(health.score_basis, health.score),
    ids.HEALTH_COMPONENTS: Section(health.components_basis, health.components),
    ids.TILES: Section(_structure, lambda moment: values.headline_tiles(moment.structure)),
    ids.MORE_TILES: Section(_structure, lambda moment: values.more_tiles(moment.structure)),
    ids.GAUGES: Section(_structure, lambda moment: values.gauges(moment.structure)),
    ids.CHARTS: Section(_structure, lambda moment: values.charts(moment.structure)),
    ids.FACTS: Section(
        _state_parts("facts", "trends", "recommendations", "lifecycle", "complaints"), facts.facts),
    ids.JOBS: Section(_state_parts("jobs"), jobs.jobs),
    ids.FEED: Section(feed.basis, feed.feed),
    ids.COMMAND_LOG: Section(
        lambda moment: (moment.view.zone, moment.services.commands.recent, moment.services.board.results),
        command_log),
}


def changed(moment: Moment, wanted: Mapping[str, Section]) -> tuple[dict[str, Any], dict[str, str]]:
    """(children of each section that differs from what the page has, the revision of each section)."""
    known = moment.view.revisions or {}
    revisions = {name: fingerprint(section.basis(moment)) for name, section in wanted.items()}
    drawn = {name: wanted[name].draw(moment) for name, revision in revisions.items() if known.get(name) != revision}
    return drawn, {name: revisions[name] for name in drawn}
