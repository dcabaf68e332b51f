/* The form of a silence: what the address says of it, which fields it asks for, and when its preview is made again. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const FIELDS = ["source", "component", "text"];
    let revision = null, zone = null, number = 0, form = {};

    /* `source` is the form's here: the strip's choice is not part of this page's address. */
    monitoring.inAddress(() => form);

    window.dash_clientside.monitoring.rememberSilence = function (levels, source, component, text) {
        form = {level: (levels || []).join(","), source, component, text};
        if (monitoring.started) monitoring.writeAddress();
        return [levels, source, component, text];
    };

    window.dash_clientside.monitoring.silenceFields = function (kind, span) {
        const weekly = kind === "weekly";
        return [weekly, !weekly, !weekly && span !== "custom"];
    };

    function offerZones() {
        const list = document.getElementById("zone-names");
        const names = Intl.supportedValuesOf ? ["UTC"].concat(Intl.supportedValuesOf("timeZone")) : ["UTC"];
        if (list) list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), {value: name})));
    }

    /* Who comes with something to silence, from an alert, comes for the form: on a phone it lies below the list. */
    function showForm() {
        const panel = document.getElementById("silence-form");
        if (panel) panel.focus();
    }

    monitoring.onBegin((address, set) => {
        FIELDS.forEach((name) => { if (address.get(name)) set("silence-" + name, {value: address.get(name)}); });
        const levels = address.getAll("level").join(",").toUpperCase().split(",").map((name) => name.trim()).filter(Boolean);
        if (levels.length) set("silence-levels", {value: levels});
        if (levels.length || FIELDS.some((name) => address.get(name))) monitoring.whenShown(showForm);
        set("silence-zone", {value: monitoring.zoneName("browser")});
        offerZones();
    });

    const zoneNote = (name) => "By the clock of " + name + ".";

    monitoring.firstPaint.draw = (live, find) => {
        find("silence-zone-note").textContent = zoneNote(monitoring.zoneName(monitoring.firstZone("browser")));
    };

    monitoring.onAnswer((live) => {
        const now = monitoring.view.zone || monitoring.zoneName("browser");
        if (live.alertsRevision === revision && zone === now) return;
        if (zone !== now) window.dash_clientside.set_props("silence-zone-note", {children: zoneNote(now)});
        revision = live.alertsRevision;
        zone = now;
        window.dash_clientside.set_props("silence-stamp", {data: {number: ++number, zone}});
    });
})();
