"""For everybody and for nobody else's benefit: keyboard, screen readers, phones, and no request to another host."""

from __future__ import annotations

from playwright.sync_api import expect

FULL = {
    "system": {"cpu_percent": 88.5, "memory_percent": 62, "disk_percent": 31.2, "memory_mb": 2457.6,
               "thread_count": 88, "network_io": {"bytes_sent": 100, "bytes_recv": 200}},
    "application": {"patterns_per_second": 12.5, "indicators_per_second": 47, "cache_hit_rate": 0.43,
                    "active_timeframes": ["1min"]},
    "processing": {"queue_depth": 0, "ticks_per_second": 1250},
    "database": {"slow_queries_count": 7, "connected": True},
}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TARGET_PX = 24  # WCAG 2.5.8
STRIP_PX = 56  # two lines

FOCUS = """() => {
    const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
    const sees = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none";
    return {name: element.id || element.className + ":" + element.innerText.slice(0, 20), sees,
            top: box.top + scrollY, left: box.left, end: element === document.body, width: box.width};
}"""
TARGETS = """() => [...document.querySelectorAll(
        "button, select, summary, input:not([type=checkbox], [type=radio]), [role=button]")]
    .filter((one) => one.checkVisibility() && !one.closest(".modebar"))
    .map((one) => { const box = one.getBoundingClientRect();
        return [one.id || one.className + " " + one.innerText, Math.round(box.width), Math.round(box.height),
                box.left, box.right]; })"""

# A button of which another one takes the place whenever it is pressed, as where the server draws anew just then.
DRAWN_ANEW = """() => {
    const button = Object.assign(document.createElement("button"), {id: "drawn-anew", textContent: "Press"});
    button.style = "position: fixed; left: 20px; top: 300px; width: 80px; height: 60px; z-index: 9999";
    document.body.append(button);
    window.presses = window.released = 0;
    const isIt = (event) => event.target.id === "drawn-anew";
    ["pointerdown", "keydown"].forEach((kind) => document.addEventListener(kind, (event) => {
        if (isIt(event)) event.target.replaceWith(event.target.cloneNode(true));
    }));
    document.addEventListener("click", (event) => { if (isIt(event)) window.presses += 1; });
    document.addEventListener("mouseup", (event) => { if (isIt(event)) window.released += 1; });
}"""
MIDDLE = {"x": 60, "y": 330}


def fill(publisher):
    publisher.history(minutes=3)
    components = {"database": {"status": "critical", "latency_ms": 900}, "redis": 66, "cache": "healthy"}
    publisher.update(FULL, recommendations=["Add a worker"],
                     trends={"cpu": {"direction": "INCREASING", "prediction_1h": 77.5}},
                     health_score={"overall": 55, "status": "unhealthy", "components": components})
    publisher.payload("job_progress_update", run_id="run-7", phase="load", percentage=51)
    publisher.alert("a", "pool empty", "CRITICAL", details={"threshold": 5}, suggested_actions=["Enlarge the pool"])
    publisher.alert("b", "queue long")
    publisher.alert("c", "something odd", "NOTICE")
    publisher.alert("d", "for your information", "INFO")


def unfold(console, is_open=True):
    console.ask("(open) => document.querySelectorAll('details').forEach((one) => { one.open = open; })", is_open)


def walk(console, limit=200):
    """Every stop of the Tab key from the top of the page to its end."""
    stops = []
    for _ in range(limit):
        console.page.keyboard.press("Tab")
        stop = console.ask(FOCUS)
        if stop["end"]:
            return stops
        stops.append(stop)
    raise AssertionError("Tab never comes to the end of the page")


