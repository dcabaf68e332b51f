/* The way from a chart to the Explore page takes along what the chart shows: the zoom, or the range up to now. */
(function () {
    "use strict";
    const monitoring = window.monitoring;

    function withWindow(event) {
        const link = event.target.closest && event.target.closest("a.explore-link");
        if (!link) return;
        const address = new URL(link.href), {zoom, view} = monitoring;
        address.searchParams.set("range", zoom ? zoom.map((ms) => new Date(ms).toISOString()).join("..") : view.range);
        if (view.zoneChoice && view.zoneChoice !== "browser") address.searchParams.set("zone", view.zoneChoice);
        link.href = address.href;
    }

    /* Before the browser reads the address, whichever way the link is followed: click, key, "open in a new tab". */
    document.addEventListener("pointerdown", withWindow, true);
    document.addEventListener("focusin", withWindow, true);
    document.addEventListener("click", withWindow, true);
})();
