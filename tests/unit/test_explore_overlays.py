"""Gaps, alerts, commands and annotations of a window, from memory or from the store, in one list."""

from __future__ import annotations

from types import SimpleNamespace

from dashboard.commands import SentCommand
from dashboard.explore.overlays import ALERT, ANNOTATION, COMMAND, GAP, LABEL_LIMIT, OVERLAYS_MOST, overlays
from dashboard.explore.span import Span
from dashboard.feed.record import Gap
from tests.unit.test_explore_report import lived

SPAN = Span(1_000.0, 2_000.0)


def span_of_alert(start, end, key="k", source="s", level="ERROR", component="db", message="slow"):
    return SimpleNamespace(key=key, id="7", source=source, level=level, component=component, message=message,
                           start=start, end=end)


def note(start, end=None, source=None, text="deployed", key="n"):
    return SimpleNamespace(id=key, start=start, end=end, text=text, by="anna", source=source)


def test_all_kinds_in_the_order_of_time():
    found = overlays(
        SPAN, gaps=[Gap(1_500, None, "Redis was away")], alerts=[span_of_alert(900, 1_100)],
        commands=[SentCommand("CLEAR_CACHE", "anna", 1_200, "r1", 2)], annotations=[note(1_300), note(1_400, 1_450)])
    assert [(one.kind, one.start, one.end, one.label) for one in found.items] == [
        (ALERT, 900, 1_100, "db: slow"), (COMMAND, 1_200, 1_200, "CLEAR_CACHE"), (ANNOTATION, 1_300, 1_300, "deployed"),
        (ANNOTATION, 1_400, 1_450, "deployed"), (GAP, 1_500, None, "Redis was away")]
    assert [one.moment for one in found.items] == [False, True, True, False, False]
    assert (found.of(COMMAND)[0].by, found.of(COMMAND)[0].key, found.of(ALERT)[0].level) == ("anna", "r1", "ERROR")


def test_only_what_overlaps_the_window():
    found = overlays(SPAN, gaps=[Gap(0, 999, "before"), Gap(0, 1_000, "touches"), Gap(2_000, None, "begins")],
                     annotations=[note(999), note(2_001), note(500, 3_000)])
    assert [one.label for one in found.items] == ["touches", "deployed", "begins"]


def test_an_alert_is_taken_as_it_is():
    alert = lived("a", 1_200.0, over=100)
    found, = overlays(SPAN, alerts=[alert]).items
    assert (found.key, found.start, found.end, found.source) == (alert.key, 1_200, 1_300, "TickStockPL")


def test_an_alert_of_a_clock_that_went_back_does_not_end_before_it_began():
    assert overlays(SPAN, alerts=[span_of_alert(1_500, 1_400)]).items[0].end == 1_500


def test_only_of_the_sources_that_are_shown_and_what_is_about_all():
    found = overlays(SPAN, gaps=[Gap(1_100, 1_200, "gap")], sources=["s"],
                     alerts=[span_of_alert(1_300, 1_400), span_of_alert(1_300, 1_400, source="other")],
                     annotations=[note(1_500, source="other"), note(1_600, source="s"), note(1_700)])
    assert [(one.kind, one.source) for one in found.items] == [
        (GAP, None), (ALERT, "s"), (ANNOTATION, "s"), (ANNOTATION, None)]


def test_the_same_thing_from_two_places_is_one():
    assert len(overlays(SPAN, alerts=[span_of_alert(1_100, 1_200), span_of_alert(1_100, 1_200)]).items) == 1


def test_labels_are_one_short_line_and_keep_their_markup_as_text():
    found = overlays(SPAN, annotations=[note(1_100, text="<b>one\n\ttwo</b> " + "x" * 500)])
    assert found.items[0].label.startswith("<b>one two</b> xxx")
    assert len(found.items[0].label) == LABEL_LIMIT


def test_the_newest_of_too_many_are_kept():
    found = overlays(SPAN, annotations=[note(1_000 + number / 10, key=str(number)) for number in range(600)],
                     gaps=[Gap(1_000, 1_001, "gap")])
    assert (len(found.items), found.left_out) == (OVERLAYS_MOST + 1, 100)
    assert found.of(ANNOTATION)[-1].key == "599"


def test_a_simulated_source_is_marked():
    assert overlays(SPAN, alerts=[span_of_alert(1_100, None, source="my-simulator")]).items[0].simulated
