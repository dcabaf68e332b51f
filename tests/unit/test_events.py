"""Envelopes, sources, times, identity, and everything that is no event."""

from __future__ import annotations

import json

import pytest

from dashboard import events
from dashboard.events import (
    MAX_BYTES,
    MAX_DEPTH,
    REASONS,
    UNNAMED,
    MetricUpdate,
    OtherEvent,
    Rejected,
    is_simulated,
    normal_level,
    parse,
    parse_time,
    parse_together,
)
from dashboard.reading.kinds import READERS
from tests.unit.messages import RECEIVED, SENT, SENT_TEXT, raw, read, refused, update


def test_three_envelopes():
    flat = read(event_type="METRIC_UPDATE", timestamp=SENT_TEXT, metrics={"a": {"b": 1}})
    nested = read(event="job_progress_update", version="1.0", timestamp=SENT_TEXT + "Z", payload={"run_id": "r"})
    plain = read(type="health_check", component="database", status="ok", timestamp=SENT + 0.5, metrics={"x": 1})
    assert (flat.kind, nested.kind, plain.kind) == ("metric_update", "job_progress_update", "health_check")
    assert (flat.time, nested.time, plain.time) == (SENT, SENT, SENT + 0.5)
    assert flat.metrics == {"a.b": 1.0}
    assert nested.run_id == "r"
    assert plain.metrics == {"database.x": 1.0}


@pytest.mark.parametrize(("fields", "kind"), [
    ({"event_type": "Metric_Update", "event": "other", "type": "third"}, "metric_update"),
    ({"event_type": None, "event": "JOB", "type": "third"}, "job"),
    ({"event_type": "", "event": 7, "type": " Third "}, "third"),
    ({"event_type": {"a": 1}, "type": "x"}, "x"),
    ({"EVENT_TYPE": "Thing"}, "thing"),
])
def test_kind_comes_from_the_first_name_that_holds_one(fields, kind):
    assert read(**fields, metrics={}).kind == kind


def test_any_envelope_carries_any_kind():
    body = {"metrics": {"system": {"cpu_percent": 5}}}
    for name in ("event_type", "event", "type"):
        assert read(**{name: "METRIC_UPDATE"}, **body).metrics == {"system.cpu_percent": 5.0}
        assert read(**{name: "metric_update"}, payload=body).metrics == {"system.cpu_percent": 5.0}


def test_a_payload_that_is_no_object_is_no_body():
    assert update({"a": 1}, payload="x").metrics == {"a": 1.0}
    assert update({"a": 1}, payload=[1]).metrics == {"a": 1.0}


def test_what_the_payload_lacks_is_found_beside_it():
    event = read(event_type="METRIC_UPDATE", payload={"timestamp": SENT, "source": "inner"}, metrics={"a": 1})
    assert (event.metrics, event.time, event.source) == ({"a": 1.0}, SENT, "inner")


@pytest.mark.parametrize(("sent", "source"), [
    ("TickStockPL", "TickStockPL"), (" x ", "x"), (7, "7"), (None, UNNAMED), ("", UNNAMED), ("  ", UNNAMED),
    ({"name": "x"}, UNNAMED), (True, UNNAMED), (["x"], UNNAMED)])
def test_source(sent, source):
    event = update({"a": 1}, source=sent)
    assert event.source == source
    assert bool(event.complaints) == (source == UNNAMED and bool(sent))


def test_long_sources_stay_bounded_and_apart():
    one, other = update({}, source="s" * 5000 + "1").source, update({}, source="s" * 5000 + "2").source
    assert len(one) <= 200
    assert one != other


@pytest.mark.parametrize(("name", "simulated"), [
    ("tickstock_simulator", True), ("Simulator", True), ("load-TEST", True), ("TickStockPL", False), (UNNAMED, False)])
def test_simulated_sources_are_known_by_name(name, simulated):
    assert is_simulated(name) is simulated


@pytest.mark.parametrize(("value", "seconds"), [
    (SENT, SENT), (int(SENT), SENT), (SENT * 1000, SENT), (str(SENT), SENT), (str(int(SENT * 1000)), SENT),
    (SENT_TEXT, SENT), (SENT_TEXT + "Z", SENT), ("2026-01-01T12:00:00+02:00", SENT), ("2026-01-01 10:00:00", SENT),
    ("2026-01-01T10:00:00.250000", SENT + 0.25), ("2026-01-01T10:00:00.250123456Z", SENT + 0.250123),
    (" 2026-01-01t10:00:00z ", SENT), ("2026-01-01 10:00:00 UTC", SENT), ("20260101", SENT - 36_000),
    (0, 0.0), (1e11, 1e11), (1e11 + 1, 1e8 + 0.001),
    (None, None), (True, None), ("yesterday", None), ("", None), (-1, None), (float("nan"), None), (1e300, None),
    ([], None), ({}, None), ("2026-13-01", None), (10**400, None), ("9" * 500, None), ("NaN", None),
    ("0001-01-01T00:00:00+23:59", None), ("9999-12-31T23:59:59-23:59", None)])
