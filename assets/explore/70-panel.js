/* What is open beside the charts: asked for when it is opened, and when what it is about has changed. */
(function () {
    "use strict";
    const monitoring = window.monitoring, {explore} = monitoring;
    const AGAIN_S = 60; // of a window that ends now
    const byId = (id) => document.getElementById(id);
    const LIMIT_MS = 120000; // a report reads all of its window
    const awaited = explore.awaited("explore-panel-asked", () => explore.askPanel(), LIMIT_MS);
    let asked = 0, about = null, at = 0, opened = null;

    explore.askPanel = function () {
        about = subject();
        at = performance.now();
        window.dash_clientside.set_props("explore-panel-wake", {data: Date.now() + Math.random()});
    };

    /* What the panel is drawn from: another one, another question. */
    function subject() {
        const {view} = explore, line = view.lines[view.focus];
        const window_ = view.panel === "moved" ? view.brush : (view.panel === "moment" && view.at) || view.range;
        const lines = view.panel === "moved" ? view.lines.map((one) => one.slice(0, 2)) : line && line.slice(0, 2);
        return JSON.stringify([view.panel, window_, view.zone, ["report", "moment"].includes(view.panel) ? null : lines, view.heat]);
    }

    window.dash_clientside.monitoring.explorePanelQuestion = function (wake) {
        awaited.drop(); // closed meanwhile, or asked anew
        if (!wake || !explore.view || !explore.view.panel) return window.dash_clientside.no_update;
        return {asked: awaited.begin(++asked), query: explore.queryOf(explore.view),
            zone: monitoring.view.zone || monitoring.zoneName(monitoring.view.zoneChoice)};
    };

    /* What the server drew is there, the same as before or not. */
    window.dash_clientside.monitoring.explorePanelDraw = function () {
        awaited.end();
        ["explore-panel", "explore-moved"].forEach((id) => byId(id).removeAttribute("aria-busy"));
        return asked;
    };

    function show() {
        const {view} = explore;
        const waiting = explore.pending && explore.pending.actions.length; // a window is being worked out
        if (view.panel && !waiting && subject() !== about) {
            byId(view.panel === "moved" ? "explore-moved" : "explore-panel").setAttribute("aria-busy", "true");
            explore.askPanel();
        }
        if (view.panel !== opened) {
            const drawer = byId("explore-moved");
            if (view.panel === "moved" && !drawer.contains(document.activeElement) && opened !== null) drawer.focus({preventScroll: true});
            opened = view.panel;
            if (!view.panel) about = null;
        }
        if (explore.focusPanel && view.panel === "moment") { // the chart that had the focus is not there now
            explore.focusPanel = false;
            byId("explore-panel").focus({preventScroll: true});
        }
        if (explore.answer && explore.answer.brushEnds && view.brush) {
            const fields = ["explore-brush-from", "explore-brush-to"];
            if (!fields.includes(document.activeElement && document.activeElement.id)) {
                fields.forEach((id, place) => explore.put(id, {value: explore.answer.brushEnds[place]}));
            }
        }
    }

    explore.onView(show);
    explore.onAnswer((answer) => {
        explore.say("explore-brush-problem", answer.problems.brush || "");
        show();
        if (!explore.actions.length) explore.focusPanel = false; // the moment was refused: who opens another later keeps the focus
    });

    monitoring.onAnswer(() => {
        const {view} = explore;
        if (!view || !view.panel || view.panel === "moved" || !view.live || !monitoring.live) return;
        if (performance.now() - at > AGAIN_S * 1000) explore.askPanel();
    });

    document.addEventListener("click", (event) => {
        const key = event.target.closest && event.target.closest("[data-add-metric]");
        if (!key || !explore.view) return;
        explore.add(key.dataset.addSource, key.dataset.addMetric);
        key.disabled = true;
        key.textContent = "Added";
    });
})();
