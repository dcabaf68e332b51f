/* The first moment: what the address and this browser remember is put into the controls. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const address = new URLSearchParams(window.location.search);
    const RANGES = ["5m", "15m", "1h", "6h", "24h"];

    /* Page, sort and the open alert of the table. A page waits for the filters of the address, which lead to the first. */
    function beginTable(set) {
        const page = Math.floor(Number(address.get("page"))) - 1;
        const sort = /^(-?)(level|what|age)$/.exec(address.get("sort") || "");
        const filters = [["state", "open"], ["level", "all"], ["asource", "all"], ["q", ""]];
        if (page > 0 && Number.isSafeInteger(page)) {
            set("alert-table", {page_count: page + 1}); // else the table would not have it
            const wanted = filters.map(([name, usual]) => address.get(name) || usual);
            if (filters.some(([name, usual], at) => wanted[at] !== usual)) {
                monitoring.askedTable = {filters: JSON.stringify(wanted), page};
            } else set("alert-table", {page_current: page});
        }
        if (sort) set("alert-table", {sort_by: [{column_id: sort[2], direction: sort[1] ? "desc" : "asc"}]});
        if (address.get("alert")) set("alert-open", {data: address.get("alert")});
    }

    function remembered(name) {
        try { return localStorage.getItem(name); } catch (error) { return null; }
    }

    /* Returns [range, zone] to begin with, and brings the controls in line with them. */
    monitoring.begin = function (range, zone) {
        const set = window.dash_clientside.set_props;
        const wantedRange = RANGES.includes(address.get("range")) ? address.get("range") : range;
        const wantedZone = address.get("zone") || remembered("monitoring-zone") || zone;
        if (wantedRange !== range) set("range-select", {value: wantedRange});
        if (wantedZone !== zone) set("zone-select", {value: wantedZone});
        [["state", "filter-state"], ["level", "filter-level"], ["asource", "filter-source"], ["q", "filter-text"]]
            .forEach(([name, id]) => { if (address.get(name)) set(id, {value: address.get(name)}); });
        beginTable(set);
        const note = monitoring.rememberedNote(); // begun before a reload that the session asked for
        if (note) set("resolve-notes", {value: note});
        monitoring.started = true;
        return [wantedRange, wantedZone];
    };
})();
