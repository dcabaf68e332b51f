/* The first moment: what the address and this browser remember is put into the controls. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const address = new URLSearchParams(window.location.search);

    function remembered(name) {
        try { return localStorage.getItem(name); } catch (error) { return null; }
    }

    monitoring.firstZone = (zone) => address.get("zone") || remembered("monitoring-zone") || zone;

    /* Returns the zone to begin with, and brings the controls in line with it. */
    monitoring.begin = function (zone) {
        const wanted = monitoring.firstZone(zone);
        if (wanted !== zone) window.dash_clientside.set_props("zone-select", {value: wanted});
        monitoring.hooks.onBegin.forEach((begin) => begin(address, window.dash_clientside.set_props));
        monitoring.started = true;
        return wanted;
    };
})();
