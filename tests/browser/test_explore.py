"""A month of data, by mouse and by keys: when did this start, is it like last week, what else moved, what was then."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.browser.explore_page import CPU, INCIDENT_S, QUERY, QUEUE, Explorer, fresh, looking_back
from tests.browser.publisher import SOURCE

SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture(scope="module")
def month_file(tmp_path_factory):
    return fresh(tmp_path_factory.mktemp("history"))


@pytest.fixture
def host(redis_server, month_file, tmp_path):
    with looking_back(redis_server, month_file, tmp_path) as host:
        yield host


@pytest.fixture
def began(month_file):
    """When the incident began, Unix ms: on a busy machine the page is opened minutes after the month ended."""
    return 1_000 * (month_file.stat().st_mtime - INCIDENT_S[0])


@pytest.fixture
def explorer(browsing, host):
    return lambda **options: Explorer(browsing.page(**options), host)


def moment(text: str) -> float:
    return datetime.fromisoformat(text.replace(" ", "T") + "+00:00").timestamp() * 1_000


def first_above(page: Explorer, value: float) -> float:
    """When the first line of the first chart first rises above `value`, wall-clock ms."""
    line, = page.traces("line")
    return next(moment(x) for x, y in zip(line["x"], line["y"], strict=True) if y is not None and y > value)


def ahead(page: Explorer) -> float:
    """Of the page's clock to UTC, in ms."""
    return page.ask("() => monitoring.explore.answer.window[0] - 1000 * monitoring.explore.answer.span[0]")


@SCHEMES
def test_three_questions_with_the_mouse(explorer, began, scheme):
    page = explorer(color_scheme=scheme)
    page.open("?range=6h")
    page.say(".explore-empty", "Choose a metric")
    page.choose(QUEUE)
    page.settled()

    # When did this start? Two zooms, each fetched finer.
    page.say(".explore-chart .step", "1 point = 30 s")
    assert page.traces("band")
    page.draw(page.share(INCIDENT_S[0] + 900), page.share(INCIDENT_S[0] - 900))
    page.until("() => !monitoring.explore.view.live")
    page.settled()
    page.say(".explore-chart .step", "every sample")
    assert not page.traces("band")
    assert abs(first_above(page, 120) - began - ahead(page)) < 120_000
    page.double_click_busily(page.plot())
    page.until("() => monitoring.explore.view.live && monitoring.explore.view.range === '6h'")
    page.settled()

    # Is it like last week?
    page.page.select_option("#explore-compare", "last-week")
    page.until("() => monitoring.explore.answer.compared === 'Last week'")
    page.settled()
    assert page.traces("ghost")[0]["y"]
    expect(page.legend(QUEUE).locator(".difference")).to_contain_text("+")
    expect(page.page.locator(".ghost-row th")).to_have_text("last week")

    # What else moved?
    page.draw(page.share(INCIDENT_S[0]), page.share(INCIDENT_S[1]), shift=True)
    rows = page.page.locator("#explore-moved-found > table tr[data-moved]")
    expect(rows).to_have_count(4)
    assert {row.get_attribute("data-moved") for row in rows.all()} == {
        QUEUE, CPU, QUERY, "application.cache_hit_rate"}
    page.page.locator(f'[data-moved="{QUERY}"] button').click()
    page.settled()
    expect(page.page.locator(".explore-chart")).to_have_count(2)
    assert page.address()["m"] == [f"{SOURCE}/{QUEUE}", f"{SOURCE}/{QUERY}"]

    # And what was it like then? A moment picked on a chart.
    page.page.locator('[data-do="close-moved"]').click()
    page.page.get_by_role("button", name="Pick a moment").click()
    page.pick(page.share(sum(INCIDENT_S) / 2))
    page.say("#explore-panel", "State at")
    expect(page.page.locator("#explore-panel")).to_be_focused()
    page.say("#explore-panel", "No alert was open.")
    value = page.page.locator("#explore-panel dt", has_text="Queue depth").locator("xpath=following-sibling::dd[1]")
    assert 210 < float(value.inner_text().split()[0]) < 230
    assert page.address()["panel"] == ["moment"]
    at = moment(page.address()["at"][0].removesuffix("Z").replace("T", " "))
    now = page.ask("() => Date.parse(monitoring.answer.now ? new Date(monitoring.answer.now * 1000) : new Date())")
    assert abs(now - at - 1_000 * sum(INCIDENT_S) / 2) < 120_000
    page.page.get_by_role("button", name="Show in charts").click()
    page.until("() => !monitoring.explore.view.live && monitoring.explore.view.panel === null")
    page.settled()
    low, high = page.window()
    assert abs(high - low - 3_600_000) < 1_000