def test_all_by_keyboard(console, publisher):
    """Tab reaches every control in order and shows where it is; then a series, a sort, a row, and a dialog, which takes
    the focus and gives it back."""
    fill(publisher)
    full = console.open()
    expect(full.rows()).to_have_count(4)
    unfold(full)
    full.box("pool empty").evaluate("(box) => box.click()")  # not by the mouse: Tab goes on from where it was
    expect(full.page.locator("#acknowledge")).to_be_enabled()
    stops = walk(full)
    names = [stop["name"] for stop in stops]
    order = ["source-select", "live-toggle", "range-select", "zone-select", "theme-toggle", "filter-state",
             "filter-level", "filter-source", "filter-text", "resolve-notes", "acknowledge", "resolve",
             "component-type", "component-name", "raw-choice", "raw-load"]
    assert [name for name in names if name in order] == order
    assert sum("column-header--sort" in name for name in names) == 3
    assert sum(name.startswith("key:") for name in names) == full.page.locator("button.key").count()
    assert sum("FORCE" in name or "CLEAR" in name or "RESTART" in name or "RELOAD" in name or "ENABLE" in name
               for name in names) == 6
    assert [stop["name"] for stop in stops if not stop["sees"]] == []

    page = full.page
    full.key("system.cpu_percent").focus()
    page.keyboard.press("Enter")
    full.until("() => monitoring.hidden.has('system.cpu_percent')")
    page.locator("#alert-table th[data-dash-column=what] [role=button]").focus()
    page.keyboard.press("Enter")
    expect(full.rows().first).to_contain_text("for your information")
    expect(page.locator("th[data-dash-column=what]")).to_have_attribute("aria-sort", "ascending")
    full.rows().nth(1).focus()
    page.keyboard.press("Enter")
    full.say("#alert-detail", "Enlarge the pool")

    button = full.page.get_by_role("button", name="Clear cache")
    button.focus()
    full.page.keyboard.press("Enter")
    dialog = full.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    full.until("() => document.querySelector('[role=dialog]').contains(document.activeElement)")
    for key in ("Tab", "Tab", "Tab", "Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab"):
        full.page.keyboard.press(key)  # never the page behind the dialog, not for a moment
        assert full.ask("() => document.querySelector('[role=dialog]').contains(document.activeElement)")
    full.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_axe_finds_nothing_serious_no_request_leaves_the_host_and_the_policy_is_kept(browsing, publisher, host):
    fill(publisher)
    console = browsing.console(color_scheme="light")
    addresses = []
    console.page.on("request", lambda request: addresses.append(request.url))
    console.page.add_init_script(
        """window.violations = [];
        addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));""")
    console.open()
    expect(console.rows()).to_have_count(4)
    console.rows().first.click()
    console.say("#alert-detail", "Enlarge the pool")
    unfold(console)
    console.page.click("#raw-load")
    console.say("#raw", "accepted")
    assert console.barriers() == []
    console.follow("dark")
    assert console.barriers() == []

    unfold(console, is_open=False)
    console.drag("system")
    console.page.get_by_role("button", name="Clear cache").click()
    console.page.click("#command-cancel")
    console.page.click("#theme-toggle")
    console.ticks(2)
    assert len(addresses) > 20
    assert [one for one in addresses if not one.startswith((host.url + "/admin/monitoring/", "data:", "blob:"))] == []
    assert console.ask("() => violations") == []


def test_a_phone_shows_everything_without_scrolling_sideways_and_an_alert_is_worked_on_it(browsing, publisher, host):
    fill(publisher)
    console = browsing.console(**PHONE).open()
    expect(console.rows()).to_have_count(4)
    unfold(console)
    assert console.ask("() => [document.documentElement.scrollWidth, innerWidth]") == [390, 390]

    def top(selector):
        return console.ask("(selector) => document.querySelector(selector).getBoundingClientRect().top + scrollY",
                           selector)

    order = ["#status-strip", "#alerts", "#health", "#tiles", "#gauges", "#charts", ".commands", "#feed"]
    assert sorted(order, key=top) == order
    tiles = console.ask("() => [...document.querySelectorAll('#tiles .tile')].slice(0, 4)"
                        ".map((tile) => { const box = tile.getBoundingClientRect(); return [box.left, box.top]; })")
    assert tiles[0][1] == tiles[1][1] < tiles[2][1] == tiles[3][1] and tiles[0][0] == tiles[2][0] < tiles[1][0]
    targets = console.ask(TARGETS)
    assert len(targets) > 25
    assert [one for one in targets if one[3] < 0 or one[4] > 390] == []
    assert [one for one in targets if one[1] < TARGET_PX or one[2] < TARGET_PX] == []
    console.ask("() => window.scrollTo(0, 900)")
    stays, goes = console.ask("() => ['.strip-status', '.strip-choices'].map((part) => {"
                              " const box = document.querySelector(part).getBoundingClientRect();"
                              " return [box.top, box.bottom]; })")
    assert stays[0] == 0 and stays[1] <= STRIP_PX and goes[1] < 0  # the state in two lines, and no more

    unfold(console, is_open=False)  # the bell's panel would lie above the table
    console.box("pool empty").tap()
    console.page.locator("#resolve-notes").fill("on my way")
    console.page.locator("#acknowledge").tap()
    console.say("#alert-feedback", "Done")
    assert host.services.alerts.find("a")[0].notes == "on my way"

    # By finger, mouse and key a button is pressed once, also if it is drawn anew meanwhile.
    console.ask(DRAWN_ANEW)
    devtools = console.page.context.new_cdp_session(console.page)
    for kind, points in (("touchStart", [MIDDLE]), ("touchEnd", [])):
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    console.until("() => window.released === 1")  # a browser's own click of a finger comes after that
    assert console.ask("() => window.presses") == 1
    console.page.mouse.click(*MIDDLE.values())
    assert console.ask("() => window.presses") == 2
    console.page.locator("#drawn-anew").focus()
    console.page.keyboard.press(" ")
    assert console.ask("() => window.presses") == 3
