"""The page of closed alerts: what is asked, the rows, the figures, the noise, and one in full."""

from __future__ import annotations

import json

import pytest

from dashboard.alerts.past import ArchiveAway, ClosedAlerts, ClosedInMemory, Wanted
from dashboard.alerts.statistics import summary
from dashboard.services import Services
from dashboard.settings import Settings
from dashboard.ui import ids
from dashboard.ui.callbacks import past
from dashboard.ui.layout.past_statistics import COMPONENTS_SHOWN, NOISE_SHOWN, figures, noise
from dashboard.ui.navigation import PAST
from dashboard.ui.past_question import PAGE_SIZE, PastFilter, export_query, order_of, read_past_filter
from dashboard.ui.past_rows import past_row
from tests.alert_events import NOW as ALERTS_NOW
from tests.unit.test_alert_past import closed
from tests.unit.ui_world import NOW, Callbacks, components, hear, hear_alert, make_world, props, texts

DAY_S = 86_400
FIRED_AT = ALERTS_NOW - 100  # when `closed` has an alert fire
NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def services():
    return make_world(Settings(database_url="off"))


@pytest.fixture
def page(services):
    return Callbacks(services, page=PAST)


def close(services, alert_id, at=NOW - 60, lasted_s=30.0, **alert):
    hear_alert(services, alert_id, at=at - lasted_s, **alert)
    hear(services, at, event_type="ALERT_RESOLVED", alert_id=str(alert_id), source=alert.get("source", "pl"))


def ask(page, changed="past-stamp.data", hold=False, zone="UTC", **values):
    defaults = {"past_span__value": "7d", "past_level__value": "all", "past_source__value": "all"}
    return page.call("past-rows.data", changed, past_stamp__data={"hold": hold, "zone": zone}, **(defaults | values))


def found(made):
    return [row["what"].split("\n")[0] for row in made[ids.PAST_ROWS]["data"]]


# -- the question ----------------------------------------------------------------------------------------------------


