/* What the overview's alert table can be asked: its filters, and the headers it is sorted by. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const address = new URLSearchParams(window.location.search); // as it is before anybody writes it
    let sourcesShown = null;

    /* [name in the address, id of the control, what it is set to where the address says nothing] */
    monitoring.table = {
        filters: [["state", "filter-state", "open"], ["level", "filter-level", "all"],
            ["asource", "filter-source", "all"], ["q", "filter-text", ""]],
        sorts: ["level", "what", "age"],
    };

    /* What the first answer brings rows for: they are shown before the table is there. */
    monitoring.firstTable = () => monitoring.tableAsked(address, monitoring.table);

    monitoring.alertSources = (live) => [{value: "all", label: "All sources"}].concat(live.strip.alertSources);

    monitoring.onAnswer((live) => {
        const options = monitoring.alertSources(live);
        if (JSON.stringify(options) === sourcesShown) return;
        sourcesShown = JSON.stringify(options);
        window.dash_clientside.set_props("filter-source", {options});
    });
})();
