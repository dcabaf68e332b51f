"""One question of the Explore page answered: lines, legends, charts, what lies over them, and what is wrong with it."""

from __future__ import annotations

import json

import pytest

from dashboard.explore.view import read_view
from dashboard.ui.explore.question import ACTIONS_MOST, Question, own_query, read_question
from tests.unit.explore_world import SOURCE, asking, explored, line
from tests.unit.ui_world import NOW, hear, make_world, props

CPU, QUEUE, SENT, CACHE = (line(name) for name in (
    "system.cpu_percent", "processing.queue_depth", "system.network_io.bytes_sent", "application.cache_hit_rate"))
TWELVE_CHARTS_BYTES = 400_000


@pytest.fixture(scope="module")
def services():
    return explored()


def test_a_window_is_answered_with_its_lines_in_display_units(services):
    live = asking(services, CPU, CACHE, ("range", "30m"))
    cpu, cache = live["lines"]
    assert (cpu["source"], cpu["metric"], cpu["title"], cpu["unit"]) == (SOURCE, "system.cpu_percent", "CPU", "%")
    assert len(cpu["y"]) == len(live["times"][cpu["t"]][1]) == 181
    assert max(value for value in cache["y"] if value is not None) == pytest.approx(91, abs=0.2)  # a ratio as percent
    assert live["step"] == "every sample" and "lo" not in cpu
    assert [chart["title"] for chart in live["charts"]] == ["Percent"]
    assert live["ends"] == ["2025-10-09 10:23:20", "2025-10-09 10:53:20"]
    assert live["title"] == "last 30 minutes"


def test_where_samples_are_more_than_pixels_there_are_buckets_with_their_range(services):
    live = asking(services, CPU, ("range", "1h"), points=100)
    cpu = live["lines"][0]
    assert live["step"] == "1 point = 1 min"
    assert len(cpu["lo"]) == len(cpu["hi"]) == len(cpu["y"]) <= 62
    assert all(low <= mean <= high for low, mean, high in zip(cpu["lo"], cpu["y"], cpu["hi"], strict=True)
               if mean is not None)
    first, tenths = live["times"][cpu["t"]]
    assert (first / 1000) % 60 == 30  # a bucket is drawn in its middle
    assert first + 100 * tenths[-1] <= live["window"][1]  # but not beyond now


def test_the_legend_says_last_min_mean_max_p95_and_change(services):
    found = asking(services, QUEUE, ("range", "1h"))["lines"][0]
    last, least, mean, most, p95, change = found["legend"]
    assert 219 <= float(last) <= 221 and 18 <= float(least) <= 20 and 219 <= float(most) <= 221
    assert 50 <= float(mean) <= 56 and float(p95) > 218 and change.startswith("+")
    assert found["count"] == 360


def test_a_counter_is_its_rate_on_an_axis_of_its_size(services):
    live = asking(services, SENT, ("range", "30m"))
    assert (live["charts"][0]["unit"], live["charts"][0]["title"]) == ("KB/s", "Network out")
    assert live["lines"][0]["legend"][0] == "4.88 KB/s"
    assert live["lines"][0]["y"][5] == pytest.approx(4.8828, abs=1e-3)


def test_charts_are_by_unit_or_by_metric_and_the_right_axis_joins_two_units(services):
    by_unit = asking(services, CPU, QUEUE, CACHE)
    assert [chart["lines"] for chart in by_unit["charts"]] == [[0, 2], [1]]
    by_metric = asking(services, CPU, QUEUE, CACHE, ("charts", "metric"))
    assert [chart["title"] for chart in by_metric["charts"]] == ["CPU", "Queue depth", "Cache hit rate"]
    joined = asking(services, CPU, ("r", QUEUE[1]), CACHE)
    assert [(chart["lines"], chart["right"]) for chart in joined["charts"]] == [([0, 1, 2], [1])]
    assert joined["charts"][0]["rightUnit"] == ""


def test_a_line_at_the_right_with_nothing_to_join_stands_for_itself(services):
    live = asking(services, ("r", CPU[1]))
    assert [(chart["lines"], chart["right"]) for chart in live["charts"]] == [([0], [])]
    crowded = asking(services, CPU, ("r", QUEUE[1]), ("r", SENT[1]))  # an axis has one unit
    assert [(chart["lines"], chart["right"]) for chart in crowded["charts"]] == [([0, 1], [1]), ([2], [])]