def test_spans_of_time():
    assert read_past_filter("24h", *[""] * 5).wanted(NOW, "UTC") == Wanted(start=NOW // 60 * 60 - DAY_S)
    assert read_past_filter("all", "", "", "ERROR", "pl", " x ").wanted(NOW, "UTC") == Wanted(
        levels=("ERROR",), source="pl", text="x")
    custom = read_past_filter("custom", "2025-10-09T10:00", "2025-10-09T10:30", "all", "all", "")
    assert custom.wanted(NOW, "Europe/Zurich") == Wanted(1_759_996_800.0, 1_759_998_600.0)
    assert read_past_filter("custom", "2025-10-09T10:00", "", "", "", "").wanted(NOW, "UTC").end is None


@pytest.mark.parametrize("sent", [[None] * 6, [5, {}, [], 1.5, True, ["x"]], ["year", "", "", "all", "all", ""]])
def test_what_makes_no_sense_counts_as_not_set(sent):
    assert read_past_filter(*sent) == PastFilter()


@pytest.mark.parametrize(("start", "end", "words"), [
    ("soon", "", "From is no date and time"), ("", "2025-13-01T00:00", "To is no date"),
    ("2025-10-09T10:00", "2025-10-09T09:00", "To lies before From")])
def test_times_that_cannot_be_meant_are_said(page, start, end, words):
    made = ask(page, past_span__value="custom", past_from__value=start, past_to__value=end)
    assert words in made[ids.PAST_EMPTY]["children"] and found(made) == []
    counted = page.call("past-figures.children", "past-counted.data", past_stamp__data={"zone": "UTC"},
                        past_span__value="custom", past_from__value=start, past_to__value=end)
    assert words in props(counted[ids.PAST_FIGURES]["children"])


@pytest.mark.parametrize(("sort", "order"), [
    ([{"column_id": "what", "direction": "desc"}], "-message"), ([{"column_id": "duration", "direction": "asc"}],
                                                                 "duration"),
    ([], "-closed"), (None, "-closed"), ([{"column_id": "id; drop"}], "-closed"), ([{"column_id": []}], "-closed"),
    ([5], "-closed"), ("level", "-closed")])
def test_orders(sort, order):
    assert order_of(sort) == order


def test_the_file_is_of_the_same_alerts():
    asked = Wanted(NOW - 60, None, ("ERROR",), "a&b", "x y")
    assert export_query(asked, "csv") == (
        "format=csv&start=2025-10-09T08%3A52%3A20.000Z&level=ERROR&source=a%26b&q=x+y")


# -- the table -------------------------------------------------------------------------------------------------------


def test_the_newest_closed_come_first_in_pages(page, services):
    for number in range(PAGE_SIZE + 2):
        close(services, number, NOW - 100 + number, message=f"m{number:02}")
    hear_alert(services, "open", message="open")
    made = ask(page)
    assert found(made) == [f"m{number:02}" for number in range(PAGE_SIZE + 1, 1, -1)]
    assert made[ids.PAST_TABLE]["page_count"] == 2 and made[ids.PAST_SUMMARY]["children"] == str(PAGE_SIZE + 2)
    assert made[ids.PAST_NEW]["hidden"] is True and made[ids.PAST_NOTE]["children"] == ""
    assert found(ask(page, past_table__page_current=1)) == ["m01", "m00"]
    assert found(ask(page, past_table__page_current=99)) == ["m01", "m00"]
    assert found(ask(page, past_table__sort_by=[{"column_id": "what", "direction": "asc"}]))[0] == "m00"
    assert made[ids.PAST_CSV]["href"].startswith("../../../../api/admin/monitoring/alerts/export?format=csv&start=")
    assert "format=json" in made[ids.PAST_JSON]["href"]


def test_filters_narrow_it(page, services):
    close(services, "a", level="critical", message="one")
    close(services, "b", source="other", message="two")
    close(services, "c", NOW - 9 * DAY_S, message="long ago")
    assert found(ask(page, past_level__value="CRITICAL")) == ["one"]
    assert found(ask(page, past_source__value="other")) == ["two"]
    assert set(found(ask(page, past_span__value="all"))) == {"one", "two", "long ago"}
    made = ask(page, past_text__value="nothing of the kind")
    assert made[ids.PAST_EMPTY]["children"] == "No closed alert matches." and found(made) == []


def test_nothing_is_shown_before_the_viewers_zone_is_known(page, services):
    close(services, "a")
    assert not page.call("past-rows.data", "past-text.value", past_text__value="x")
    assert not page.call("past-figures.children", "past-text.value", past_text__value="x")


def test_what_is_closed_while_somebody_reads_waits(page, services):
    close(services, "a", message="one")
    known = ask(page)[ids.PAST_KNOWN]["data"]
    close(services, "b", message="two", level="critical")
    held = ask(page, hold=True, past_known__data=known)
    assert set(held) == {ids.PAST_NEW} and held[ids.PAST_NEW] == {"children": "1 more", "hidden": False}
    assert found(ask(page, "past-text.value", hold=True, past_known__data=known)) == ["two", "one"]  # a filter, now
    narrow = ask(page, past_level__value="WARNING")[ids.PAST_KNOWN]["data"]
    assert ask(page, hold=True, past_known__data=narrow)[ids.PAST_NEW]["hidden"] is True
    for nonsense in (None, 5, {}, {"total": "many"}, {"total": 1, "start": "x", "level": 5}):
        assert ids.PAST_NEW in ask(page, hold=True, past_known__data=nonsense)


def test_with_the_history_away_the_page_says_whose_alerts_these_are(services, monkeypatch):
    class Archive(ClosedInMemory):
        def count(self, wanted):
            raise ArchiveAway("the disk is full")

    close(services, "a")
    reader = ClosedAlerts(ClosedInMemory(services.alerts.index), Archive(services.alerts.index), 10_000)
    monkeypatch.setattr(Services, "closed", reader)
    made = ask(Callbacks(services, page=PAST))
    assert made[ids.PAST_NOTE]["children"] == (
        "The history cannot be asked (the disk is full): these are of the newest 10,000 only.")


def test_a_file_that_cannot_hold_all_says_so(page, services, monkeypatch):
    monkeypatch.setattr(past, "EXPORT_AT_MOST", 2)
    for number in range(3):
        close(services, number)
    assert ask(page)[ids.PAST_NOTE]["children"] == "A file holds the newest 2 of them."


@pytest.mark.parametrize(("alert", "shown"), [
    (closed("a", "CRITICAL", 3_700, 100, cleared_itself=True), {
        "tone": "critical", "level": "⬣ Critical", "what": "about a\ndb · pl", "fired": "07:58:20",
        "closed": "08:58:20\nby itself", "duration": "1 h\nnot acknowledged"}),
    (closed("a", count=1_234, regressed=True, source="x-simulator"), {
        "what": "about a\ndb · x-simulator (simulated) · ×1,234 · regressed", "closed": "08:59:10\nby ada"}),
    (closed("a", acknowledged_at=FIRED_AT + 20), {"duration": "50 s\nacknowledged after 20 s"}),
    (closed("a", fired_s=90_000, over_s=10), {"fired": "2027-01-14 08:00:00"}),
    (closed("a", message="", component=""), {"what": "a\npl"})])
def test_rows(alert, shown):
    made = past_row(alert, FIRED_AT + 100, "Europe/Zurich")
    json.dumps(made, allow_nan=False)
    assert made | shown == made


# -- one in full -----------------------------------------------------------------------------------------------------


def opened(page, key):
    made = page.call("past-detail.children", "past-open.data", past_open__data=key, past_stamp__data={"zone": "UTC"})
    return " ".join(props(made[ids.PAST_DETAIL]["children"]).split())


def test_one_in_full_has_its_timeline(page, services):
    hear_alert(services, "a", message=NASTY, component=NASTY, at=NOW - 90)
    key = services.alerts.find("a")[0].key
    services.alerts.acknowledge(key, "grace", f"on it {NASTY}")
    assert "not closed, or is no longer kept" in opened(page, key)
    services.alerts.resolve(key, "ada", "bigger pool")
    text = opened(page, key)
    for words in (NASTY, "Resolved by ada at 2025-10-09 08:53:20 UTC.", "Timeline", f"on it {NASTY}", "bigger pool",
                  "For 30 min", "Fired", "Component", "Show among all alerts", "Silence its like…"):
        assert words in text, words
    assert text.index("bigger pool") < text.index("Fired")
    assert opened(page, None) == ""


# -- figures ---------------------------------------------------------------------------------------------------------


def test_figures_by_level_and_component_and_noise(page, services):
    for number in range(4):
        close(services, "noisy", NOW - 900 + number * 200, message="noisy one", level="info")
    hear_alert(services, "b", at=NOW - 600, level="critical", component="feed", message="grave one")
    key = services.alerts.find("b")[0].key
    services.clock.now = NOW - 300
    services.alerts.acknowledge(key, "grace")
    services.clock.now = NOW
    services.alerts.resolve(key, "ada")
    made = page.call("past-figures.children", "past-counted.data", past_span__value="7d",
                     past_stamp__data={"zone": "UTC"})
    text = " ".join(props(made[ids.PAST_FIGURES]["children"]).split())
    for words in ("Closed 5", "Acknowledged 20 % 1", "Median to acknowledge 5 min mean 5 min",
                  "Median to resolve 30 s mean 2 min", "By level", "By component"):
        assert words.replace(" ", "") in text.replace(" ", ""), words
    told = props(made[ids.PAST_NOISE]["children"]).replace(" ", "")
    assert "noisyone" in told and "4.04inall100%100%" in told and "graveone" in told and "1.01inall0%0%" in told
    links = json.dumps(made[ids.PAST_NOISE]["children"])
    assert "../../alerts/silences/?source=pl&component=database&text=noisy+one" in links
    assert "?q=noisy&asource=pl" in links


def test_of_too_many_the_newest_are_counted_and_that_is_said(page, services, monkeypatch):
    monkeypatch.setattr(past, "COUNTED_AT_MOST", 2)
    for number in range(3):
        close(services, number)
    made, _ = past.counted(services, PastFilter(), "UTC")
    assert "Of the newest 2 of 3." in texts(made)


def test_nothing_to_count_is_said(services):
    made, loud = past.counted(services, PastFilter(), "UTC")
    assert "nothing to count" in texts(made) and "none is noise" in texts(loud)


def test_lists_are_bounded_and_markup_is_text():
    many = [closed(f"{number}", component=f"c{number:02}") for number in range(30)]
    alerts = [*many, *(closed(NASTY, message=NASTY, component=NASTY, source=NASTY, level=NASTY) for _ in range(2))]
    made = summary(alerts, 7 * DAY_S)
    text = texts(figures(made, 32, 32)) + texts(noise(made))
    assert f"and {31 - COMPONENTS_SHOWN} more components" in text and f"and {31 - NOISE_SHOWN} more" in text
    assert text.count(NASTY) == 5  # level, component, and of the noise the message with its place
    kinds = {type(one).__name__ for one in components([*figures(made, 32, 32), *noise(made)])}
    assert kinds <= {"Dl", "Dt", "Dd", "Div", "Table", "Caption", "Thead", "Tbody", "Tr", "Th", "Td", "Span", "A", "P"}
