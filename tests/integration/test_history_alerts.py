"""Alerts in the history: kept with their timelines, one for all processes, and found again by time, words and id."""

from __future__ import annotations

import pytest

from dashboard.alerts.past import Wanted
from dashboard.history.answers import UnknownAnnotation, UnknownSource
from dashboard.history.closed import ClosedInArchive
from tests.alert_events import resolution, trigger
from tests.hostile import LINES, STATEMENTS
from tests.integration.event_process import processes
from tests.integration.history_process import NOW


@pytest.fixture
def process(database_url):
    with processes(database_url) as make:
        yield make


def test_an_alert_is_kept_with_its_timeline(process):
    one = process()
    one.alerts.take(trigger("disk", at=NOW - 100, level="WARNING", component="db", message="50 % slow"))
    one.step()
    one.alerts.take(trigger("disk", at=NOW - 50, level="CRITICAL", component="db", message="50 % slow"))
    one.alerts.take(resolution("disk", at=NOW - 10))
    one.step()
    alert, = one.alerts.all()
    page = one.events.alerts()
    assert (page.total, page.alerts) == (1, (alert,))
    assert [entry.action for entry in page.alerts[0].timeline] == ["fired", "severity", "resolve"]
    assert one.events.alert(alert.key) == alert
    assert one.events.alert("nobody") is None


def test_processes_agree_whoever_writes_last(process):
    """One has heard less: what it writes later does not take anything back."""
    more, less = process(), process()
    for each in (more, less):
        each.alerts.take(trigger("disk", at=NOW - 100))
    more.alerts.take(resolution("disk", at=NOW - 10))
    more.step()
    less.step()
    assert [alert.state for alert in less.events.alerts().alerts] == ["resolved"]
    assert less.events.alerts(states=["active"]).total == 0


@pytest.fixture
def archive(process):
    one = process()
    for number in range(10):
        start = NOW - 1_000 + number * 100
        one.alerts.take(trigger(f"a{number}", at=start, level="ERROR" if number % 2 else "INFO",
                                  source="pl" if number < 5 else "other", message=f"message {number} of 100%_"))
        if number < 8:
            one.alerts.take(resolution(f"a{number}", at=start + 50, source="pl" if number < 5 else "other"))
    one.step()
    return one.events


def ids(page) -> list[str]:
    return [alert.id for alert in page.alerts]


def test_alerts_are_found_by_time_level_source_and_text(archive):
    assert ids(archive.alerts()) == [f"a{number}" for number in range(7, -1, -1)]
    assert ids(archive.alerts(start=NOW - 500, end=NOW - 400)) == ["a6", "a5"]
    assert ids(archive.alerts(start=NOW - 540, end=NOW - 500)) == ["a5"]
    assert ids(archive.alerts(levels=["ERR"])) == ["a7", "a5", "a3", "a1"]
    assert ids(archive.alerts(source="other")) == ["a7", "a6", "a5"]
    assert ids(archive.alerts(text="MESSAGE 3")) == ["a3"]
    assert ids(archive.alerts(text="3 error")) == []
    assert ids(archive.alerts(text="%_")) == [f"a{number}" for number in range(7, -1, -1)]
    assert ids(archive.alerts(text="0_")) == []
    assert ids(archive.alerts(states=["active"])) == ["a9", "a8"]
    assert ids(archive.alerts(states=["nonsense"])) == []
    page = archive.alerts(limit=3, offset=6)
    assert (ids(page), page.total) == (["a1", "a0"], 8)


def test_alerts_that_are_known_already_are_neither_read_nor_counted(archive):
    window = NOW - 500, NOW - 100  # a5, which fires as it begins, to a9
    page = archive.alerts_beside((), *window, 100)
    assert (ids(page), page.total) == (["a9", "a8", "a7", "a6", "a5"], 5)
    known = {alert.key for alert in page.alerts if alert.id in ("a6", "a9")}
    less = archive.alerts_beside(known, *window, 100)
    assert (ids(less), less.total) == (["a8", "a7", "a5"], 3)
    newest = archive.alerts_beside(known, *window, 2)
    assert (ids(newest), newest.total) == (["a8", "a7"], 3)
    assert archive.alerts_beside(known, NOW - 9_000, NOW - 8_000, 3).total == 0
    assert ids(archive.alerts_beside((), NOW - 9_000, NOW, 100)) == [f"a{number}" for number in range(9, -1, -1)]