def test_times(value, seconds):
    assert parse_time(value) == (pytest.approx(seconds, abs=1e-6) if seconds is not None else None)


def test_an_unreadable_time_costs_only_the_time():
    event = update({"a": 1}, timestamp="soon")
    assert (event.time, event.at, event.skew_s) == (None, RECEIVED, None)
    assert event.complaints == ("timestamp: 'soon'",)
    assert event.metrics == {"a": 1.0}


@pytest.mark.parametrize(("ahead_s", "filed_ahead_s"), [(-3600, -3600), (0, 0), (4.9, 4.9), (5.1, 0), (3600, 0)])
def test_a_time_in_the_future_is_not_the_time_samples_are_filed_under(ahead_s, filed_ahead_s):
    event = update({}, timestamp=RECEIVED + ahead_s)
    assert event.at == pytest.approx(RECEIVED + filed_ahead_s)
    assert event.skew_s == pytest.approx(ahead_s)


def test_the_same_message_has_the_same_key_and_another_has_another():
    assert update({"a": 1}).key == update({"a": 1}, RECEIVED + 9).key
    assert update({"a": 1}).key != update({"a": 2}).key


def test_without_a_time_the_moment_of_receipt_belongs_to_the_identity():
    one, again, later = (update({"a": 1}, heard, timestamp=None).key for heard in (RECEIVED, RECEIVED, RECEIVED + 1))
    assert one == again != later


def test_an_own_id_is_the_identity_within_a_source():
    assert update({"a": 1}, event_id="x").key == update({"a": 2}, event_id="x", timestamp=SENT + 1).key
    assert update({}, event_id="x").key != update({}, event_id="x", source="other").key
    assert update({"a": 1}, message_id="x").key == update({"a": 2}, message_id="x").key
    assert update({}, event_id="x", timestamp=None).key == update({}, RECEIVED + 5, event_id="x", timestamp=None).key
    assert len(update({}, event_id="x" * 100_000).key) < 100


def test_a_counter_as_own_id_may_start_again():
    assert update({}, event_id=1).key == update({}, event_id="1").key
    assert update({}, event_id=1).key != update({}, event_id=1, timestamp=SENT + 60).key


def test_text_bytes_and_views_are_read_alike():
    message = raw(event_type="METRIC_UPDATE", timestamp=SENT, metrics={"a": 1})
    forms = [message, message.decode(), bytearray(message), memoryview(message), b"\xef\xbb\xbf" + message]
    assert {parse(form, RECEIVED).metrics["a"] for form in forms} == {1.0}


def _nested(levels: int) -> bytes:
    """An event whose containers reach `levels` deep, the object around it included."""
    return b'{"type":"x","a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


@pytest.mark.parametrize(("message", "reason"), [
    (b"\xff\xfe{}", "not-utf8"), (b'{"type":"\xc3\x28"}', "not-utf8"),
    (b"", "not-json"), (b"hello", "not-json"), (b'{"type":', "not-json"), (b"{'type':1}", "not-json"),
    (b'{"type":"x"} trailing', "not-json"), (b'{"type":"a\nb"}', "not-json"),
    (b"[]", "not-object"), (b'"METRIC_UPDATE"', "not-object"), (b"7", "not-object"), (b"null", "not-object"),
    (b"true", "not-object"), (b"NaN", "not-object"),
    (b'{"type":"x","pad":"' + b"x" * MAX_BYTES + b'"}', "too-large"),
    (_nested(MAX_DEPTH + 1), "too-deep"), (b"[" * 200_000, "too-deep"), (b'{"a":' * 100_000, "too-deep"),
    (b"]" * 1000 + b"[" * 33, "not-json"),
    (b'{"a":NaN,"b":' + b"[" * 40 + b"]" * 40 + b"}", "too-deep"),
    (b"{}", "no-type"), (b'{"event_type":7}', "no-type"), (b'{"type":"  "}', "no-type"), (b'{"type":null}', "no-type"),
    (b'{"type":"metric_update"}', "bad-body"), (b'{"type":"metric_update","metrics":[1]}', "bad-body"),
    (b'{"type":"metric_update","metrics":"x"}', "bad-body"), (b'{"type":"metric_update","metrics":5}', "bad-body"),
    (b'{"type":"health_check"}', "bad-body"), (b'{"type":"health_check","health":"x"}', "bad-body"),
    (b'{"type":"health_check","payload":[]}', "bad-body"),
    (b'{"type":"system_status"}', "bad-body"), (b'{"type":"system_status","status":["x"]}', "bad-body"),
    (b'{"type":"alert_triggered"}', "bad-body"), (b'{"type":"alert_triggered","alert":"x"}', "bad-body"),
    (b'{"type":"alert_triggered","alert":{}}', "bad-body"), (b'{"type":"alert_triggered","alert":[{}]}', "bad-body"),
    (b'{"type":"alert_resolved"}', "bad-body"), (b'{"type":"alert_resolved","alert_id":true}', "bad-body"),
    (b'{"type":"job_progress_update"}', "bad-body"), (b'{"type":"job_progress_update","payload":{}}', "bad-body"),
    (b'{"type":"command_result","payload":{"status":"done"}}', "bad-body"),
])
def test_what_is_no_event(message, reason):
    assert refused(message) == reason
    assert reason in REASONS