def test_thresholds_are_those_of_the_only_line_that_has_some_or_the_critical_ones(services):
    assert asking(services, CPU, QUEUE)["charts"][0]["thresholds"] == [
        [70.0, "warning", False, None], [85.0, "critical", False, None]]
    both = asking(services, CPU, CACHE)["charts"][0]["thresholds"]
    assert [(one[1], one[3]) for one in both] == [("critical", 0), ("critical", 1)]
    assert asking(services, CPU, ("without", "threshold"))["charts"][0]["thresholds"] == []


@pytest.mark.parametrize(("kind", "title"), [("before", "Period before"), ("yesterday", "Yesterday")])
def test_the_other_period_is_a_second_line_with_a_difference(services, kind, title):
    live = asking(services, QUEUE, ("range", "20m"), ("compare", kind))
    ghost = live["lines"][0]["ghost"]
    assert live["compared"] == title
    if kind == "yesterday":
        assert ghost == {"legend": None, "difference": "no data then"}
        return
    assert len(ghost["y"]) == 121
    then = live["times"][ghost["t"]]
    assert live["window"][0] <= then[0] <= live["window"][1]  # moved onto this window
    assert ghost["difference"].startswith("+") and "%" in ghost["difference"]


def test_what_was_never_heard_is_told_and_the_rest_is_drawn(services):
    live = asking(services, CPU, line("nope"), line("x", "Nobody"))
    assert [one.get("problem") for one in live["lines"]] == [
        None, "pl has never sent it", "nothing was ever heard of Nobody"]
    assert [chart["lines"] for chart in live["charts"]] == [[0]]


def test_alerts_lie_over_the_charts_unless_they_are_taken_away(services):
    start, end, tone, words, key = asking(services, CPU)["alerts"][0]
    assert (end, tone, words) == (None, "critical", "Critical: database: queue grows")
    assert start == (NOW - 540 + 7200) * 1000 and key
    live = asking(services, CPU, ("without", "alert"))
    assert live["alerts"] == []


def test_gaps_of_the_feed_are_drawn_and_no_line_crosses_them():
    services = make_world()
    for at in (*range(0, 300, 5), *range(420, 600, 5)):
        services.ring.append(SOURCE, NOW - 600 + at, {"a": 1.0})
    services.record.lost(NOW - 300, "Redis did not answer")
    services.record.subscribed()
    live = asking(services, line("a"), ("range", "10m"))
    assert live["gaps"][0][2] == "Redis did not answer"
    assert live["lines"][0]["y"].count(None) == 1


def test_a_view_comes_back_as_it_is_and_in_its_canonical_form(services):
    pairs = (CPU, ("r", QUEUE[1]), ("range", "yesterday"), ("charts", "metric"), ("log", "1"), ("hide", "1"),
             ("without", "gap,alert"), ("compare", "last-week"), ("panel", "heatmap"), ("focus", "1"),
             ("heat", "median"), ("colours", "3,0"), ("at", "now-1h"))
    view = asking(services, *pairs)["view"]
    assert view == {
        "lines": [[SOURCE, "system.cpu_percent", False, False], [SOURCE, "processing.queue_depth", True, True]],
        "charts": "metric", "log": True, "stack": False, "range": "yesterday", "live": False, "zone": "browser",
        "compare": "last-week", "without": ["gap", "alert"], "anomaly": False, "forecast": False,
        "panel": "heatmap", "focus": 1, "heat": "median", "colours": [3, 0], "at": "now-1h", "brush": None}


def test_what_belongs_to_every_page_is_no_part_of_the_view():
    assert own_query("?m=a/b%252Fc&source=x&live=0&range=6h") == "m=a/b%252Fc&range=6h"
    assert read_view(own_query("m=a/b&source=x")) == read_view("m=a/b")
    assert own_query("m=a%FF") == "m=a%FF"  # the reader of views says what is wrong with it


def test_nonsense_in_the_address_is_told_and_the_rest_is_shown(services):
    live = asking(services, CPU, ("range", "now-6q"), ("frob", "1"))
    assert len(live["complaints"]) == 2 and '"q" is no unit' in "".join(live["complaints"])
    assert live["view"]["range"] == "6h" and live["lines"]


@pytest.mark.parametrize(("text", "words"), [
    ("2025-10-09T08:00:00Z..2025-10-09T07:00:00Z", "End lies"), ("3y", "are kept"),
    ("2031-01-01..2031-01-02", "in the future")])
