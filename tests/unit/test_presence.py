"""When a source was heard: the same silences in whatever order it is learned."""

from __future__ import annotations

import time
from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.presence import SPANS_KEPT, Presence
from dashboard.services import build
from dashboard.settings import Settings


def silences(times, apart_s=60.0):
    presence = Presence(apart_s)
    for at in times:
        presence.heard(at)
    return presence.silences()


def expected(times, apart_s=60.0):
    """The definition: neighbours in time that are further apart."""
    ordered = sorted(times)
    return tuple((before, after) for before, after in zip(ordered, ordered[1:], strict=False)
                 if after - before > apart_s)


@pytest.mark.parametrize(("times", "found"), [
    ([], ()), ([5.0], ()), ([0.0, 60.0, 120.0], ()), ([0.0, 61.0], ((0.0, 61.0),)),
    ([0.0, 200.0, 100.0], ((0.0, 100.0), (100.0, 200.0))), ([0.0, 100.0, 50.0], ()),
    ([1000.0, 0.0, 5.0], ((5.0, 1000.0),)), ([0.0, 100.0, 100.0, 0.0], ((0.0, 100.0),)),
])
def test_a_silence_is_what_is_longer_than_allowed(times, found):
    assert silences(times) == found


@given(st.lists(st.integers(0, 2_000).map(float), max_size=60))
def test_the_order_does_not_matter(times):
    assert silences(times) == expected(times)


def test_the_oldest_are_forgotten():
    times = [100.0 * number for number in range(2 * SPANS_KEPT)]
    assert silences(times) == expected(times)[-SPANS_KEPT + 1:]


# In a console: what its source's silences leave in the timelines of its alerts

NOW = time.time()


@pytest.fixture
def console():
    services = build(Settings(start_listener=False, database_url="off"))
    services.record.subscribed()
    return services


def hear(console, at, event_type="METRIC_UPDATE", **body):
    raw = orjson.dumps({"event_type": event_type, "source": "pl", "timestamp": at, **body})
    assert console.intake.accept(raw, at) == "accepted"
    console.alerts.step()


def hear_metrics(console, at):
    hear(console, at, metrics={"system": {"cpu_percent": 1.0}})


def hear_alert(console, at):
    hear(console, at, "ALERT_TRIGGERED", alert={"id": "a", "level": "error", "message": "m", "component": "c"})


def told(console):
    (found,) = console.alerts.find("a")
    return [entry["action"] for entry in console.alerts.story(replace(found, stale_since=None), NOW)]


def test_a_silence_between_two_events_is_told_of_an_alert_that_was_open(console):
    hear_alert(console, NOW - 1_000)
    hear_metrics(console, NOW - 900)
    hear_metrics(console, NOW - 850)
    assert told(console) == ["fired", "stale", "heard-again"]
    hear_metrics(console, NOW - 950)  # had been missed, and is filled in
    assert told(console) == ["fired"]


def test_a_time_in_which_nobody_could_be_heard_says_nothing_of_a_source(console):
    hear_alert(console, NOW - 1_000)
    console.record.lost(NOW - 950, "Redis did not answer")
    console.record.subscribed()
    hear_metrics(console, NOW)
    assert told(console) == ["fired"]
