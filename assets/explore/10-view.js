/* The view of the Explore page: held here, written into the address, asked about. The server reads an address and says
   what it means; every change goes back into one. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const WATCHDOG_MS = 20000; // an answer takes a fraction of a second; one that is this late will not come
    const BUSY_AFTER_MS = 500;
    const OVERLAYS = ["threshold", "gap", "alert", "command", "annotation"];
    const SWITCHES = ["log", "stack", "anomaly", "forecast"];

    const explore = (monitoring.explore = {
        view: null, // as the server last said it, with what was changed since
        answer: null, events: "", asked: 0, version: 0, pending: null, action: null, again: false, answeredAt: 0,
        liveRange: null, // where "back to live" leads
        hooks: {answer: [], view: []},
        OVERLAYS, SWITCHES,
        onAnswer: (take) => explore.hooks.answer.push(take),
        onView: (show) => explore.hooks.view.push(show), // after any change, also before its answer
    });

    /* An address that names metrics: on a phone the list of them is folded, from the first moment on. */
    if (/[?&][mr]=/.test(window.location.search)) document.documentElement.dataset.chosen = "1";

    /* The address of a view, as dashboard/explore/view.py writes it. */
    explore.queryOf = function (view) {
        const part = encodeURIComponent;
        const pairs = view.lines.map((line) => [line[2] ? "r" : "m", explore.keyOf(line)]);
        const add = (name, value, plain) => { if (value !== plain) pairs.push([name, String(value)]); };
        add("range", view.range, "6h");
        add("zone", view.zone, "browser");
        add("charts", view.charts, "unit");
        add("hide", view.lines.flatMap((line, place) => (line[3] ? [place] : [])).join(","), "");
        add("without", OVERLAYS.filter((name) => view.without.includes(name)).join(","), "");
        const colours = view.lines.map(explore.colourNumber);
        add("colours", colours.some((number, place) => number !== place) ? colours.join(",") : "", "");
        add("compare", view.compare || "", "");
        add("panel", view.panel || "", "");
        add("focus", view.focus, 0);
        add("heat", view.heat, "mean");
        add("brush", view.brush ? view.brush.join("-") : "", "");
        add("at", view.at || "", "");
        SWITCHES.forEach((name) => { if (view[name]) pairs.push([name, "1"]); });
        return pairs.map(([name, value]) => name + "=" + part(value).replace(/%2F/g, "/").replace(/%3A/g, ":")
            .replace(/%2C/g, ",").replace(/%20/g, "+")).join("&");
    };

    /* In place of the frame's own: a view has fields that come more than once, in an order that counts. */
    monitoring.writeAddress = function () {
        if (!explore.view) return; // what the address holds has not been read yet
        const parts = [explore.queryOf(explore.view)];
        if (monitoring.view.source) parts.push("source=" + encodeURIComponent(monitoring.view.source));
        if (!monitoring.live) parts.push("live=0");
        const text = parts.filter(Boolean).join("&");
        window.history.replaceState(null, "", window.location.pathname + (text ? "?" + text : "") + window.location.hash);
    };

    /* An answer is due. One that is later than the watchdog will not come: its question is asked once more. */
    const due = () => Boolean(explore.pending) && performance.now() - explore.pending.at < WATCHDOG_MS;

    explore.ask = function () {
        if (due()) { explore.again = true; return; }
        window.dash_clientside.set_props("explore-wake", {data: Date.now() + Math.random()});
    };

    /* A question that takes its time is seen to be under way; the quick ones would only flicker. */
    function busy(asked) {
        if (explore.pending && explore.pending.asked === asked) document.querySelector("main.explore").dataset.loading = "1";
    }

    /* Change the view. What only this page draws needs no answer (`local`). */
    explore.change = function (changes, local) {
        Object.assign(explore.view, changes);
        explore.version += 1;
        explore.hooks.view.forEach((show) => show());
        monitoring.writeAddress();
        if (!local) explore.ask();
    };

    /* What only the server can work out: a step in time, a window by the clock of a zone. */
    explore.act = function (action) {
        explore.action = action;
        explore.ask();
    };

    explore.toLive = function () {
        if (!explore.view) return;
        explore.change({range: explore.liveRange || "6h", live: true});
    };

    window.dash_clientside.monitoring.exploreQuestion = function (wake) {
        if (!wake) return window.dash_clientside.no_update;
        const {action, version} = explore;
        explore.action = null;
        explore.again = false;
        explore.pending = {asked: ++explore.asked, at: performance.now(), version, acted: Boolean(action)};
        setTimeout(busy, BUSY_AFTER_MS, explore.asked);
        return {
            asked: explore.asked, query: explore.view ? explore.queryOf(explore.view) : window.location.search,
            zone: monitoring.view.zone || monitoring.zoneName(monitoring.view.zoneChoice), points: explore.points(),
            action, known: explore.events,
        };
    };

    window.dash_clientside.monitoring.exploreDraw = function (answer) {
        const {pending} = explore;
        if (!answer || !pending || answer.asked !== pending.asked) return window.dash_clientside.no_update;
        explore.pending = null;
        document.querySelector("main.explore").dataset.loading = "0";
        explore.answeredAt = performance.now();
        if (!explore.view) explore.readColours(answer.view);
        if (!explore.view || pending.version === explore.version) explore.view = answer.view;
        else if (pending.acted) ["range", "live", "brush", "panel", "at"].forEach((name) => { explore.view[name] = answer.view[name]; });
        if (answer.lines) Object.assign(explore, {answer, events: answer.events});
        explore.problems = answer.problems;
        explore.complaints = answer.complaints.length ? answer.complaints : explore.complaints || [];
        if (explore.view.live) explore.liveRange = explore.view.range;
        monitoring.writeAddress();
        explore.hooks.view.forEach((show) => show());
        explore.hooks.answer.forEach((take) => take(answer));
        if (explore.again || explore.action) explore.ask();
        return answer.asked;
    };

    /* An address that names no source of its own: the list begins with that of the first line. */
    monitoring.onBegin((address) => {
        const first = address.get("m") || address.get("r");
        if (monitoring.view.source || !first || !first.includes("/")) return;
        try { monitoring.view.source = decodeURIComponent(first.split("/")[0]); } catch (error) { /* the server says so */ }
    });

    /* The page's own beat: the first question, another zone, and a live window that has grown old. */
    monitoring.onAnswer(() => {
        const zone = monitoring.view.zoneChoice, {view} = explore;
        const lost = explore.pending && !due();
        if (!view) { if (!due()) explore.ask(); return; }
        if (zone && zone !== view.zone) { explore.change({zone}); return; }
        const age_s = (performance.now() - explore.answeredAt) / 1000;
        const old = explore.answer ? age_s >= explore.answer.againS : true;
        if (lost || monitoring.live && view.live && view.lines.length && old && !due() && !explore.held) explore.ask();
    });
})();
