/* What the overview holds beside the page's memory: points, the zoom, and the series the viewer has hidden. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const address = new URLSearchParams(window.location.search);
    const RANGES = ["5m", "15m", "1h", "6h", "24h"];
    const RESNAPSHOT_AFTER = 1000; // points appended before the window is drawn anew: keeps the tab's memory flat
    const numbers = (address.get("zoom") || "").split(",").map(Number);
    const range = address.get("range");
    const isTime = (ms) => Number.isFinite(ms) && Math.abs(ms) < 8e15; // beyond that there is no date

    Object.assign(monitoring, {
        model: {
            structure: null, lines: [], charts: [], tiles: [], gauges: [], lane: null, gaps: [],
            appended: 0, window: null, offset: 0,
        },
        zoom: numbers.length === 2 && numbers.every(isTime) && address.get("zoom") ? numbers : null,
        hidden: new Set((address.get("hidden") || "").split(",").filter(Boolean)),
        firstRange: RANGES.includes(range) ? range : null,
        isFull: () => monitoring.model.appended > RESNAPSHOT_AFTER,
    });

    monitoring.inAddress(() => ({
        range: monitoring.view.range,
        zoom: monitoring.zoom ? monitoring.zoom.map(Math.round).join(",") : null,
        hidden: Array.from(monitoring.hidden).join(","),
    }));

    monitoring.onBegin((asked, set) => {
        if (monitoring.firstRange) set("range-select", {value: monitoring.firstRange});
    });
})();
