"""What happened while somebody did not look."""

from __future__ import annotations

import pytest

from dashboard.alerts.lifecycle import (
    acknowledge,
    alerts_of,
    assign,
    document_for,
    resolve,
    resolved,
    triggered,
)
from dashboard.alerts.silences import ended, read_silence
from dashboard.alerts.since import END_SILENCE, SILENCE, since
from tests.alert_events import NOW, resolution, trigger

START, END = NOW, NOW + 3_600


def fired(alert_id, at, level="WARNING"):
    document = triggered(document_for(trigger(alert_id, at)), trigger(alert_id, at, level=level))
    return document, alerts_of(document)[-1].key


def looked(*documents, silences=(), person="ada"):
    alerts = [alert for document in documents for alert in alerts_of(document)]
    return since(alerts, silences, START, END, person)


def test_what_fired_comes_with_what_is_open_and_grave_first():
    quiet, _ = fired("old", START - 5)
    late, _ = fired("late", END + 1)
    found = looked(quiet, late, fired("a", START + 5)[0], fired("b", START + 9)[0],
                   fired("c", START + 1, "CRITICAL")[0], resolved(fired("d", START + 2, "EMERGENCY")[0],
                                                                  resolution("d", START + 3)))
    assert [alert.id for alert in found.fired] == ["c", "b", "a", "d"]
    assert not found.is_quiet and looked(quiet, late).is_quiet


@pytest.mark.parametrize(("at", "counts"), [(START, False), (START + 0.5, True), (END, True), (END + 0.5, False)])
def test_the_time_is_after_the_last_look_up_to_the_return(at, counts):
    assert bool(looked(fired("a", at)[0]).fired) is counts


def test_what_cleared_by_itself_is_told_whenever_it_began_but_not_what_a_person_ended():
    old, _ = fired("old", START - 500)
    mine, key = fired("mine", START - 400)
    found = looked(resolved(old, resolution("old", START + 60)), resolve(mine, key, "ada", START + 70),
                   resolved(fired("before", START - 9)[0], resolution("before", START - 1)))
    assert [alert.id for alert in found.cleared] == ["old"] and found.fired == ()


def test_what_colleagues_did_is_told_and_not_what_i_did_nor_the_producer():
    document, key = fired("a", START - 60)
    document = acknowledge(document, key, "grace", START + 10, "on it", START + 1810)
    document = assign(document, key, "ada", START + 20, "bert")
    other, other_key = fired("b", START - 60)
    other = resolve(other, other_key, "bert", START + 30)
    ours, _ = fired("c", START - 60)
    found = looked(document, other, resolved(ours, resolution("c", START + 40)))
    assert [(deed.at - START, deed.by, deed.action, deed.alert.id) for deed in found.deeds] == [
        (30, "bert", "resolve", "b"), (10, "grace", "acknowledge", "a")]
    assert (found.deeds[1].reason, found.deeds[1].note) == ("For 30 min", "on it")
    assert [deed.by for deed in looked(document, person="grace").deeds] == ["ada"]


def test_silences_are_deeds_too():
    made = read_silence({"text": "pool", "until": START + 900, "reason": "deploy"}, silence_id="s", by="grace",
                        now=START + 1)
    over = ended((made,), "s", "ada", START + 2)
    assert [(deed.action, deed.by, deed.note) for deed in looked(silences=over, person="x").deeds] == [
        (END_SILENCE, "ada", ""), (SILENCE, "grace", "deploy")]
    assert [deed.action for deed in looked(silences=over).deeds] == [SILENCE]
