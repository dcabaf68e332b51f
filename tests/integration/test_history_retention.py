"""What is too old goes, in small steps, by one process for all; what is kept stays whole."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dashboard.history import retention, schema
from dashboard.history.statements import upsert_cells
from dashboard.history.steps import TIERS
from tests.alert_events import resolution, trigger
from tests.integration.event_process import Alerts
from tests.integration.event_process import Process as Archive
from tests.integration.history_process import DAY, HOUR, NOW, Process


@pytest.fixture
def one(database_url):
    process = Process(database_url)
    yield process
    process.store.database.close()


def times_of(process: Process, table) -> list[float]:
    with process.store.database.reading() as connection:
        return [at / 1e6 for at in connection.execute(select(table.c.time).order_by(table.c.time)).scalars()]


def tidy(process: Process) -> None:
    """Steps as the thread takes them, a few minutes long."""
    for _ in range(50):
        process.now += 2
        assert process.store.step()


def test_each_tier_is_let_go_of_when_its_time_has_come(one):
    for age_h in range(0, 48, 4):
        one.hear(NOW - age_h * HOUR, a=float(age_h))
    one.store.step()
    one.now = NOW + 24 * HOUR
    tidy(one)
    raw = times_of(one, schema.sample)
    if one.store.database.is_sqlite:
        assert min(raw) >= one.now - 49 * HOUR
    else:
        assert min(raw) >= one.now - 72 * HOUR  # whole days go
    assert len(times_of(one, schema.buckets["1m"])) == 12
    one.now = NOW + 40 * DAY
    one.hear(one.now, a=1.0)
    tidy(one)
    assert len(times_of(one, schema.sample)) == len(times_of(one, schema.buckets["1m"])) == 1
    assert len(times_of(one, schema.buckets["1h"])) == 13
    one.now = NOW + 900 * DAY
    one.hear(one.now, a=1.0)
    tidy(one)
    assert [len(times_of(one, table)) for table in schema.buckets.values()] == [1] * len(TIERS)


def test_a_clock_that_is_years_ahead_costs_nothing(one):
    one.hear(NOW - 10, a=1.0)
    assert one.store.step()
    one.now = NOW + 3_000 * DAY
    tidy(one)
    assert [one.stored(table) for table in (schema.sample, *schema.buckets.values())] == [1] * (1 + len(TIERS))


def test_a_great_deal_goes_in_small_steps(tmp_path, monkeypatch):
    """Many rows are no long transaction, and samples are written between the steps. PostgreSQL drops whole days."""
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", 20)
    one = Process(f"sqlite:///{tmp_path}/history.sqlite3")
    one.hear(NOW, a=1.0)
    one.store.step()
    with one.store.database.writing() as connection:
        upsert_cells(connection, schema.sample, 1, [(round((NOW - 50 * HOUR + at) * 1e6), b"") for at in range(1_000)])
    one.now = NOW + 61
    steps = 0
    while len(times_of(one, schema.sample)) > steps + 1:
        before = len(times_of(one, schema.sample))
        one.now += 2
        one.hear(one.now, a=2.0)
        assert one.store.step()
        steps += 1
        assert before - len(times_of(one, schema.sample)) <= 20 * retention.TRANSACTIONS_AT_ONCE
    assert 10 <= steps <= 15
    one.store.database.close()


def test_one_process_does_it_for_all(database_url):
    processes = [Process(database_url) for _ in range(3)]
    processes[0].hear(NOW - 10, a=1.0)
    for each in processes:
        each.now = NOW + 100
        assert each.store.step()
    with processes[0].store.database.writing() as connection:
        assert not retention.claimed(connection, retention.CLAIM, NOW + 101, retention.EVERY_S)
        assert retention.claimed(connection, retention.CLAIM, NOW + 161, retention.EVERY_S)
        # A clock that was wrong by years must not keep all others from it.
        assert retention.claimed(connection, retention.CLAIM, NOW - 10 * DAY, retention.EVERY_S)
    for each in processes:
        each.store.database.close()


@pytest.fixture
def archive(database_url):
    archive = Archive(database_url, Alerts(), history_alerts=5, history_alerts_days=30)
    yield archive
    archive.store.database.close()


def test_resolved_alerts_by_number_and_by_age_open_ones_stay(archive):
    for number in range(10):
        archive.alerts.take(trigger(f"a{number}", at=NOW - 1_000 + number))
        if number != 2:
            archive.alerts.take(resolution(f"a{number}", at=NOW - 500 + number))
    archive.step()
    archive.now += 61
    archive.step()
    kept = archive.events.alerts(states=["active", "resolved"])
    assert [alert.id for alert in kept.alerts] == ["a9", "a8", "a7", "a6", "a5", "a2"]
    archive.now = NOW + 31 * DAY
    archive.step()
    assert [alert.id for alert in archive.events.alerts(states=["active", "resolved"]).alerts] == ["a2"]


def test_annotations_and_the_rest_stay_as_long_as_the_hours(archive):
    archive.step()
    old = archive.events.annotate(NOW - 700 * DAY, NOW - 10, "long", "ann")
    archive.events.annotate(NOW - 731 * DAY, None, "too old", "ann")
    archive.now += 61
    archive.step()
    assert archive.events.annotations(NOW - 2_000 * DAY, NOW) == [old]
