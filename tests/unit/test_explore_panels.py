"""What is open beside the charts: what else moved, the heat map, the distribution, the service report."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import quote, urlencode

import pytest

from dashboard.explore.overlays import Overlays
from dashboard.explore.span import Span
from dashboard.history.answers import DOWN, READY
from dashboard.inquiry import movement
from dashboard.inquiry.reporting import reserves
from dashboard.inquiry.surroundings import Surroundings
from dashboard.ui.explore.panels import panel
from dashboard.ui.layout.explore_report import share
from dashboard.ui.plain import plain
from tests.unit.explore_world import RISE_S, SOURCE, explored, line
from tests.unit.ui_world import NOW, components, hear_alert, make_world, strict, texts

CPU = line("system.cpu_percent")


@pytest.fixture(scope="module")
def services():
    return explored()


def opened(services, *pairs, **more):
    """The children of the panel, as components."""
    children = panel(services, {"query": urlencode(pairs), "zone": "UTC"} | more, "ada")
    strict(plain(children))
    return children


def brush(start, end):
    return "brush", f"{round(start * 1000)}-{round(end * 1000)}"


def rows(children, name="data-moved"):
    return [getattr(one, name) for one in components(children) if getattr(one, name, None) is not None]


def test_what_moved_most_comes_first_with_its_figures(services):
    found = opened(services, CPU, ("panel", "moved"), brush(NOW - RISE_S, NOW))
    assert set(rows(found)[:2]) == {"system.cpu_percent", "processing.queue_depth"}
    assert "database.query_avg_ms" not in rows(found)
    said = texts(found)
    assert "against 40 min before it" in said and "Queue depth" in said and "under 0.1 %" in said
    assert "critical" in said.lower() and "queue grows" in said  # what happened at the same time


def test_what_is_in_the_charts_is_said_and_the_rest_can_be_added(services):
    found = opened(services, CPU, ("panel", "moved"), brush(NOW - RISE_S, NOW))
    assert "system.cpu_percent" not in rows(found, "data-add-metric")
    assert "processing.queue_depth" in rows(found, "data-add-metric")
    assert set(rows(found, "data-add-source")) == {SOURCE}


def test_pictures_of_what_moved_are_data_and_hold_no_markup_of_a_producer(services):
    found = opened(services, CPU, ("panel", "moved"), brush(NOW - RISE_S, NOW))
    pictures = [one.src for one in components(found) if type(one).__name__ == "Img"]
    assert pictures and all(source.startswith("data:image/svg+xml,%3Csvg") and '"' not in source
                            for source in pictures)


def test_nothing_moved_and_too_few_samples_are_two_things(services):
    quiet = opened(services, CPU, ("panel", "moved"), brush(NOW - 2_000, NOW - 1_700))
    assert "No metric moved more than chance allows." in texts(quiet)
    short = opened(services, CPU, ("panel", "moved"), brush(NOW - 1_010, NOW - 1_000))
    assert "too few samples" in texts(short)
    assert "Mark a window" in texts(opened(services, CPU, ("panel", "moved")))


def test_all_sources_are_asked_where_no_line_is_chosen(services):
    found = opened(services, ("panel", "moved"), brush(NOW - RISE_S, NOW))
    assert "processing.queue_depth" in rows(found)
    unknown = opened(services, line("x", "Nobody"), ("panel", "moved"), brush(NOW - RISE_S, NOW))
    assert "Nothing could be read of Nobody." in texts(unknown)


def test_sources_and_events_that_are_left_out_are_said(services, monkeypatch):
    monkeypatch.setattr(movement, "SOURCES_MOST", 1)
    lines = [line("x", f"source {number}") for number in range(3)]
    found = texts(opened(services, CPU, *lines, ("panel", "moved"), brush(NOW - RISE_S, NOW)))
    assert "3 more sources are left out" in found
    assert "left out" not in texts(opened(services, CPU, ("panel", "moved"), brush(NOW - RISE_S, NOW)))
    few = Surroundings(Overlays((), 3), cut=True)
    assert few.left_out == "At least 3 more events are left out: too many to be told apart."
    assert Surroundings(Overlays((), 3)).left_out == "3 more events are left out: too many to be told apart."
    assert Surroundings(Overlays(())).left_out == ""


def test_the_heat_map_is_a_table_with_a_number_in_each_cell(services):
    found = opened(services, CPU, ("panel", "heatmap"), ("range", "1h"))
    cells = [one for one in components(found) if type(one).__name__ == "Td"]
    assert len(cells) == 7 * 24 + 1
    filled = [one for one in cells if getattr(one, "className", "").startswith("shade-")]
    assert len(filled) == 2  # 07:53 to 08:53 UTC
    assert all("Thursday" in one.title and "samples" in one.title for one in filled)
    assert "Mean of each hour, by the clock of UTC" in texts(found)
    assert "Maximum of each hour" in texts(opened(services, CPU, ("panel", "heatmap"), ("heat", "max")))
    assert "Mean of each hour" in texts(opened(services, CPU, ("panel", "heatmap"), ("heat", "x")))


def test_the_distribution_has_bars_percentiles_and_no_default_template(services):
    found = opened(services, CPU, ("panel", "distribution"), ("range", "1h"))
    figure, = [one.figure for one in components(found) if type(one).__name__ == "Graph"]
    assert sum(figure["data"][0]["y"]) == 361
    assert "template" not in figure["layout"]
    assert "361 samples" in texts(found) and "p95" in texts(found)


@pytest.mark.parametrize("name", ["heatmap", "distribution"])
def test_what_there_is_nothing_to_show_of_says_so(services, name):
    assert "Choose a metric" in texts(opened(services, ("panel", name)))
    assert "has never sent it" in texts(opened(services, line("nope"), ("panel", name)))
    old = opened(services, CPU, ("panel", name), ("range", "now-20h..now-19h"))
    assert "no sample" in texts(old)


def test_the_service_report(services):
    found = texts(opened(services, ("panel", "report"), ("range", "1h")))
    for words in ("Service report", "Made 2025-10-09 08:53:20 UTC by ada", "Availability of each source", "pl",
                  "Time in each health band", "Critical", "Worst components", "database"):
        assert words in found, words
    assert "1 at its end" in found


def test_the_report_says_what_it_cannot_know(services):
    assert "The history is switched off" in texts(opened(services, ("panel", "report"), ("range", "1h")))

    def said(state, days):
        status = SimpleNamespace(state=state, reason="The disk is full")
        return reserves(SimpleNamespace(
            history=SimpleNamespace(status=status), clock=lambda: NOW,
            settings=SimpleNamespace(alerts_kept_days=30.0, history_alerts_days=60.0)), Span(NOW - days * 86_400, NOW))

    assert said(READY, 59) == []
    assert said(READY, 61) == ["Resolved alerts are kept for 60 d: of the time before that they are missing."]
    assert said(DOWN, 1) == ["The database is away (The disk is full): this is what this server has in memory."]


def test_a_report_of_nothing_invents_nothing():
    found = texts(opened(make_world(), ("panel", "report")))
    for words in ("No source was heard.", "No source reported a score.", "No alert fired", "No component had"):
        assert words in found


def test_a_window_that_cannot_be_shown_is_said_in_the_panel(services):
    assert "are kept" in texts(opened(services, ("panel", "report"), ("range", "3y")))


def test_a_share_is_100_only_where_nothing_is_missing():
    assert [share(one) for one in (1.0, 0.9999999, 0.99953, 0.5, 0.0)] == [
        "100 %", "99.99 %", "99.95 %", "50 %", "0 %"]


def test_markup_of_a_producer_is_text_in_every_panel():
    nasty = "<img src=x onerror='window.__xss=1'>"
    services = make_world()
    for number in range(100):
        services.ring.append(nasty, NOW - 1000 + 10 * number,
                             {f"{nasty}.a_ms": number % 7 + (50 if number > 80 else 0)})
    hear_alert(services, nasty, nasty, source=nasty, message=nasty, component=nasty)
    chosen = "m", f"{quote(nasty, safe='')}/{quote(f'{nasty}.a_ms', safe='')}"
    for name in ("moved", "heatmap", "distribution", "report", "moment"):
        children = opened(services, chosen, ("panel", name), brush(NOW - 200, NOW))
        assert not [one for one in components(children) if type(one).__name__ in ("Img", "Script")
                    and nasty in str(getattr(one, "src", ""))]
        assert "<img src=x" in texts(children)
