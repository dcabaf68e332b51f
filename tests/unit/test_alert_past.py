"""Alerts that are over: filters and orders, and who answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashboard.alerts.alert import Alert
from dashboard.alerts.past import (
    MAX_LIMIT,
    SORTS,
    ArchiveAway,
    ClosedAlerts,
    ClosedInMemory,
    Wanted,
    duration_s,
)
from dashboard.alerts.query import AlertIndex, QueryError
from dashboard.events import normal_level
from tests.alert_events import NOW


def closed(key, level="WARNING", fired_s=100, over_s=50, **fields) -> Alert:
    """Fired and was over so many seconds before NOW."""
    fields = {"id": key, "source": "pl", "component": "db", "message": f"about {key}", "state": "resolved",
              "resolved_by": "ada", "first_seen": NOW - fired_s, "last_seen": NOW - fired_s,
              "resolved_at": NOW - over_s} | fields
    return Alert(key=key, level=level, rank=normal_level(level)[1], **fields)


ALERTS = (closed("a", "CRITICAL", 100, 50), closed("b", fired_s=90, over_s=80), closed("c", "INFO", 500, 10),
          closed("d", "Odd", 20, 15, source="other", component="feed", message="The Feed"),
          Alert(key="open", id="open", source="pl", level="INFO", rank=4, first_seen=NOW, last_seen=NOW))


def memory(alerts=ALERTS) -> ClosedInMemory:
    index = AlertIndex(alerts, NOW)
    return ClosedInMemory(lambda: index)


def keys(found) -> str:
    return "".join(alert.key for alert in found)


def asked(sort="-closed", **wanted):
    return keys(ClosedAlerts(memory()).page(Wanted(**wanted), sort).alerts)


@pytest.mark.parametrize(("wanted", "found"), [
    ({}, "cdab"), ({"start": NOW - 50}, "cda"), ({"end": NOW - 50}, "ab"), ({"start": NOW - 60, "end": NOW - 12}, "da"),
    ({"levels": ("critical", "info")}, "ca"), ({"levels": ("other",)}, "d"), ({"levels": ("odd",)}, "d"),
    ({"source": "other"}, "d"), ({"text": "ABOUT db"}, "cab"), ({"text": "feed"}, "d"), ({"text": "nothing"}, ""),
    ({"levels": ("warn",), "text": "b", "start": NOW - 100}, "b")])
def test_all_that_is_given_must_hold_and_only_what_is_over_counts(wanted, found):
    assert asked(**wanted) == found


@pytest.mark.parametrize(("sort", "found"), [
    ("closed", "badc"), ("-fired", "dbac"), ("fired", "cabd"), ("duration", "dbac"), ("-duration", "cabd"),
    ("level", "adbc"), ("-level", "cdba"), ("message", "abcd"), ("-message", "dcba")])
def test_orders(sort, found):
    assert asked(sort) == found


def test_pages_cover_everything_once():
    alerts = ClosedAlerts(memory(tuple(closed(f"{number:03}", over_s=number % 7) for number in range(60))))
    pages = [alerts.page(Wanted(), "-closed", 25, offset) for offset in (0, 25, 50, 75)]
    assert [len(page.alerts) for page in pages] == [25, 25, 10, 0] and {page.total for page in pages} == {60}
    assert len({alert.key for page in pages for alert in page.alerts}) == 60
    assert sum((page.alerts for page in pages), ()) == tuple(alerts.each(Wanted())[0])


@pytest.mark.parametrize("asking", [{"sort": "id; drop"}, {"limit": MAX_LIMIT + 1}, {"limit": -1}, {"offset": -1}])
def test_what_cannot_be_meant_is_refused(asking):
    with pytest.raises(QueryError):
        ClosedAlerts(memory()).page(Wanted(), **asking)


def test_a_clock_that_was_ahead_makes_no_time_below_zero():
    assert duration_s(closed("a", fired_s=10, over_s=20)) == 0.0


def test_an_open_alert_is_none_that_is_over():
    assert memory().get("open") is None and memory().get("a").key == "a" and ClosedAlerts(memory()).get("x") is None


class Archive:
    """A reader that can be away, from the start or after some questions."""

    def __init__(self, alerts, answers=99):
        self.inner, self.answers = memory(alerts), answers

    def _ask(self):
        self.answers -= 1
        if self.answers < 0:
            raise ArchiveAway("the disk is full")

    def count(self, wanted):
        self._ask()
        return self.inner.count(wanted)

    def page(self, *asked):
        self._ask()
        return self.inner.page(*asked)

    def each(self, wanted) -> Iterator[Alert]:
        for alert in self.inner.each(wanted):
            self._ask()
            yield alert

    def get(self, key):
        self._ask()
        return self.inner.get(key)


OLDER = (*ALERTS, closed("old", fired_s=9_000, over_s=8_000))


def test_the_archive_answers_where_it_has_more():
    alerts = ClosedAlerts(memory(), Archive(OLDER), kept=10)
    assert (keys(alerts.page(Wanted()).alerts), alerts.page(Wanted()).total) == ("cdabold", 5)
    assert keys(alerts.some(Wanted(), 2).alerts) == "cd" and alerts.some(Wanted(), 2).total == 5
    assert alerts.get("old").key == "old"
    found, total = alerts.each(Wanted())
    assert (keys(found), total) == ("cdabold", 5)


def test_memory_answers_where_it_has_as_much_and_what_was_not_written_yet():
    alerts = ClosedAlerts(memory(OLDER), Archive(ALERTS), kept=10)
    assert keys(alerts.page(Wanted()).alerts) == "cdabold" and alerts.page(Wanted()).note == ""
    only = ClosedAlerts(memory(), Archive(OLDER), kept=10).page(Wanted(start=NOW - 100))
    assert (keys(only.alerts), only.note) == ("cdab", "")


@pytest.mark.parametrize("answers", [0, 1])
def test_with_the_archive_away_memory_answers_and_says_so(answers):
    for ask in (lambda alerts: alerts.page(Wanted()), lambda alerts: alerts.some(Wanted(), 10)):
        page = ask(ClosedAlerts(memory(), Archive(OLDER, answers), kept=10_000))
        assert (keys(page.alerts), page.total) == ("cdab", 4)
        assert page.note == ("The history cannot be asked (the disk is full): these are of the newest 10,000 only")
    assert ClosedAlerts(memory(), Archive(OLDER, 0)).get("old") is None


def test_every_order_is_known_to_memory():
    for sort in SORTS:
        assert len(asked(sort)) == 4