def test_limits_are_inclusive():
    assert isinstance(parse(_nested(MAX_DEPTH), RECEIVED), OtherEvent)
    head = b'{"type":"x","pad":"'
    assert isinstance(parse(head + b"x" * (MAX_BYTES - len(head) - 2) + b'"}', RECEIVED), OtherEvent)


def test_brackets_inside_strings_are_no_depth():
    assert isinstance(parse(json.dumps({"type": "x", "a": "[{" * 500, "b": '\\"[' * 50}), RECEIVED), OtherEvent)
    assert isinstance(parse(json.dumps({"type": "x", "a": [[] for _ in range(100)]}), RECEIVED), OtherEvent)


def test_other_objects_are_rejected_too():
    assert parse(None, RECEIVED).reason == "not-json"
    assert refused('{"type":"\ud800') == "not-json"


def test_a_rejected_body_names_its_source():
    event = parse(raw(type="metric_update", source="s"), RECEIVED)
    assert (event.source, event.reason) == ("s", "bad-body")


def test_a_fault_of_the_reader_is_an_answer_and_no_exception(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError
    monkeypatch.setattr(events, "READERS", {"metric_update": broken})
    assert parse(raw(type="metric_update"), RECEIVED) == Rejected("unreadable", "ZeroDivisionError", RECEIVED, UNNAMED)


def test_messages_read_together_are_those_read_one_by_one_each_at_its_time(monkeypatch):
    """A reader that fails costs the message it fails at; a time is asked for when its message is opened."""
    def fail(envelope):
        raise RuntimeError("reader")

    monkeypatch.setitem(READERS, "job_progress_update", fail)
    messages = [raw(event_type="SYSTEM_STATUS", status="RUNNING"), b"{", raw(event_type="job_progress_update"),
                b"[1]", raw(event_type="ALERT_TRIGGERED", source="pl"),
                raw(event_type="METRIC_UPDATE", metrics={"a": 1}), b"{}"]
    asked = []

    def times():
        for number in range(len(messages)):
            asked.append(number)
            yield RECEIVED + number

    together = parse_together(messages, times())
    assert together == [parse(message, RECEIVED + number) for number, message in enumerate(messages)]
    assert asked == list(range(len(messages)))
    assert [getattr(each, "reason", "") for each in together] == [
        "", "not-json", "unreadable", "not-object", "bad-body", "", "no-type"]


def test_an_unknown_kind_is_kept_and_bounded():
    event = read(type="Coffee_Break", source="s", body={"cups": 2}, long="x" * 100_000)
    assert isinstance(event, OtherEvent)
    assert (event.kind, event.body["body"]) == ("coffee_break", {"cups": 2})
    assert len(event.body["long"]) <= 2000
    assert len(read(type="k" * 5000).kind) <= 64


def test_many_small_values_are_bounded_too():
    kept = read(type="x", rows=[[[1] * 50] * 100] * 20).body["rows"]
    assert sum(len(cells) for row in kept for cells in row) <= 2000


@pytest.mark.parametrize(("sent", "level"), [
    ("EMERGENCY", ("EMERGENCY", 0)), ("critical", ("CRITICAL", 1)), ("Error", ("ERROR", 2)),
    ("warning", ("WARNING", 3)), ("info", ("INFO", 4)), ("warn", ("WARNING", 3)),
    ("ERR", ("ERROR", 2)), ("fatal", ("CRITICAL", 1)),
    (" emerg ", ("EMERGENCY", 0)), ("Peculiar", ("Peculiar", 3)), (None, ("UNKNOWN", 3)), (5, ("5", 3))])
def test_alert_levels(sent, level):
    assert normal_level(sent) == level


def test_events_are_frozen():
    event = update({"a": 1})
    assert isinstance(event, MetricUpdate)
    with pytest.raises(AttributeError):
        event.source = "other"
