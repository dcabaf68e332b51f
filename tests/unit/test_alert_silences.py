"""Silences: what they are for, when they count, who made and ended them. And alerts of sources that are silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.alerts.alert import Alert, NotAllowed
from dashboard.alerts.query import AlertIndex
from dashboard.alerts.silences import (
    ACTIVE_AT_MOST,
    ENDED_KEPT,
    Silence,
    UnknownSilence,
    Weekly,
    added,
    dump_silences,
    ended,
    joined,
    kept,
    load_silences,
    next_edge,
    read_silence,
)
from dashboard.alerts.stale import silent_after
from dashboard.alerts.story import story
from dashboard.alerts.times import iso
from tests.alert_events import NOW


def alert(**more):
    fields = {"key": "k", "id": "pool", "source": "pl", "level": "WARNING", "rank": 3, "component": "Database",
              "message": "The pool is exhausted", "first_seen": NOW, "last_seen": NOW}
    return Alert(**fields | more)


def make(silence_id="s1", by="anna", now=NOW, **body):
    return read_silence({"levels": ["warn"], "until": NOW + 600} | body, silence_id=silence_id, by=by, now=now)


def berlin(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()


@pytest.mark.parametrize(("body", "hits"), [
    ({}, True), ({"levels": ["critical"]}, False), ({"levels": "warning"}, True), ({"source": "pl"}, True),
    ({"source": "PL"}, False), ({"component": "database"}, True), ({"component": "data"}, False),
    ({"levels": [], "text": "EXHAUSTED pool"}, True), ({"text": "pool queue"}, False),
    ({"levels": ["error"], "source": "pl"}, False)])
def test_all_that_is_given_must_hold(body, hits):
    assert make(**body).matches(alert()) is hits


@pytest.mark.parametrize("body", [
    {"levels": []}, {"levels": ["loud"]}, {"levels": [1]}, {"levels": {}}, {"source": 5}, {"text": "x" * 201},
    {"reason": ["x"]}, {"until": NOW}, {"until": NOW - 1}, {"until": None}, {"until": "soon"}, {"until": True},
    {"until": float("nan")}, {"until": float("inf")}, {"until": NOW + 400 * 86_400}, {"starts": NOW + 700},
    {"weekly": 5}, {"weekly": {}}, {"weekly": {"days": []}}, {"weekly": {"days": ["xyz"], "from": "1", "to": "2"}},
    {"weekly": {"days": ["mon"], "from": "22:00", "to": "22:00"}}, {"weekly": {"days": ["mon"], "from": "24:00",
                                                                                "to": "01:00"}},
    {"weekly": {"days": ["mon"], "from": "08:00", "to": "09:00", "zone": "../../etc/passwd"}},
    {"weekly": {"days": ["mon"], "from": "08:00", "to": "09:00", "zone": "Mars/Olympus"}},
    {"weekly": {"days": ["mon"], "from": "08:00", "to": "09:00", "zone": 7}}])
def test_what_cannot_be_meant_is_a_value_error(body):
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
        make(**body)


def test_a_silence_counts_from_its_start_to_its_end():
    silence = make(starts=NOW + 60)
    assert [silence.counts_at(NOW + s) for s in (0, 59, 60, 599, 600)] == [False, False, True, True, False]
    assert [next_edge([silence], NOW + s) for s in (0, 60, 600)] == [NOW + 60, NOW + 600, None]
    assert make(starts=NOW - 60).starts == NOW  # nothing is silenced in hindsight


def test_a_weekly_window_goes_by_the_clocks_of_its_zone_also_past_midnight_and_through_a_change_of_clocks():
    night = read_silence({"levels": ["warn"], "weekly": {"days": ["sat", "Friday"], "from": "22:00", "to": "06:00",
                                                         "zone": "europe/berlin"}}, silence_id="n", by="anna", now=1.0)
    assert night.weekly == Weekly((4, 5), 22 * 60, 6 * 60, "Europe/Berlin")
    for text, holds in (("2026-03-27 21:59", False), ("2026-03-27 22:00", True), ("2026-03-28 05:59", True),
                        ("2026-03-28 06:00", False), ("2026-03-29 05:30", True), ("2026-03-29 06:00", False),
                        ("2026-03-29 22:30", False), ("2026-10-25 02:30", True), ("2026-03-26 23:00", False)):
        assert night.counts_at(berlin(text)) is holds, text
    day = Weekly((0,), 8 * 60, 24 * 60 % 1440, "UTC")
    assert day.holds(datetime.fromisoformat("2026-03-30T23:59+00:00").timestamp())
    assert not day.holds(datetime.fromisoformat("2026-03-31T00:00+00:00").timestamp())
    assert next_edge([night], 90.0) == 120.0
    assert night.to_json(1.0)["weekly"] == {"days": ["fri", "sat"], "from": "22:00", "to": "06:00",
                                            "zone": "Europe/Berlin"}


def test_ending_says_who_and_the_second_is_told():
    silences = ended((make(),), "s1", "bert", NOW + 5)
    assert (silences[0].ended_by, silences[0].by, silences[0].counts_at(NOW + 6)) == ("bert", "anna", False)
    with pytest.raises(NotAllowed) as refused:
        ended(silences, "s1", "carl", NOW + 6)
    assert (refused.value.by, refused.value.at) == ("bert", NOW + 5)
    with pytest.raises(UnknownSilence):
        ended(silences, "s2", "carl", NOW + 6)


def test_their_number_is_bounded_and_the_past_is_let_go():
    silences = ()
    for number in range(ACTIVE_AT_MOST):
        silences = added(silences, make(str(number)), NOW)
    with pytest.raises(ValueError, match=str(ACTIVE_AT_MOST)):
        added(silences, make("more"), NOW)
    assert len(kept(silences, NOW + 700)) == ENDED_KEPT
    assert kept(silences, NOW + 32 * 86_400) == ()
    assert len(added(silences, make("more", now=NOW + 601, until=NOW + 900), NOW + 601)) == ENDED_KEPT + 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.one_of(st.none(), st.integers(1, 5))), max_size=8),
       st.lists(st.tuples(st.integers(0, 4), st.one_of(st.none(), st.integers(1, 5))), max_size=8))
def test_joining_is_the_same_from_either_side_and_twice(one, other):
    def built(rows):
        return tuple({str(n): replace(make(str(n)), ended_by=end and "x", ended_at=end and NOW + end)
                      for n, end in rows}.values())
    whole = joined(built(one), built(other))
    assert whole == joined(built(other), built(one)) == joined(whole, built(one))
    assert load_silences(dump_silences(whole)) == whole


def test_silences_survive_their_bytes_and_a_later_version_is_refused():
    weekly = make("w", until=None, weekly={"days": ["mon"], "from": "08:00", "to": "24:00"})
    assert load_silences(dump_silences((make(), weekly))) == (make(), weekly)
    for data in (b"", b"{}", b"[]", b'{"version": 2, "silences": []}'):
        with pytest.raises(ValueError):  # noqa: PT011
            load_silences(data)


# Over the alerts

def test_what_is_silenced_stays_visible_tagged_and_speaks_again_at_the_end():
    silences = (make(),)
    index = AlertIndex([alert(), alert(key="r", state="resolved", resolved_at=NOW)], NOW, None, silences)
    assert [(each.key, each.silenced_by, each.state) for each in index.all] == [
        ("k", "s1", "active"), ("r", None, "resolved")]
    assert index.next_expiry == NOW + 600 and index.expired and index.counts()["active"] == 1
    later = AlertIndex([alert()], NOW + 600, index, silences)
    assert later.get("k").silenced_by is None and later.expired == 0


def test_alerts_of_a_silent_source_are_stale_but_not_over():
    heard = {"pl": NOW - 10}
    silent_since = silent_after(heard.get, 60.0)
    alerts = [alert(), alert(key="u", source="nobody knows"), alert(key="r", state="resolved", resolved_at=NOW)]
    index = AlertIndex(alerts, NOW, None, (), silent_since)
    assert not any(each.stale for each in index.all) and NOW < index.next_expiry <= NOW + 51
    later = AlertIndex(alerts, NOW + 51, index, (), silent_since)
    assert [(each.key, each.stale, each.state) for each in later.all] == [
        ("k", True, "active"), ("r", False, "resolved"), ("u", False, "active")]
    assert later.get("k").stale_since == NOW - 10 and later.expired != index.expired
    heard["pl"] = NOW + 52
    assert not AlertIndex(alerts, NOW + 53, later, (), silent_since).get("k").stale
    assert isinstance(make(), Silence)


# What a source that was silent leaves in the timeline of an alert


def unheard(given, *intervals, now=NOW + 3_000):
    return [(entry["at"], entry["action"], entry["reason"], entry["old_state"], entry["new_state"])
            for entry in story(given, (), now, intervals)]


FELL_SILENT = "Its source fell silent; the state was the last known one"


def test_a_source_that_was_silent_has_an_entry_where_it_fell_silent_and_where_it_was_heard_again():
    first = alert().first_seen
    assert unheard(alert(), (first + 10, first + 310)) == [
        (iso(first + 10), "stale", FELL_SILENT, "active", "active"),
        (iso(first + 310), "heard-again", "Its source is heard again, after 5 min", "active", "active")]


def test_only_what_falls_into_the_life_of_the_alert_is_told():
    first = alert().first_seen
    closed = alert(state="resolved", resolved_at=first + 100)
    assert unheard(closed, (first - 500, first - 400), (first + 200, first + 300)) == []
    assert [entry[:2] for entry in unheard(closed, (first - 90, first + 20), (first + 80, first + 400))] == [
        (iso(first), "stale"), (iso(first + 20), "heard-again"), (iso(first + 80), "stale")]


# What a silence leaves in the timeline of an alert


def told(silence, given, now):
    return [(entry["action"], entry["by"], entry["reason"], entry["note"], entry["old_state"], entry["new_state"])
            for entry in story(given, (silence,), now)]


def test_a_silence_has_entries_where_it_begins_and_where_it_is_over():
    silence = make(by="anna", source="pl", reason="deploy", until=NOW + 60)
    began = ("silenced", "anna", "A silence is for it", "deploy", "active", "active")
    assert told(silence, alert(), NOW + 30) == [began]
    assert told(silence, alert(), NOW + 61) == [
        began, ("silence-over", None, "The silence has run out", "", "active", "active")]
    by_hand = replace(silence, ended_by="bert", ended_at=NOW + 10)
    assert told(by_hand, alert(), NOW + 30)[1:] == [
        ("silence-over", "bert", "The silence was ended", "", "active", "active")]


def test_a_silence_says_when_it_began_for_the_alert():
    before, after = make(now=NOW - 60, source="pl"), make(now=NOW + 5, source="pl")
    times = [story(alert(), (silence,), NOW + 9)[0]["at"] for silence in (before, after)]
    assert times == ["2027-01-15T08:00:00.000Z", "2027-01-15T08:00:05.000Z"]


@pytest.mark.parametrize("silence", [
    {"source": "another"}, {"source": "pl", "starts": NOW + 90}, {"source": "pl", "starts": NOW + 41}])
def test_a_silence_that_was_never_for_the_alert_leaves_nothing(silence):
    over = alert(state="resolved", resolved_at=NOW + 40, resolved_by="anna")
    assert told(make(**silence), over, NOW + 60) == []


def test_a_silence_goes_on_after_the_alert_is_over():
    over = alert(state="resolved", resolved_at=NOW + 40, resolved_by="anna")
    assert [entry[0] for entry in told(make(source="pl", until=NOW + 50), over, NOW + 60)] == ["silenced"]