def test_a_window_that_cannot_be_shown_says_why(services, text, words):
    live = asking(services, CPU, ("range", text))
    assert words in live["problems"]["range"] and "lines" not in live


def test_actions_on_time(services):
    assert asking(services, ("range", "1h"), action={"step": -1})["view"]["range"].startswith("2025-10-09T06:53:20Z..")
    assert asking(services, ("range", "1h"), action={"out": True})["view"]["range"] == "2h"
    ends = asking(services, action={"ends": ["now-30m", "now-10m"]})
    assert ends["view"]["range"] == "now-30m..now-10m" and ends["problems"] == {}
    zoomed = asking(services, action={"zoom": ["2025-10-09T10:30:00.000", "2025-10-09T10:40:00.000"]})
    assert zoomed["view"]["range"] == "2025-10-09T08:30:00Z..2025-10-09T08:40:00Z"  # by the viewer's clock


def test_all_that_was_done_while_an_answer_was_due_is_done_one_after_the_other(services):
    back = asking(services, ("range", "1h"), actions=[{"step": -1}] * 3)
    assert back["view"]["range"] == "2025-10-09T04:53:20Z..2025-10-09T05:53:20Z"
    assert asking(services, ("range", "1h"), actions=[{"step": -1}, {"step": 1}])["view"]["range"] == "1h"
    wider = asking(services, ("range", "1h"), actions=[{"out": True}, {"out": True}])
    assert wider["view"]["range"] == "4h"
    one_wrong = asking(services, ("range", "1h"), actions=[{"ends": ["x", "y"]}, {"out": True}])
    assert (one_wrong["view"]["range"], one_wrong["problems"]) == ("2h", {})
    last_wrong = asking(services, ("range", "1h"), actions=[{"out": True}, {"ends": ["x", "y"]}])
    assert last_wrong["view"]["range"] == "2h" and "range" in last_wrong["problems"]


def test_times_of_an_action_are_of_the_zone_it_was_done_in_though_another_one_was_chosen_since(services):
    drawn = {"zoom": ["2025-10-09T10:30:00.000", "2025-10-09T10:40:00.000"], "zone": "Europe/Zurich"}
    live = asking(services, ("zone", "UTC"), action=drawn)
    assert live["view"]["range"] == "2025-10-09T08:30:00Z..2025-10-09T08:40:00Z"
    assert live["ends"] == ["2025-10-09 08:30", "2025-10-09 08:40"]
    for odd in ("Mars/Olympus", None, 7):
        moved = asking(services, ("zone", "UTC"), action={"moment": "2025-10-09 08:30", "zone": odd})
        assert moved["view"]["at"] == "2025-10-09T08:30:00Z"


def test_an_action_that_is_not_possible_changes_nothing_and_says_why_beside_its_field(services):
    live = asking(services, CPU, ("range", "30m"), action={"ends": ["now", "now-1h"]})
    assert live["problems"] == {"range": "End lies 1 h before start."}
    assert live["view"]["range"] == "30m" and live["lines"]
    assert "is no time" in asking(services, action={"ends": ["once", ""]})["problems"]["range"]
    assert "start" in asking(services, action={"brush": ["", "now"]})["problems"]["brush"].lower()
    for broken in ({"ends": "now"}, {"ends": [1, 2]}, {"zoom": None}):
        assert asking(services, action=broken)["problems"]["range"]


def test_a_window_drawn_beyond_now_ends_now(services):
    live = asking(services, action={"brush": ["2025-10-09T10:50:00", "2025-10-09T11:30:00"]})
    assert live["view"]["brush"] == [(NOW - 200) * 1000, NOW * 1000]
    assert live["view"]["panel"] == "moved" and live["brushEnds"] == ["2025-10-09 10:50", "2025-10-09 10:53:20"]
    assert live["brush"] == [(NOW - 200 + 7200) * 1000, (NOW + 7200) * 1000]


def test_the_line_in_focus_has_its_usual_range_and_forecast_or_says_why_not(services):
    cpu, queue = asking(services, CPU, QUEUE, ("anomaly", "1"), ("forecast", "1"), ("focus", "1"))["lines"]
    assert "usual" not in cpu and "outlook" not in cpu
    assert queue["usual"]["words"][0].startswith("No usual range: ")
    assert queue["outlook"]["words"][0].startswith("No forecast: ")
    past = asking(services, CPU, ("forecast", "1"), ("range", "now-1h..now-30m"))
    assert past["lines"][0]["outlook"]["words"] == ["A forecast begins now: choose a window that ends now."]


