"""How much of an alert's past is kept: occurrences and episodes are folded, and nothing that shows is lost."""

from __future__ import annotations

from dashboard.alerts.documents import dump_alert, dump_document, load_alert
from dashboard.alerts.facts import microseconds, trigger_of
from dashboard.alerts.lifecycle import (
    EPISODES_KEPT,
    FACTS_AT_MOST,
    FACTS_KEPT,
    acknowledge,
    alerts_of,
    record,
    resolve,
    settle,
)
from tests.alert_events import NOW, resolution, trigger
from tests.unit.lifecycle_world import EMPTY, last, told


def test_ten_thousand_occurrences_are_counted_exactly_and_kept_small_even_when_heard_twice():
    document = EMPTY
    for start in range(0, 10_000, 100):
        batch = [trigger_of(trigger(at=NOW + number / 10, key=str(number))) for number in range(start, start + 100)]
        for _ in range(2):
            document, _ = settle(record(document, batch))
    again = [trigger_of(trigger(at=NOW + number / 10, key=str(number))) for number in range(0, 10_000, 7)]
    assert record(document, again) is document
    alert = last(document)
    assert (alert.count, alert.first_seen, alert.last_seen) == (10_000, NOW, NOW + 999.9)
    assert len(document.facts) <= FACTS_KEPT
    assert len(dump_document(document)) < 16_384


def test_occurrences_that_share_one_time_are_kept_apart_up_to_a_bound():
    many = [trigger_of(trigger(key=str(number))) for number in range(FACTS_AT_MOST)]
    document, _ = settle(record(EMPTY, many))
    assert last(settle(record(document, many))[0]).count == FACTS_AT_MOST
    document, _ = settle(record(document, [trigger_of(trigger(key="one more"))]))
    assert document.facts == {} and last(document).count == FACTS_AT_MOST + 1
    assert last(told(trigger(at=NOW + 1), document=document)).count == FACTS_AT_MOST + 2


def test_old_episodes_leave_the_document_as_they_were():
    document, gone = EMPTY, []
    for number in range(EPISODES_KEPT + 5):
        document = told(trigger(at=NOW + 10 * number), resolution(at=NOW + 10 * number + 5), document=document)
        document, left = settle(document)
        gone += left
    assert len(gone) == 5 and len(alerts_of(document)) == EPISODES_KEPT
    assert [alert.first_seen for alert in gone] == [NOW + 10 * number for number in range(5)]
    assert load_alert(dump_alert(gone[0])) == gone[0]
    keys = {alert.key for alert in gone} | {alert.key for alert in alerts_of(document)}
    assert len(keys) == EPISODES_KEPT + 5


def test_a_click_on_a_folded_alert_still_counts():
    document, _ = settle(told(trigger()), until=microseconds(NOW + 1))
    assert document.facts == {} and last(document).count == 1
    assert last(acknowledge(document, last(document).key, "anna", NOW - 100)).state == "acknowledged"
    assert last(resolve(document, last(document).key, "anna", NOW + 5)).state == "resolved"


def test_texts_are_let_go_but_for_the_newest_few():
    document, _ = settle(told(*(trigger(at=NOW + number, message=f"{number}") for number in range(30))))
    assert sum(fact.content is not None for fact in document.facts.values()) == 10
    assert last(document).message == "29"
    early, late = alerts_of(told(resolution(at=NOW + 5.5), document=document))  # further back than texts are kept
    assert (early.count, late.count, late.message) == (6, 24, "29")
    assert early.message == "20"  # the oldest there still is
