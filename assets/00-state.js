/* The page's memory: what is asked for, what is held, what the viewer set. No drawing here. */
(function () {
    "use strict";
    const address = new URLSearchParams(window.location.search);
    const numbers = (address.get("zoom") || "").split(",").map(Number);
    const isTime = (ms) => Number.isFinite(ms) && Math.abs(ms) < 8e15; // beyond that there is no date

    const monitoring = (window.monitoring = {
        view: {source: address.get("source"), range: null, zone: null},
        held: {epoch: null, cursor: 0, last: null, structure: null, revisions: {}},
        model: {lines: [], charts: [], tiles: [], gauges: [], lane: null, gaps: [], appended: 0, window: null, offset: 0},
        zoom: numbers.length === 2 && numbers.every(isTime) && address.get("zoom") ? numbers : null,
        hidden: new Set((address.get("hidden") || "").split(",").filter(Boolean)),
        live: address.get("live") !== "0",
        clockOffset: 0,
        answer: null,
    });

    monitoring.zoneName = function (choice) {
        if (choice && choice !== "browser") return choice;
        return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    };

    /* Every state has an address: written without a new history entry, so that "back" leaves the page. */
    monitoring.writeAddress = function () {
        const query = new URLSearchParams(window.location.search);
        const set = (name, value) => (value ? query.set(name, value) : query.delete(name));
        set("source", monitoring.view.source);
        set("range", monitoring.view.range);
        set("zone", monitoring.view.zoneChoice === "browser" ? null : monitoring.view.zoneChoice);
        set("zoom", monitoring.zoom ? monitoring.zoom.map(Math.round).join(",") : null);
        set("hidden", Array.from(monitoring.hidden).join(","));
        set("live", monitoring.live ? null : "0");
        Object.entries(monitoring.filters || {}).forEach(([name, value]) => set(name, value));
        const text = query.toString();
        window.history.replaceState(null, "", window.location.pathname + (text ? "?" + text : "") + window.location.hash);
    };

    monitoring.now = () => Date.now() / 1000 + monitoring.clockOffset;
    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.monitoring = window.dash_clientside.monitoring || {};
})();
