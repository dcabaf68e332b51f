/* The alert table asks again when alerts changed. While the viewer is at work in it (rows ticked, a note begun,
   a detail open) its rows are refreshed in place and new alerts wait behind a button. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const AGES_MS = 60000; // ages in the table are in minutes
    let revision = null, stampedAt = 0, number = 0;

    function atWork() {
        const note = document.getElementById("resolve-notes");
        const detail = document.getElementById("alert-detail");
        return Boolean(
            document.querySelector("#alert-table input[type=checkbox]:checked")
            || (note && note.value) || (detail && detail.childElementCount));
    }

    function stamp(hold) {
        stampedAt = Date.now();
        window.dash_clientside.set_props("alerts-stamp", {
            data: {number: ++number, hold, zone: monitoring.view.zone || monitoring.zoneName("browser")},
        });
    }

    /* The zone of its times changed: the table is asked for again with the next answer. */
    monitoring.alertsOutdated = () => { revision = null; };

    monitoring.alertsChanged = function (newRevision) {
        if (newRevision === revision && Date.now() - stampedAt < AGES_MS) return;
        revision = newRevision;
        stamp(atWork());
    };

    window.dash_clientside.monitoring.showNewAlerts = function (clicks) {
        if (clicks) stamp(false);
        return clicks || 0;
    };

    window.dash_clientside.monitoring.rememberFilters = function (state, level, source, words) {
        const unless = (value, usual) => (value === usual ? null : value);
        monitoring.filters = {
            state: unless(state, "open"), level: unless(level, "all"), asource: unless(source, "all"), q: words,
        };
        if (monitoring.started) monitoring.writeAddress();
        return [state, level, source, words];
    };

    /* Buttons say how many rows they will act on, and cannot be pressed without one: the ticked rows, else the
       one that is open. */
    window.dash_clientside.monitoring.showChosen = function (rows, cell) {
        const ticked = (rows || []).length, count = ticked || (cell && cell.row_id ? 1 : 0);
        const note = ticked ? ` (${ticked})` : "";
        return ["Acknowledge" + note, "Resolve" + note, count === 0, count === 0];
    };

    window.dash_clientside.monitoring.closeDetail = function (clicks) {
        if (clicks) window.dash_clientside.set_props("alert-table", {active_cell: null, selected_cells: []});
        return clicks || 0;
    };
})();
