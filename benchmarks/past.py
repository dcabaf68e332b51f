"""What is asked of alerts beside the console's table: the past, silences before they are made, and what is news.

Times are of the processor: all but the archive answers from memory and waits for nothing.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import orjson

from benchmarks import Row
from dashboard.alerts.alert import ACTIVE, RESOLVED, Alert
from dashboard.alerts.past import ClosedAlerts, ClosedInMemory, Wanted
from dashboard.alerts.query import AlertIndex
from dashboard.alerts.silences import read_silence
from dashboard.alerts.since import since
from dashboard.alerts.statistics import summary
from dashboard.alerts.timeline import FIRED, Change
from dashboard.events import LEVELS
from dashboard.history.closed import ClosedInArchive
from dashboard.history.event_writer import Known
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.services import build
from dashboard.settings import Settings
from dashboard.ui.attention import changed
from dashboard.ui.moment import read_moment
from dashboard.ui.view import View

ALERTS, ARCHIVED = 10_000, 20_000
NOW, WEEK_S = 1_760_000_000.0, 604_800.0
ROUNDS = 40
PAGE_MS, FIGURES_MS, PREVIEW_MS, SINCE_MS, BELL_MS, ANEW_MS = 30.0, 300.0, 30.0, 100.0, 5.0, 30.0
ARCHIVE_PAGE_MS, ARCHIVE_FIGURES_MS = 150.0, 3_000.0


def rows() -> list[Row]:
    """The figures, each with its target."""
    return [*_past(), *_open(), *_archive()]


def alert(number: int, state: str) -> Alert:
    """One of many: six levels, forty components, three sources, spread over a week."""
    level, rank = list(LEVELS.items())[number % len(LEVELS)]
    fired = NOW - WEEK_S + number * (WEEK_S / ALERTS)
    over = fired + 20 + number * 37 % 4_000
    entries = [Change(round(fired * 1e6), FIRED, "producer", "Fired", "", ACTIVE)]
    if number % 3 == 0:
        entries.append(Change(round((fired + 10) * 1e6), "acknowledge", "ada", "For 30 min", ACTIVE, "acknowledged"))
    closing: dict[str, Any] = {} if state != RESOLVED else {
        "resolved_at": over, "resolved_by": "ada", "cleared_itself": number % 2 == 0}
    return Alert(key=f"{number:016x}", id=f"alert {number % 1_500}", source=f"source-{number % 3}", level=level,
                 rank=rank, component=f"component-{number % 40}",
                 message=f"The latency of step {number} is above 90 ms",
                 state=state, first_seen=fired, last_seen=fired + 5, timeline=tuple(entries), **closing)


def p95_ms(work: Iterable[Callable[[], object]]) -> float:
    times = []
    for one in work:
        began = time.thread_time()
        one()
        times.append(time.thread_time() - began)
    return sorted(times)[int(len(times) * 0.95)] * 1_000


def _past() -> list[Row]:
    index = AlertIndex((alert(number, RESOLVED) for number in range(ALERTS)), NOW)
    closed = ClosedAlerts(ClosedInMemory(lambda: index))
    questions = (
        (Wanted(), "-closed"), (Wanted(levels=("CRITICAL", "ERROR")), "duration"),
        (Wanted(text="step 9 latency"), "level"), (Wanted(start=NOW - 86_400, source="source-1"), "-message"))
    page = p95_ms(lambda asked=questions[number % 4]: closed.page(*asked, 12, 24) for number in range(ROUNDS))
    figures = p95_ms(lambda: summary(index.all, WEEK_S) for _ in range(8))
    looked = p95_ms(lambda: since(index.all, (), NOW - 86_400, NOW, "bert") for _ in range(8))
    return [_row(f"{ALERTS:,} closed alerts: filter, sort, page, p95", page, PAGE_MS),
            _row(f"{ALERTS:,} closed alerts: figures by level and component, noise, p95", figures, FIGURES_MS),
            _row(f"{ALERTS:,} alerts: what happened since somebody last looked, p95", looked, SINCE_MS)]


def _open() -> list[Row]:
    index = AlertIndex((alert(number, ACTIVE) for number in range(ALERTS)), NOW)
    wanted = [read_silence({"text": f"step {number}", "levels": ["error"], "until": NOW + 60}, silence_id="s", by="ada",
                           now=NOW) for number in range(ROUNDS)]
    preview = p95_ms(lambda one=one: index.hit_by(one) for one in wanted)
    services = replace(build(Settings(start_listener=False, database_url="off")), clock=lambda: NOW)
    services.alerts.index = lambda: index
    moment = read_moment(services, View(attention="INFO"), NOW)
    first, revisions = changed(moment)
    held = replace(moment, view=replace(moment.view, revisions=revisions))
    assert len(first["attention"]["fresh"]) > 20
    bell = p95_ms(lambda: changed(held) for _ in range(ROUNDS))
    indexes = [AlertIndex(index.all, NOW) for _ in range(4)]
    services.alerts.index = lambda: indexes[-1]
    anew = p95_ms(lambda: (indexes.pop(), changed(moment)) for _ in range(3))
    return [_row(f"{ALERTS:,} open alerts: preview of a silence, p95", preview, PREVIEW_MS),
            Row(f"{ALERTS:,} open alerts: what the bell adds to a steady tick, p95",
                f"{bell:.1f} ms, {len(changed(held)[0])} bytes", f"≤ {BELL_MS:.0f} ms, 0 bytes",
                bell <= BELL_MS and changed(held)[0] == {}),
            Row(f"{ALERTS:,} open alerts: to one after a change", f"{anew:.1f} ms, {len(orjson.dumps(first)):,} bytes",
                f"≤ {ANEW_MS:.0f} ms", anew <= ANEW_MS)]


def _archive() -> list[Row]:
    """The same of more alerts than memory keeps, out of a SQLite file."""
    alerts = tuple(alert(number, RESOLVED) for number in range(ARCHIVED))
    with tempfile.TemporaryDirectory() as folder:
        store = HistoryStore(Settings(database_url=f"sqlite:///{folder}/history.sqlite3", history_alerts_days=3_650),
                             Ring(), Known(alerts=lambda: alerts, alerts_revision=lambda: 1), clock=lambda: NOW)
        assert store.step(), store.status
        nothing = AlertIndex((), NOW)
        closed = ClosedAlerts(ClosedInMemory(lambda: nothing), ClosedInArchive(store.events))
        questions = ((Wanted(), "-closed"), (Wanted(text="step 9 latency"), "-duration"))
        page = p95_ms(lambda asked=questions[number % 2]: closed.page(*asked, 12, 24) for number in range(ROUNDS))
        figures = p95_ms(lambda: summary(closed.some(Wanted(), ARCHIVED).alerts, WEEK_S) for _ in range(3))
        assert closed.count(Wanted()) == ARCHIVED
        store.stop()
        store.database.close()
    return [_row(f"{ARCHIVED:,} closed alerts in SQLite: filter, sort, page, p95", page, ARCHIVE_PAGE_MS),
            _row(f"{ARCHIVED:,} closed alerts in SQLite: read, figures, noise", figures, ARCHIVE_FIGURES_MS)]


def _row(what: str, found_ms: float, target_ms: float) -> Row:
    return Row(what, f"{found_ms:.1f} ms", f"≤ {target_ms:,.0f} ms", found_ms <= target_ms)