@SCHEMES
def test_three_questions_with_the_keyboard(explorer, began, scheme):
    page = explorer(color_scheme=scheme)
    page.open("?range=6h")
    keys = page.page.keyboard
    page.page.locator("#explore-search").focus()
    keys.type("queue")
    expect(page.page.locator("#explore-list input")).to_have_count(1)
    keys.press("ArrowDown")
    keys.press("Space")
    page.until("() => monitoring.explore.answer.charts.length === 1")
    page.settled()

    # When did this start? From and to, then value by value.
    field = page.page.locator("#explore-from")
    field.fill("now-80m")
    page.page.locator("#explore-to").fill("now-60m")
    keys.press("Enter")
    page.until("() => monitoring.explore.view.range === 'now-80m..now-60m'")
    page.settled()
    cursor = page.page.locator(".cursor").first
    cursor.focus()
    keys.press("Home")
    assert "Queue depth" in cursor.get_attribute("aria-valuetext")
    for _ in range(130):
        keys.press("ArrowRight")
        text = cursor.get_attribute("aria-valuetext")
        if float(text.rpartition("Queue depth ")[2].partition(" ")[0].rstrip(",")) > 120:
            break
    assert abs(moment(text[:19]) - began - ahead(page)) < 120_000

    # What else moved? A window marked from here on, a quarter of an hour to the right.
    keys.press("Escape")  # back to the last six hours
    page.until("() => monitoring.explore.view.live")
    page.settled()
    page.page.get_by_role("button", name="Annotate").focus()
    page.ask("() => monitoring.explore.act({brush: [' ', '']})")  # what is wrong is said beside the fields
    page.settled()
    page.page.locator(".view-tab").first.focus()
    cursor.focus()
    keys.press("End")
    for _ in range(8):
        keys.press("Control+ArrowLeft")
    keys.down("Shift")
    for _ in range(6):
        keys.press("Control+ArrowLeft")
    keys.up("Shift")
    assert ", marked from" in cursor.get_attribute("aria-valuetext")
    keys.press("Enter")
    expect(page.page.locator(f'.moved [data-moved="{CPU}"]')).to_be_visible()
    expect(page.page.locator("#explore-moved")).to_be_visible()
    page.page.locator('[data-do="close-moved"]').focus()
    keys.press("Enter")
    expect(page.page.locator("#explore-moved")).to_be_hidden()

    # Is it like last week?
    page.page.locator("#explore-compare").focus()
    keys.press("End")
    page.until("() => monitoring.explore.answer.compared === 'Last week'")
    page.settled()
    expect(page.legend(QUEUE).locator(".difference")).to_contain_text("%")

    # What was it like then? The moment under the cursor, and one that is written.
    cursor.focus()
    keys.press("Home")
    keys.press("m")
    page.say("#explore-panel", "State at")
    expect(page.page.locator("#explore-panel")).to_be_focused()
    page.page.locator("#explore-at").fill("now-50m")
    keys.press("Enter")
    page.say("#explore-panel", "50 min ago")
    assert page.address()["at"] == ["now-50m"]
    page.page.locator("#explore-at").fill("half past")
    keys.press("Enter")
    page.say("#explore-at-problem", "is no time")
    expect(page.page.locator("#explore-at")).to_have_value("half past")
