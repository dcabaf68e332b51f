/* The first moment: what the address and this browser remember is put into the controls. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const address = new URLSearchParams(window.location.search);

    function remembered(name) {
        try { return localStorage.getItem(name); } catch (error) { return null; }
    }

    /* A zone by the name that this browser has for it; null where it knows none of that name. An offset is no name. */
    function knownZone(name) {
        if (name === "browser") return name;
        if (!/^[a-z]/i.test(name || "")) return null;
        try {
            return window.Temporal ? Temporal.Now.zonedDateTimeISO(name).timeZoneId
                : new Intl.DateTimeFormat("en", {timeZone: name}).resolvedOptions().timeZone;
        } catch (error) { return null; }
    }

    monitoring.firstZone = (zone) => knownZone(address.get("zone")) || knownZone(remembered("monitoring-zone")) || zone;

    /* Returns the zone to begin with, and brings the controls in line with it. */
    monitoring.begin = function (zone) {
        const wanted = monitoring.firstZone(zone);
        if (wanted !== zone) {
            window.dash_clientside.set_props("zone-select", {options: monitoring.ahead.zonesWith(wanted), value: wanted});
        }
        monitoring.hooks.onBegin.forEach((begin) => begin(address, window.dash_clientside.set_props));
        monitoring.started = true;
        return wanted;
    };
})();
