/* The view of the Explore page: held here, and written into the address. The server reads an address and says what it
   means; every change goes back into one. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const OVERLAYS = ["threshold", "gap", "alert", "command", "annotation"];
    const SWITCHES = ["log", "stack", "anomaly", "forecast"];

    const explore = (monitoring.explore = {
        view: null, // as the server last said it, with what was changed since
        answer: null,
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

    /* Change the view. What only this page draws needs no answer (`local`). */
    explore.change = function (changes, local) {
        Object.assign(explore.view, changes);
        explore.overrule(Object.keys(changes));
        explore.hooks.view.forEach((show) => show());
        monitoring.writeAddress();
        if (!local) explore.ask();
    };

    explore.toLive = function () {
        if (!explore.view) return;
        explore.change({range: explore.liveRange || "6h", live: true});
    };

    /* An address that names no source of its own: the list begins with that of the first line. */
    monitoring.onBegin((address) => {
        const first = address.get("m") || address.get("r");
        if (monitoring.view.source || !first || !first.includes("/")) return;
        try { monitoring.view.source = decodeURIComponent(first.split("/")[0]); } catch (error) { /* the server says so */ }
    });
})();
