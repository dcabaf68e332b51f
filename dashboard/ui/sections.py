"""The parts of the page that the server draws as components, each sent only when what it shows has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.ui import ids
from dashboard.ui.layout import facts, feed, health, jobs, notice, values
from dashboard.ui.layout.command_log import command_log
from dashboard.ui.moment import Moment, fingerprint
from dashboard.ui.structure import Structure


@dataclass(frozen=True)
class Section:
    """`basis` gives what a section is drawn from (another basis, another drawing), `draw` its children.

    On another day it is drawn anew without its basis: a time that stands there without a date is of today. But for
    one that tells no times (`is_timeless`).
    """

    basis: Callable[[Moment], Any]
    draw: Callable[[Moment], Any]
    is_timeless: bool = False

    def revision(self, moment: Moment) -> str:
        basis = self.basis(moment)
        return fingerprint(basis) if self.is_timeless else fingerprint(moment.today, basis)


def _state_parts(*names: str) -> Callable[[Moment], Any]:
    def basis(moment: Moment) -> Any:
        state = moment.state
        return (moment.view.zone, moment.source, state and [_plain(getattr(state, name)) for name in names])
    return basis


def _plain(value: Any) -> Any:
    return sorted(value.items()) if hasattr(value, "items") else value


def _frames(draw: Callable[[Structure], list]) -> Section:
    """Frames whose values come with every tick."""
    return Section(lambda moment: moment.structure.revision, lambda moment: draw(moment.structure), is_timeless=True)


# Those of every page, and those of the overview.
FRAME: dict[str, Section] = {ids.NOTICE: Section(notice.basis, notice.notices)}
SECTIONS: dict[str, Section] = FRAME | {
    ids.HEALTH_SCORE: Section(health.score_basis, health.score),
    ids.HEALTH_COMPONENTS: Section(health.components_basis, health.components),
    ids.TILES: _frames(values.headline_tiles),
    ids.MORE_TILES: _frames(values.more_tiles),
    ids.GAUGES: _frames(values.gauges),
    ids.CHARTS: _frames(values.charts),
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
    revisions = {name: section.revision(moment) for name, section in wanted.items()}
    drawn = {name: wanted[name].draw(moment) for name, revision in revisions.items() if known.get(name) != revision}
    return drawn, {name: revisions[name] for name in drawn}
