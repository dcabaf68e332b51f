/* The first moment: what the address and this browser remember is put into the controls. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const address = new URLSearchParams(window.location.search);
    const RANGES = ["5m", "15m", "1h", "6h", "24h"];

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
        monitoring.started = true;
        return [wantedRange, wantedZone];
    };
})();
