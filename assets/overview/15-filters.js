/* What the overview's alert table can be asked: its filters, and the headers it is sorted by. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    let sourcesShown = null;

    /* [name in the address, id of the control, what it is set to where the address says nothing] */
    monitoring.table = {
        filters: [["state", "filter-state", "open"], ["level", "filter-level", "all"],
            ["asource", "filter-source", "all"], ["q", "filter-text", ""]],
        sorts: ["level", "what", "age"],
    };

    monitoring.onAnswer((live) => {
        const options = [{value: "all", label: "All sources"}].concat(live.strip.alertSources);
        if (JSON.stringify(options) === sourcesShown) return;
        sourcesShown = JSON.stringify(options);
        window.dash_clientside.set_props("filter-source", {options});
    });
})();
