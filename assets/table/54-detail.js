/* The alert that is open, in full below or beside its table: when it is asked for, and that it is closed. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    let number = 0, asked = null;

    monitoring.isDetailShown = function () {
        const detail = document.getElementById("alert-detail");
        return Boolean(detail && detail.childElementCount);
    };

    /* Again with the rows, whatever changed them; and that nothing is open where something was asked for, whose answer may
       be on its way, or is still shown: the answer to a close may have been lost. */
    window.dash_clientside.monitoring.askDetail = function (key) {
        const before = asked;
        asked = key || null;
        if (!asked && !before && !monitoring.isDetailShown()) return window.dash_clientside.no_update;
        return {key: asked, number: ++number};
    };

    window.dash_clientside.monitoring.closeDetail = function (clicks) {
        if (!clicks) return 0;
        window.dash_clientside.set_props("alert-table", {active_cell: null, selected_cells: []});
        window.dash_clientside.set_props("alert-open", {data: null});
        return clicks;
    };
})();
