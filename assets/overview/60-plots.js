/* An answer drawn on the overview: the only place that knows the order of things. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const READY_STEP_MS = 120, READY_TRIES = 250; // plotly.js comes late on a cold start: half a minute at most
    let timer = null;

    function drawPlots(tries) {
        clearTimeout(timer);
        const waiting = [monitoring.drawCharts(), monitoring.drawGauges()].some(Boolean);
        if (waiting && tries > 0) timer = setTimeout(() => drawPlots(tries - 1), READY_STEP_MS);
    }

    monitoring.onTheme(() => drawPlots(READY_TRIES));
    monitoring.onAnswer((live) => {
        if (live.last !== undefined) monitoring.held.last = live.last;
        Object.assign(monitoring.held, {epoch: live.epoch, cursor: live.cursor, structure: live.structure});
        monitoring.takePoints(live);
        monitoring.model.gauges = live.gauges;
        monitoring.drawTiles(live);
        drawPlots(READY_TRIES);
        monitoring.showHidden();
    });
})();
