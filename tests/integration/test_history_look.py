"""What an answer of many questions reads: on one connection, of one moment, and nothing twice or never."""

from __future__ import annotations

import pytest
from sqlalchemy import event, exc, text

from dashboard.history.answers import UnknownSource
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.settings import Settings
from tests.integration.conftest import NOW


@pytest.fixture
def taken(store):
    """The connections that readers have taken."""
    found = []
    event.listen(store.database._reader, "checkout", lambda *_: found.append(1))
    return found


def hear(ring, source, *values):
    for value in values:
        ring.append(source, NOW - 100 + value, {"m": float(value)})


def values(reader, source):
    return [float(mean) for mean in reader.matrix(source, None, NOW - 200, NOW, 1_000).means[0]]


def test_all_questions_of_a_look_are_of_its_first_moment_and_on_one_connection(store, ring, taken):
    hear(ring, "a", 1, 2)
    hear(ring, "b", 1)
    store.step()
    hear(ring, "b", 2)
    with store.look() as then:
        assert values(then.metrics, "a") == [1, 2]
        hear(ring, "b", 3)
        assert store.step()  # what was pending when the look began is written, and not in what it reads
        assert values(then.metrics, "b") == [1, 2, 3]
        assert [one.name for one in then.metrics.sources()] == ["a", "b"]
        with pytest.raises(UnknownSource):
            then.metrics.metrics("c")
        assert then.events.gaps(0, NOW) == [] and then.status.state == "ready" and then.kept == store.kept
    assert len(taken) == 1
    assert values(store.metrics, "b") == [1, 2, 3]


def test_after_an_error_of_the_database_a_look_goes_on_with_another_connection(store, ring, taken):
    hear(ring, "a", 1)
    store.step()
    with store.look() as then:
        assert values(then.metrics, "a") == [1]
        with pytest.raises(exc.SQLAlchemyError), then.metrics._database.reading() as connection:
            connection.execute(text("SELECT nothing FROM nowhere"))
        assert values(then.metrics, "a") == [1]
        assert values(then.metrics, "a") == [1]
    assert len(taken) == 2
    assert store.database._reader.pool.checkedout() == 0


def test_what_a_look_remembers_is_what_it_would_find(store, ring):
    """Also of metrics that were sent last in an older bucket of the coarsest tier, and of more than its first rows."""
    for days in range(40):
        ring.append("a", NOW - 86_400 * days / 20, {f"m{days}": 1.0, "m": float(days)})
    hear(ring, "b", 1, 2)
    ring.append("c☃", NOW - 5, {"m": 1.0})
    store.step()
    names = ["a", "b", "c☃"]
    with store.look() as then:
        assert then.metrics.metrics("b") == store.metrics.metrics("b")
        assert [one.name for one in then.metrics.sources()] == names
        for name in names:
            assert then.metrics.metrics(name) == store.metrics.metrics(name)
            assert values(then.metrics, name) == values(store.metrics, name)
        with pytest.raises(UnknownSource):
            then.metrics.metrics("nobody")


def test_what_another_process_has_stored_already_is_counted_once(store, ring, database_url):
    """Buckets know no samples: to what is pending it matters which of it is in them."""
    other = HistoryStore(Settings(database_url=database_url), heard_there := Ring(), clock=lambda: NOW)
    assert other.step()
    hear(ring, "a", 1, 2, 3)
    hear(heard_there, "a", 2, 4)
    hear(ring, "b", 1, 2)
    assert other.step()
    with store.look() as then:
        assert [one.name for one in then.metrics.sources()] == ["a", "b"]
        for name, count in (("a", 4), ("b", 2)):
            found = then.metrics.matrix(name, None, NOW - 7_200, NOW, 1)
            assert found.tier != "raw" and found.counts.sum() == count
    other.database.close()


@pytest.mark.parametrize("url", [None, "off"])
def test_memory_is_cut_once_for_each_source_however_much_is_asked(store, ring, monkeypatch, url):
    asked = store if url is None else HistoryStore(Settings(database_url=url), ring, clock=lambda: NOW)
    for source in ("a", "b"):
        hear(ring, source, 1, 2)
    store.step()
    hear(ring, "a", 3)
    cut, cuts = ring.cut, []
    monkeypatch.setattr(ring, "cut", lambda source: cuts.append(source) or cut(source))
    with asked.look() as then:
        for _ in range(2):
            assert then.metrics.ring.metrics("a") == ["m"]
            assert [one.name for one in then.metrics.sources()] == ["a", "b"]
            assert [one.name for one in then.metrics.metrics("a")] == ["m"]
            assert values(then.metrics, "a") == [1, 2, 3] and values(then.metrics, "b") == [1, 2]
            assert then.metrics.statistics("a", ["m"], NOW - 200, NOW)["m"].count == 3
    assert sorted(cuts) == ["a", "b"]


def test_a_look_where_there_is_no_history(ring):
    hear(ring, "a", 1)
    with HistoryStore(Settings(database_url="off"), ring, clock=lambda: NOW).look() as then:
        assert values(then.metrics, "a") == [1]


def test_the_sources_are_asked_for_once(store, ring):
    hear(ring, "a", 1)
    store.step()
    asked = []
    event.listen(store.database._reader, "before_cursor_execute", lambda *more: asked.append(more[2]))
    with store.look() as then:
        found = then.metrics.sources()
        before = len(asked)
        hear(ring, "b", 1)  # what the ring has is told as it is when it is first asked for
        assert [one.name for one in then.metrics.sources()] == ["a", "b"]
        assert len(asked) == before
    assert [one.name for one in found] == ["a"]


def test_whatever_ends_a_look_gives_the_connection_back_and_nobody_takes_one_after_it(store, ring):
    hear(ring, "a", 1)
    store.step()
    with pytest.raises(ZeroDivisionError), store.look() as then:
        with then.look() as the_same:
            assert values(the_same.metrics, "a") == [1]
        assert store.database._reader.pool.checkedout() == 1
        raise ZeroDivisionError
    assert store.database._reader.pool.checkedout() == 0
    with pytest.raises(RuntimeError, match="over"):
        then.metrics.sources()
    assert store.database._reader.pool.checkedout() == 0
