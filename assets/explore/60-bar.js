/* The bars: they show what the view is, and change it. */
(function () {
    "use strict";
    const monitoring = window.monitoring, {explore} = monitoring;
    const byId = (id) => document.getElementById(id);
    const set = (id, props) => window.dash_clientside.set_props(id, props);
    const shown = {};

    /* A control is written only when its value is another one: never under the hand of the viewer. */
    function put(id, props) {
        const text = JSON.stringify(props), control = byId(id);
        if (shown[id] === text && control && control.value === props.value) return;
        shown[id] = text;
        set(id, props);
    }
    explore.put = put;

    function press(selector, is) {
        document.querySelectorAll(selector).forEach((key) => key.setAttribute("aria-pressed", String(is(key.dataset))));
    }

    function say(id, text) {
        const place = byId(id);
        if (place && place.textContent !== text) place.textContent = text;
    }
    explore.say = say;

    function showTabs(panel) {
        const name = panel === "moved" || !panel ? "" : panel;
        document.querySelectorAll(".view-tab").forEach((tab) => {
            const on = tab.dataset.view === name;
            tab.setAttribute("aria-selected", String(on));
            tab.tabIndex = on ? 0 : -1;
        });
        document.querySelector("main.explore").dataset.view = name || "charts";
        byId("explore-charts").hidden = Boolean(name);
        byId("explore-events").hidden = Boolean(name);
        byId("explore-panel").hidden = !name;
        byId("explore-moved").hidden = panel !== "moved";
    }

    /* What is no field: keys that are pressed, tabs, and whether there is a way back to live. */
    explore.showKeys = function (view) {
        press("[data-range]", ({range}) => range === view.range);
        press("[data-switch]", (data) => Boolean(data.switch in view ? view[data.switch] : explore[data.switch]));
        press("[data-overlay]", ({overlay}) => !view.without.includes(overlay));
        document.querySelector("[data-do=live]").disabled = view.live;
        showTabs(view.panel);
    };

    function show() {
        const {view, answer} = explore;
        if (!view || !byId("explore-charts")) return;
        explore.showKeys(view);
        const options = Array.from(byId("explore-preset").options).map((one) => one.value);
        put("explore-preset", {value: options.includes(view.range) ? view.range : "custom"});
        put("explore-per", {value: view.charts});
        put("explore-heat-kind", {value: view.heat});
        put("explore-compare", {value: view.compare || "none"});
        const lines = (answer ? answer.lines : []).map((line) => ({value: explore.answerKey(line), label: line.title}));
        const focused = view.lines[view.focus];
        put("explore-focus", {options: lines.filter(({value}) => explore.placeOf(value) >= 0), value: focused ? explore.keyOf(focused) : ""});
        document.querySelector("main.explore").dataset.mode = explore.brushing ? "brushing" : explore.picking ? "picking" : "";
    }

    /* From and to say what is shown; while somebody writes there they are left alone. */
    function showEnds(answer) {
        const fields = ["explore-from", "explore-to"].map(byId);
        if (answer.ends && !fields.includes(document.activeElement)) {
            put("explore-from", {value: explore.view.live ? liveStart() : answer.ends[0]});
            put("explore-to", {value: explore.view.live ? "now" : answer.ends[1]});
        }
        const {range, at} = answer.problems;
        if (answer.at !== undefined && !at && document.activeElement !== byId("explore-at")) put("explore-at", {value: answer.at});
        say("explore-problem", range || "");
        say("explore-at-problem", at || "");
        byId("explore-at").setAttribute("aria-invalid", String(Boolean(at)));
        fields.forEach((field) => field.setAttribute("aria-invalid", String(Boolean(range))));
        const title = answer.title ? answer.title.charAt(0).toUpperCase() + answer.title.slice(1) + " · " : "";
        if (answer.spanWords) say("explore-span", `${title}${answer.spanWords}${explore.view.lines.length ? " · " + answer.step : ""}`);
    }

    const liveStart = () => (/^\d+[a-zA-Z]$/.test(explore.view.range) ? "now-" + explore.view.range : explore.answer.ends[0]);

    function showNotes(answer) {
        const {element} = explore, place = byId("explore-notes");
        const missing = (answer.lines || []).flatMap((line) => (line.problem
            ? [[`${line.title} (${line.metric}): ${line.problem}.`, explore.answerKey(line)]] : []));
        const texts = [...explore.complaints.map((text) => ["In the address: " + text]), ...missing, ...(answer.notes || []).map((text) => [text])];
        const key = JSON.stringify(texts);
        if (place.dataset.shown === key) return;
        place.dataset.shown = key;
        place.replaceChildren(...texts.map(([text, missing]) => {
            const line = element("div", "note", text);
            if (missing === undefined) return line;
            const take = element("button", "button", "Take it away");
            take.type = "button";
            take.dataset.missing = missing;
            line.append(" ", take);
            return line;
        }));
    }

    /* On a phone the list gives way to what was chosen from it, once. */
    let folded = false;
    function fold() {
        if (folded) return;
        folded = true;
        byId("explore-metrics").open = !(window.matchMedia("(max-width: 820px)").matches && explore.view.lines.length);
    }

    /* What sticks under the strip must know how high it is. */
    let measured = false;
    function measure() {
        if (measured) return;
        measured = true;
        const strip = byId("status-strip");
        new ResizeObserver(() => document.documentElement.style.setProperty("--strip-now", strip.offsetHeight + "px")).observe(strip);
    }

    explore.onView(show);
    explore.onView(measure);
    explore.onView(fold);
    explore.onAnswer((answer) => { show(); showEnds(answer); showNotes(answer); });
    explore.showBar = show;
})();