def test_a_steady_rise_is_followed_until_it_reaches_its_threshold():
    services = make_world(rows=10_000)
    for number in range(720):
        services.ring.append(SOURCE, NOW - 7200 + 10 * number,
                             {"system.disk_percent": 60 + number / 60 + number % 3 / 9})
    live = asking(services, line("system.disk_percent"), ("range", "2h"), ("forecast", "1"))
    outlook = live["lines"][0]["outlook"]
    assert outlook["words"] == ["Follows its trend for the next 1 h 59 min without reaching a threshold."]
    assert live["window"][1] - live["window"][0] == 3 * 3_600_000  # the axis reaches ahead
    assert outlook["lo"][0] <= outlook["y"][0] <= outlook["hi"][0]
    for number in range(720):
        services.ring.append("steep", NOW - 7200 + 10 * number, {"system.disk_percent": 40 + number / 20})
    words = asking(services, line("system.disk_percent", "steep"), ("range", "2h"), ("forecast", "1"))
    assert words["lines"][0]["outlook"]["words"][0].startswith("Reaches 85 % (warning) in ")


def test_without_a_store_the_viewer_is_told(services):
    assert asking(services, CPU)["notes"] == [
        "The history is switched off: what is shown is what this server has in memory."]


def test_a_live_window_is_fetched_again_at_the_pace_of_its_points(services):
    assert asking(services, CPU, ("range", "5m"))["againS"] == 0
    assert asking(services, CPU, ("range", "24h"), points=100)["againS"] == 60


def test_twelve_charts_at_a_thousand_pixels_stay_within_their_bytes():
    services = make_world(rows=43_200)
    for number in range(8_640):
        services.ring.append(SOURCE, NOW - 86_400 + 10 * number,
                             {f"g.metric_{place}_ms": 12.3456 * place + number % 977 / 3 for place in range(12)})
    live = asking(services, *(line(f"g.metric_{place}_ms") for place in range(12)), ("range", "24h"),
                  ("charts", "metric"))
    assert len(live["charts"]) == 12 and len(live["times"]) == 1
    assert len(json.dumps(live, separators=(",", ":"))) < TWELVE_CHARTS_BYTES


def test_forty_lines_share_what_one_answer_may_have():
    services = make_world(rows=43_200)
    for number in range(8_640):
        services.ring.append(SOURCE, NOW - 86_400 + 10 * number, {f"m{place}_ms": float(number) for place in range(40)})
    live = asking(services, *(line(f"m{place}_ms") for place in range(40)), ("range", "24h"))
    assert live["step"] == "1 point = 3 min" and len(live["lines"]) == 40


def test_events_are_sent_only_when_they_are_others():
    services = explored()
    first = asking(services, CPU)
    assert asking(services, CPU, known=first["events"])["events"] == first["events"]
    from dash import no_update

    from dashboard.ui.explore.fetch import fetch

    asked = {"query": "m=pl/system.cpu_percent", "zone": "Europe/Zurich"}
    live, shown = fetch(services, asked)
    assert shown is not no_update
    assert fetch(services, asked | {"known": live["events"]})[1] is no_update
    services.clock.now += 120  # what goes on has become longer, and its words say how long
    later = props(fetch(services, asked | {"known": live["events"]})[1])
    assert "goes on" in later and later != props(shown)


def test_half_a_surrogate_pair_and_other_nonsense_from_a_browser(services):
    assert read_question(None) == Question()
    odd = read_question({"asked": -1, "query": "\ud800", "zone": "Mars/Olympus", "points": 1e9, "actions": "x",
                         "known": 5})
    assert odd == Question()
    assert read_question({"actions": ["x", {"step": 1}, None]}).actions == ({"step": 1},)
    assert len(read_question({"actions": [{"step": 1}] * 1_000}).actions) == ACTIONS_MOST
    assert read_question({"points": 10**7}).points == 4_000 and read_question({"points": 1}).points == 60
    hear(services, event_type="METRIC_UPDATE", metrics={"<b>x</b>": {"a_ms": 1}})
    live = asking(services, line("<b>x</b>.a_ms"))
    assert "<" not in live["lines"][0]["plotTitle"] and "<" in live["lines"][0]["title"]
