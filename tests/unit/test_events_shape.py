"""What is read by the shape of messages before it is what the ordinary reader makes of it, or is left to that one."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard import events
from dashboard.events import MetricUpdate, parse
from dashboard.reading import familiar
from dashboard.reading.familiar import LEARN_AFTER, MISSES, Familiar
from dashboard.reading.oversize import Oversize
from dashboard.reading.shape import Shape, Unfamiliar
from tests.unit.messages import RECEIVED, SENT, SENT_TEXT
from tests.unit.test_events_fuzz import QUICK, SCALARS, TAPES, nearly

FULL = {
    "event_type": "METRIC_UPDATE", "timestamp": SENT_TEXT, "source": "TickStockPL", "version": 2,
    "metrics": {
        "system": {"cpu_percent": 41.5, "thread_count": 42, "network_io": {"bytes_sent": 123456789}, "note": None},
        "application": {"active_timeframes": ["1min", "daily"], "cache_hit_rate": 0.93},
        "database": {"connected": True, "query_latency_ms": 4, "last_write": "2026-01-01T09:59:58"}, "empty": {}},
    "health_score": {"overall": 88, "status": "good", "components": {"db": "ok", "redis": {"score": 70, "lag": 0.1}}},
    "trends": {"cpu": {"direction": "INCREASING", "rate": 0.5, "prediction_1h": 60}}, "recommendations": ["rest"]}


class Unlearned(Familiar):
    """Knows nothing, ever."""

    def learn(self, event: MetricUpdate, document: dict[str, Any]) -> None:
        pass


@pytest.fixture(autouse=True)
def _long_way(monkeypatch):
    monkeypatch.setattr(events, "_familiar", Unlearned())


def written(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")


def without_complaint(document: dict[str, Any]) -> bool:
    event = parse(written(document), RECEIVED)
    return isinstance(event, MetricUpdate) and not event.complaints


def shape(document: dict[str, Any]) -> Shape:
    return Shape(json.loads(json.dumps(document)), "metric_update")


def put(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    changed = deepcopy(document)
    *way, last = path.split("/")
    here = changed
    for step in way:
        here = here[step]
    here[last] = value
    return changed


def places(value: Any, path: str = "") -> list[str]:
    """Every place in a document, as a path."""
    if not isinstance(value, dict):
        return []
    below = [(f"{path}/{key}".removeprefix("/"), item) for key, item in value.items() if "/" not in key]
    return [place for way, item in below for place in (way, *places(item, way))]


def test_a_full_message_is_read_as_the_ordinary_reader_reads_it():
    raw = written(FULL)
    event = shape(FULL).read(raw, RECEIVED)
    assert event == parse(raw, RECEIVED)
    assert event.metrics["database.query_avg_ms"] == 4.0
    assert event.facts["database.connected"] is True
    assert event.health.components[1].score == 70


@pytest.mark.parametrize(("path", "value"), [
    ("metrics/system/cpu_percent", 7), ("metrics/system/cpu_percent", -0.0), ("metrics/system/thread_count", 2**64),
    ("metrics/system/note", "words"), ("metrics/database/connected", False), ("metrics/empty", {}),
    ("metrics/application/active_timeframes", []), ("metrics/application/active_timeframes", ["hourly", 1, None]),
    ("timestamp", "2026-01-01T10:00:07.25Z"), ("source", " other "), ("version", "3"), ("version", None),
    ("health_score/overall", 12.25), ("health_score/status", 5), ("health_score/components/db", 60),
    ("trends/cpu/direction", "down"), ("trends/cpu/rate", None), ("trends/cpu", "UP"), ("recommendations", ["a", "b"])])
def test_other_values_of_the_same_shape(path, value):
    raw = written(put(FULL, path, value))
    event = shape(FULL).read(raw, RECEIVED)
    assert event is not None
    assert event == parse(raw, RECEIVED)


@pytest.mark.parametrize(("path", "value"), [
    ("event_type", "HEALTH_CHECK"), ("event", "other"), ("payload", {"metrics": {}}), ("timestamp", "soon"),
    ("timestamp", SENT), ("source", ""), ("source", 5), ("source", "s" * 300), ("event_id", "7"),
    ("metrics/new", 1), ("metrics/system/cpu_percent", None), ("metrics/system/cpu_percent", True),
    ("metrics/system/cpu_percent", "41.5"), ("metrics/system/note", "41.5"), ("metrics/system/note", "NaN"),
    ("metrics/system/note", {"a": 1}), ("health_score/overall", 101), ("health_score/components", []),
    ("trends/cpu", 5), ("trends/cpu/rate", "fast"), ("recommendations", {"a": 1}), ("version", {"a": 1})])
def test_what_is_not_of_the_shape_is_left_to_the_ordinary_reader(path, value):
    assert shape(FULL).read(written(put(FULL, path, value)), RECEIVED) is None


@pytest.mark.parametrize("raw", [
    written(FULL)[:-1], written(FULL) + b"{}", written(FULL).replace(b"41.5", b"NaN"), b"", b"[]", b"\xff",
    written(FULL).replace(b"41.5", b"1e400"), written(FULL).replace(b"rest", b"\xff"),
    written(FULL).replace(b"rest", b"\x01")])
def test_bytes_that_are_not_of_the_shape(raw):
    assert shape(FULL).read(raw, RECEIVED) is None


@pytest.mark.parametrize("document", [
    put(FULL, "payload", 1), put(FULL, "metrics", {"a": "words"}), put(FULL, "metrics", {"a.b": 1, "c": 2}),
    put(FULL, "metrics", {"": 1}), put(FULL, "metrics", {"n" * 200: 1}), put(FULL, "event_id", 7),
    put(FULL, "timestamp", None), put(FULL, "source", None), put(FULL, "type", 3),
    put(FULL, "metrics/system/note", "41.5"), put(FULL, "event_type", " ") | {"Event": "METRIC_UPDATE"},
    put(FULL, "metrics/empty", {f"g{number}": {} for number in range(100)}),
    put(FULL, "metrics/empty", {f"m{number}": 1 for number in range(2_000)}),
    FULL | {f"more{number}": 1 for number in range(2_000)},
    {key: value for key, value in FULL.items() if key not in ("event_type",)} | {"Event_Type": "METRIC_UPDATE"}])
def test_messages_without_a_shape(document):
    with pytest.raises(Unfamiliar):
        shape(document)


def test_an_id_of_its_own_makes_the_key():
    for name in ("event_id", "message_id"):
        known = shape(FULL | {name: "first"})
        raw = written(FULL | {name: "second"})
        assert known.read(raw, RECEIVED) == parse(raw, RECEIVED)
        assert known.read(raw, RECEIVED).key.startswith("id-")


def test_more_facts_than_are_kept():
    names = [f"f{number}" for number in range(250)]
    raw = written(put(FULL, "metrics/empty", dict.fromkeys(names, "x")))
    assert parse(raw, RECEIVED).complaints
    assert shape(put(FULL, "metrics/empty", dict.fromkeys(names))).read(raw, RECEIVED) is None


def test_one_number_alone():
    document = {"event_type": "METRIC_UPDATE", "timestamp": SENT, "source": "s", "metrics": {"free": {"name": 1}}}
    raw = written(put(document, "metrics/free/name", 2))
    assert shape(document).read(raw, RECEIVED) == parse(raw, RECEIVED)
    assert dict(shape(document).read(raw, RECEIVED).metrics) == {"free.name": 2.0}


@QUICK
@example(bytes(range(40)), b"\x05\x06\x07\x08")
@given(TAPES, st.binary(min_size=2, max_size=8))
def test_made_up_messages_with_made_up_changes(tape, changes):
    document = FULL | {key: value for key, value in nearly(tape).items() if key not in ("payload", "type", "event")}
    document |= {"event_type": "METRIC_UPDATE", "metrics": FULL["metrics"] | {"made": nearly(tape)}}
    if not without_complaint(document) or b"\\" in written(document):
        document = FULL
    try:
        known = shape(document)
    except Unfamiliar:
        known = shape(document := FULL)
    way = places(document)
    for place, value in zip(changes[::2], changes[1::2], strict=False):
        changed = put(document, way[place % len(way)], SCALARS[value % len(SCALARS)])
        try:
            raw = written(changed)
        except ValueError:  # more digits than Python writes
            continue
        event = known.read(raw, RECEIVED) if b"\\" not in raw else None
        assert event is None or event == parse(raw, RECEIVED)


@QUICK
@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=3))
def test_damaged_messages(damage):
    raw = bytearray(written(FULL))
    for place, value in damage:
        raw[place % len(raw)] = value
    event = shape(FULL).read(bytes(raw), RECEIVED) if b"\\" not in raw else None
    assert event is None or event == parse(bytes(raw), RECEIVED)


# -- when shapes are made ----------------------------------------------------------------------------------------------

@pytest.fixture
def made(monkeypatch):
    """How often a shape was made."""
    found: list[dict[str, Any]] = []

    class Counted(Shape):
        def __init__(self, document: dict[str, Any], kind: str):
            found.append(document)
            super().__init__(document, kind)
    monkeypatch.setattr(familiar, "Shape", Counted)
    return found


@pytest.fixture
def known(monkeypatch):
    instance = Familiar()
    monkeypatch.setattr(events, "_familiar", instance)
    return instance


def test_a_shape_is_made_once_some_messages_were_alike(made, known):
    for number in range(LEARN_AFTER):
        assert known.read(written(FULL), RECEIVED) is None
        parse(written(put(FULL, "metrics/system/cpu_percent", number)), RECEIVED)
    assert len(made) == 1
    assert known.read(written(FULL), RECEIVED) is not None
    assert known.read(written(FULL).replace(b"rest", b"r\\u0065st"), RECEIVED) is None
    assert known.read(Oversize.of(written(FULL), 2_000_000), RECEIVED) is None
    for _ in range(1000):
        parse(written(FULL), RECEIVED)
    assert len(made) == 1


def test_a_producer_that_changes_its_names_is_learned_anew(made, known):
    for _ in range(1000):
        parse(written(FULL), RECEIVED)
    changed = put(FULL, "metrics/database", {"connected": True, "query_latency_ms": 4, "first_write": SENT_TEXT})
    assert parse(written(changed), RECEIVED).metrics["database.query_avg_ms"] == 4.0
    for _ in range(MISSES + LEARN_AFTER):
        parse(written(changed), RECEIVED)
    assert len(made) == 2
    assert known.read(written(changed), RECEIVED) is not None
    assert known.read(written(FULL), RECEIVED) is None


def test_names_that_are_always_new_have_few_shapes_made(made, known):
    raw = written(put(FULL, "metrics/empty", {"name_0": 0}))
    for number in range(5_000):
        event = parse(raw.replace(b'"name_0": 0', b'"name_%d": %d' % (number, number)), RECEIVED)
        assert event.metrics[f"empty.name_{number}"] == number
    assert len(made) < 12


def test_messages_that_have_no_shape_are_seldom_tried(made, known):
    raw = written(put(FULL, "metrics/empty", {"a.b": 1}))
    for _ in range(5_000):
        parse(raw, RECEIVED)
    assert len(made) < 12


def test_messages_with_a_complaint_make_no_shape(made, known):
    for _ in range(100):
        assert parse(written(put(FULL, "health_score/overall", 101)), RECEIVED).complaints
    assert not made


def test_of_shapes_only_so_many_are_kept_and_those_that_are_used(known, made):
    raw = written(put(FULL, "metrics/empty", {"used": 1}))
    for _ in range(1_000):
        parse(raw, RECEIVED)
    for size in range(2 * familiar.PLACES_KEPT):
        raw = written(put(FULL, "metrics/empty", {f"m{place}": 1 for place in range(size)}))
        for _ in range(LEARN_AFTER):
            parse(raw, RECEIVED)
        assert len(known._places) <= familiar.PLACES_KEPT
    before = len(made)
    assert known.read(written(put(FULL, "metrics/empty", {"used": 2})), RECEIVED) is not None
    assert len(made) == before
