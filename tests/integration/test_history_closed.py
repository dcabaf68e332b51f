"""Closed alerts out of a real database: the same answers as from memory, for every filter and every order."""

from __future__ import annotations

import itertools

import pytest

from dashboard.alerts.past import SORTS, ArchiveAway, ClosedAlerts, ClosedInMemory, Wanted
from dashboard.alerts.query import AlertIndex
from dashboard.history import closed
from dashboard.history.closed import ClosedInArchive
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.settings import Settings
from tests.alert_events import resolution, trigger
from tests.integration.event_process import Process
from tests.integration.history_process import NOW

LEVELS = ("EMERGENCY", "CRITICAL", "ERROR", "WARNING", "INFO", "Odd 100%")
WINDOWS = ({}, {"start": NOW - 500}, {"end": NOW - 300}, {"start": NOW - 600, "end": NOW - 200})
NAMES = ({}, {"levels": ("crit", "critical", "info")}, {"levels": ("other",)}, {"levels": ("ODD 100%",)},
         {"source": "feed"}, {"text": "STEP 1"}, {"text": "100% _"}, {"levels": ("error",), "text": "step"})


@pytest.fixture
def readers(database_url):
    """Sixty closed alerts and three open ones, in memory and in a database."""
    process = Process(database_url)
    for number in range(63):
        named = {"level": LEVELS[number % 6], "source": "feed" if number % 4 == 0 else "pl",
                 "component": "db", "message": f"{'100%_' if number % 5 == 0 else ''} Step {number % 13}"}
        process.alerts.take(trigger(f"a{number}", at=NOW - 1_000 + number, **named))
        if number < 60:
            process.alerts.take(resolution(f"a{number}", at=NOW - 900 + number * 7 % 800, source=named["source"]))
    process.step()
    index = AlertIndex(process.alerts.all(), NOW)
    yield ClosedInMemory(lambda: index), ClosedInArchive(process.events)
    process.store.database.close()


def test_both_readers_give_the_same(readers, monkeypatch):
    monkeypatch.setattr(closed, "PORTION", 7)
    memory, archive = readers
    seen = 0
    for window, names in itertools.product(WINDOWS, NAMES):
        wanted = Wanted(**window, **names)
        assert archive.count(wanted) == memory.count(wanted), wanted
        assert list(archive.each(wanted)) == list(memory.each(wanted)), wanted
        seen += memory.count(wanted)
    assert memory.count(Wanted()) == 60 and seen > 300
    for sort in (*SORTS, *(f"-{sort}" for sort in SORTS)):
        pages = [[*reader.page(Wanted(), sort, 25, 25)] for reader in readers]
        assert pages[0] == pages[1], sort
    key = memory.page(Wanted(), "closed", 1, 0)[0].key
    assert archive.get(key) == memory.get(key) is not None and archive.get("nobody") is None


def test_what_memory_has_let_go_of_is_had_from_the_archive(readers):
    _, archive = readers
    alerts = ClosedAlerts(ClosedInMemory(lambda: AlertIndex((), NOW)), archive, kept=10_000)
    page = alerts.page(Wanted(), "-duration", 10)
    assert (len(page.alerts), page.total, page.note) == (10, 60, "")


def test_a_history_that_is_off_is_away():
    archive = ClosedInArchive(HistoryStore(Settings(database_url="off"), Ring()).events)
    for ask in (lambda: archive.count(Wanted()), lambda: archive.get("x"), lambda: list(archive.each(Wanted()))):
        with pytest.raises(ArchiveAway, match="off"):
            ask()
