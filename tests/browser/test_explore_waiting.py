"""Explore between what somebody does and the answer to it: answers that are late, and those that never come."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.explore_page import CPU, MEMORY, QUEUE, Explorer, fresh, looking_back
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
