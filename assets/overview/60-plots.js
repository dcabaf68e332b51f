/* An answer drawn on the overview: the only place that knows the order of things. */
(function () {
    "use strict";
    const monitoring = window.monitoring;

    function drawPlots() {
        monitoring.drawCharts();
        monitoring.drawGauges();
        monitoring.sketchPlots(monitoring.answer.structure);
        monitoring.drawFirst();
    }

    monitoring.onTheme(drawPlots);
    monitoring.onAnswer((live) => {
        if (live.last !== undefined) monitoring.held.last = live.last;
        Object.assign(monitoring.held, {epoch: live.epoch, cursor: live.cursor, structure: live.structure});
        if (!monitoring.isPainted(live)) monitoring.takePoints(live);
        monitoring.model.gauges = live.gauges;
        monitoring.drawTiles(live);
        if (!monitoring.isPainted(live)) monitoring.drawCharts();
        monitoring.drawGauges();
        if (!monitoring.isPainted(live)) monitoring.sketchPlots(live.structure);
        monitoring.drawFirst();
        monitoring.showHidden();
    });
})();
