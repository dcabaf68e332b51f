/* The form of a route: which one is edited is in the address, and its preview follows the world. Addresses of routes
   are secrets: nothing of the form goes into the page's address, or is remembered. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    let revision = null, number = 0, edited = null;

    monitoring.inAddress(() => ({route: edited}));

    /* Who asks for a route, in the list or by an address, comes for the form: on a phone it lies below the log. */
    window.dash_clientside.monitoring.rememberRoute = function (asked) {
        edited = (asked && asked.id) || null;
        if (monitoring.started) monitoring.writeAddress();
        const panel = edited && document.getElementById("route-form");
        if (panel) monitoring.whenShown(() => panel.focus());
        return edited;
    };

    monitoring.onBegin((address, set) => {
        edited = address.get("route");
        if (edited) set("route-edited", {data: {id: edited}});
    });

    monitoring.onAnswer((live) => {
        if (live.alertsRevision === revision) return;
        revision = live.alertsRevision;
        window.dash_clientside.set_props("route-stamp", {data: ++number});
    });
})();