def test_a_level_of_the_producers_own_is_found_in_any_case(process):
    one = process()
    for level in ("Custom", "ÜBEL", "ERROR"):
        one.alerts.take(trigger(level, at=NOW - 100, level=level))
        one.alerts.take(resolution(level, at=NOW - 10))
    one.step()
    for levels, found in ((["custom"], {"Custom"}), (["CUSTOM", "error"], {"Custom", "ERROR"}), (["ÜBEL"], {"ÜBEL"}),
                          (["other"], {"Custom", "ÜBEL"}), (["Other", "err"], {"Custom", "ÜBEL", "ERROR"})):
        assert set(ids(one.events.alerts(levels=levels))) == found, levels
        assert {alert.id for alert in ClosedInArchive(one.events).each(Wanted(levels=tuple(levels)))} == found, levels


@pytest.mark.parametrize("alert_id", ["a\0b", "a\ufffeb", "x" * 10_000, "<b>'\"/"])
def test_an_alert_is_found_by_whatever_id_its_producer_gave_it(process, alert_id):
    one = process()
    one.alerts.take(trigger(alert_id, at=NOW - 100, source="p\0l"))
    one.alerts.take(resolution(alert_id, at=NOW - 10, source="p\0l"))
    one.step()
    kept, = one.alerts.all()
    for found in (one.events.find(kept.id), one.events.find(kept.key), one.events.find(kept.id, "p\0l"),
                  one.events.alerts(source="p\0l", text=kept.id[:5]).alerts):
        assert [alert.key for alert in found] == [kept.key]
    for other in (kept.id.replace("\0", "?") + "?", "x" * 9_999, "no\0such"):
        assert one.events.find(other) == []
    assert [span.key for span in one.events.alert_spans(NOW - 200, NOW, source="p\0l")] == [kept.key]


def test_a_text_is_looked_for_as_it_is_whatever_it_means_to_a_database(process, archive):
    everything = archive.alerts().total
    for text in (*STATEMENTS, *LINES):
        assert ids(archive.alerts(source=text)) == [] and ids(archive.alerts(levels=[text])) == []
        found = archive.alerts(text=text)
        assert all(word in " ".join((one.id, one.source, one.component, one.message)).lower()
                   for one in found.alerts for word in text.replace("\0", "?").lower().split()), text
        assert archive.find(text) == [] and archive.find(text, text) == [] and archive.alert(text) is None
        assert archive.alert_spans(0, NOW, text) == [] and archive.said(0, NOW, source=text) == []
        for wanted in (Wanted(levels=(text,)), Wanted(source=text)):
            assert list(ClosedInArchive(archive).each(wanted)) == []
        with pytest.raises(UnknownAnnotation):
            archive.change_annotation(text, text, text=text)
        with pytest.raises(UnknownAnnotation):
            archive.remove_annotation(text)
        archive.annotate(NOW - 1, None, f"{text}.", text, text)
        assert f"{text}.".replace("\0", "?").strip() in [
            note.text for note in archive.annotations(NOW - 5, NOW, text)]
        with pytest.raises(UnknownSource):
            process().store.metrics.series(text, [text], NOW - 60, NOW, 10)
    assert archive.alerts().total == everything


def test_spans_of_alerts_open_ones_too(archive):
    spans = archive.alert_spans(NOW - 260, NOW)
    assert [(span.id, span.start, span.end, span.state) for span in spans] == [
        ("a7", NOW - 300, NOW - 250, "resolved"), ("a8", NOW - 200, None, "active"), ("a9", NOW - 100, None, "active")]
    assert archive.alert_spans(NOW - 5_000, NOW - 2_000) == []
    assert [span.id for span in archive.alert_spans(NOW - 5_000, NOW, source="pl", limit=2)] == ["a3", "a4"]
