"""Explore between what somebody does and the answer to it: answers that are late, and those that never come."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from playwright.sync_api import expect

from dashboard.ui import ids
from tests.browser.explore_page import CPU, EXPLORE, MEMORY, QUERY, QUEUE, Explorer, fresh, looking_back
from tests.browser.publisher import SOURCE


@pytest.fixture(scope="module")
def month_file(tmp_path_factory):
    return fresh(tmp_path_factory.mktemp("history"))


@pytest.fixture
def host(redis_server, month_file, tmp_path):
    with looking_back(redis_server, month_file, tmp_path) as host:
        yield host


@pytest.fixture
def page(browsing, host):
    return Explorer(browsing.page(color_scheme="light"), host)


def lines(page: Explorer) -> list[str]:
    return [name.removeprefix(f"{SOURCE}/") for name in page.address().get("m", [])]


def test_a_button_is_of_its_line_also_while_the_answer_to_the_click_before_is_due(page):
    metrics = (QUEUE, CPU, MEMORY, "nope", "nada")
    page.open(f"?{'&'.join(f'm={SOURCE}/{metric}' for metric in metrics)}&range=now-3h..now-1h")
    missing, focus = page.page.locator("[data-missing]"), page.page.locator('#explore-focus option:not([value=""])')
    expect(focus).to_have_count(5)
    with page.unanswered():
        page.legend(QUEUE).locator("[data-take]").dblclick()
        page.legend(CPU).locator("[data-take]").click()
        missing.nth(0).click()
        missing.nth(0).click()
        page.legend(MEMORY).locator("[data-hide]").click()
        page.legend(CPU).locator("[data-hide]").click()  # of one that is gone: nothing
        page.legend(QUEUE).locator(".key").click()
        page.follow("dark")  # drawn anew, all the same
        assert lines(page) == [MEMORY, "nada"] and page.address()["hide"] == ["0"]
        assert page.ask("() => [...monitoring.explore.frames.values()].flatMap(({plot}) => plot.data).filter("
                        "(one) => one.meta && one.meta.kind === 'line')") == []
        expect(focus).to_have_text(["Memory used", "Nada"])
    page.settled()
    assert lines(page) == [MEMORY, "nada"]
    expect(page.page.locator(".legend tbody tr")).to_have_count(1)
    expect(page.legend(MEMORY).locator("[data-hide]")).to_have_attribute("aria-pressed", "true")


def test_what_is_pressed_before_the_first_answer_is_done_with_it(page):
    def early(*buttons: str) -> None:
        with page.unanswered() as waiting:
            page.page.goto(f"{page.host.url}{EXPLORE}?m={SOURCE}/{CPU}&range=now-3h..now-2h")
            page.eventually(lambda: waiting, "the first question")
            for button in buttons:
                page.page.click(f"#react-entry-point {button}")
            expect(page.page.locator("#react-entry-point #note-form")).to_be_hidden()

    early("[data-do=annotate]")
    expect(page.page.locator("#note-text")).to_be_focused()
    expect(page.page.locator("#note-from")).to_have_value("now")
    page.settled()
    early("[data-do=annotate]", "[data-range='1h']")  # the last one counts
    page.until("() => monitoring.explore.view?.range === '1h' && monitoring.explore.view.live")
    page.settled()
    assert page.ask("() => document.getElementById('note-form').hidden")


def test_what_fails_is_asked_again_with_the_beat_also_while_the_page_is_paused(page, browsing):
    browsing.expect_trouble("status of 502", "Callback error updating")
    page.open(f"?m={SOURCE}/{CPU}&range=now-3h..now-1h&live=0")
    start, end = page.window()
    with page.failing() as refused:
        page.draw(0.25, 0.5)
        page.eventually(lambda: len(refused) > 2, "a third try")
        assert page.ask("() => monitoring.explore.asked") < 6  # with the beat, no faster
    page.settled()
    expect(page.page.locator("main.explore")).to_have_attribute("data-loading", "0")
    low, high = page.window()  # what was to be done was not forgotten
    assert abs((low - start) / (end - start) - 0.25) < 0.03 and abs((high - start) / (end - start) - 0.5) < 0.03

    with page.failing(ids.EXPLORE_PANEL_ASKED) as refused:
        page.page.get_by_role("tab", name="Heat map").click()
        page.eventually(lambda: len(refused) > 1, "a second try")
        expect(page.page.locator("#explore-panel")).to_have_attribute("aria-busy", "true")
    expect(page.page.locator(".heat")).to_be_visible()
    expect(page.page.locator("#explore-panel")).not_to_have_attribute("aria-busy", "true")

    page.page.get_by_role("tab", name="Charts").click()
    with page.failing() as refused:
        page.page.get_by_role("button", name="Zoom out").click()
        page.eventually(lambda: refused, "a try")
        page.page.locator('[data-range="1h"]').click()  # is meant in its place
    page.settled()
    assert page.ask("() => [monitoring.explore.view.range, monitoring.explore.view.live]") == ["1h", True]


def test_what_is_chosen_while_an_answer_is_due_is_newer_than_the_answer(page):
    page.open(f"?m={SOURCE}/{CPU}&range=3h")
    with page.unanswered():
        page.draw(0.2, 0.4)
        page.page.get_by_role("tab", name="Heat map").click()
    expect(page.page.locator(".heat")).to_be_visible()
    page.settled()
    view = "() => [monitoring.explore.view.range, monitoring.explore.view.live, monitoring.explore.view.panel]"
    assert page.ask(view)[1:] == [False, "heatmap"]
    with page.unanswered():
        page.page.locator('[data-do="step-back"]').click()
        page.page.locator('[data-range="1h"]').click()
    page.settled()
    assert page.ask(view) == ["1h", True, "heatmap"]
    page.page.locator(f'#explore-list input[data-metric="{CPU}"]').uncheck()
    with page.unanswered():
        for _ in range(3):
            page.page.locator('[data-do="step-back"]').click()  # each is a step
    page.settled()
    start, end = page.ask("() => monitoring.explore.view.range").split("..")
    assert 3 * 3_600 <= time.time() - datetime.fromisoformat(end).timestamp() < 3 * 3_600 + 300, (start, end)
    page.say("#explore-panel", "Choose a metric")
    page.page.get_by_role("tab", name="Distribution").click()  # has the same to say
    expect(page.page.locator("#explore-panel")).not_to_have_attribute("aria-busy", "true")


def test_a_moment_under_the_cursor_is_dropped_with_what_showed_it(page, browsing):
    browsing.expect_trouble("status of 502", "Callback error updating")
    page.open(f"?m={SOURCE}/{CPU}&range=now-3h..now-2h&zone=Europe/Zurich")
    cursor, start = page.page.locator(".cursor"), page.page.locator("#note-from")
    keys = page.page.keyboard

    def mark() -> None:
        cursor.focus()
        keys.press("Home")
        keys.press("Shift+Control+ArrowRight")
        assert ", marked from" in cursor.get_attribute("aria-valuetext")

    def dropped() -> None:
        expect(cursor).to_have_attribute("aria-valuetext", "no moment chosen")
        expect(page.page.locator(".reading, .brush-sheet")).to_have_count(0)
        cursor.focus()
        keys.press("a")
        expect(start).to_have_value("now")
        expect(page.page.locator("#note-to")).to_have_value("")
        page.page.locator('[data-do="note-close"]').click()

    mark()
    page.page.locator("#explore-search").focus()
    dropped()
    mark()
    keys.press("PageUp")
    page.until("() => !monitoring.explore.view.range.startsWith('now')")
    page.settled()
    dropped()
    mark()
    page.ask("() => dash_clientside.set_props('zone-select', {value: 'UTC'})")
    page.until("() => monitoring.explore.answer.zone === 'UTC'")
    page.settled()
    dropped()

    mark()
    keys.press("a")
    expect(start).not_to_have_value("now")
    written = start.input_value()
    page.ask("() => dash_clientside.set_props('zone-select', {value: 'Asia/Tokyo'})")
    page.say("#note-feedback", "These times are those of UTC")
    page.page.locator("#note-text").fill("deployed")
    with page.failing(ids.EXPLORE_NOTE_ASKED):
        page.page.locator('[data-do="note-add"]').click()
        page.say("#note-feedback", "No answer from this server")
    page.page.locator('[data-do="note-add"]').click()
    page.until("() => monitoring.explore.answer.annotations.length === 1")
    shown = page.ask("() => monitoring.explore.wall(monitoring.explore.answer.annotations[0][0] - 9 * 3600e3)")
    assert shown[:19] == written.replace(" ", "T")  # by the clock it was written by

    # In a window with a change of the clocks, which a line shows, a chart's times are not all those of a clock.
    page.ask("""() => {
        const {explore} = monitoring, [at] = explore.answer.annotations[0];
        explore.answer.gaps.push([at, at, "Clocks changed"]);
        explore.annotateAt([at]);
    }""")
    assert start.input_value() == written.replace(" ", "T") + "Z"


def test_what_was_asked_for_and_refused_does_not_happen_later(page):
    page.open("?range=now-3h..now-2h")
    with page.unanswered():
        page.choose(QUERY)
        page.page.locator('[data-suggest="System"]').click()  # with what was chosen, not in its place
        page.page.locator('[data-suggest="System"]').click()
        assert lines(page)[0] == QUERY and len(lines(page)) == 4
    page.settled()
    page.ask("() => monitoring.explore.showMoment(Date.now() + 9e8)")
    page.until("() => document.getElementById('explore-at-problem').textContent")
    page.settled()
    page.page.get_by_role("tab", name="A moment").click()
    page.say("#explore-panel", "State at")
    expect(page.page.get_by_role("tab", name="A moment")).to_be_focused()
