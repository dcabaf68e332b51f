/* What the overview draws before Dash runs, beside what its server has made: values, charts and gauges as sketches, the
   rows of the alert table, and what the address has chosen. */
(function () {
    "use strict";
    const monitoring = window.monitoring;

    /* What there is to choose, and what the address and this browser have chosen. */
    function controls(live) {
        monitoring.offerFirst("filter-source", monitoring.alertSources(live));
        monitoring.chooseFirst("range-select", monitoring.firstRange);
        monitoring.table.filters.forEach(([, id], at) => monitoring.chooseFirst(id, monitoring.firstTable()[at].trim()));
    }

    function alerts({table}, find) {
        find("alert-table").fill(table);
        find("alert-summary").textContent = table.summary;
        find("alert-empty").textContent = table.empty;
    }

    Object.assign(monitoring.firstPaint, {
        draw(live, find, plots) {
            monitoring.keepFigures(plots, live.structure);
            controls(live);
            alerts(live, find);
            monitoring.takePoints(live);
            monitoring.model.gauges = live.gauges;
            monitoring.drawTiles(live);
            monitoring.drawGauges();
            monitoring.showHidden();
        },
        drawLaidOut: (live) => monitoring.sketchPlots(live.structure),
        drawBelow: (live) => monitoring.sketchBelow(live.structure),
        /* Its plots have their size, and its table has rows. */
        isThere: (dash) => monitoring.hasRows(dash) && monitoring.hasPlots(dash),
        handOver: (place, dash) => monitoring.moveSketches(place, dash),
        end: () => monitoring.drawFirst(),
    });
})();
