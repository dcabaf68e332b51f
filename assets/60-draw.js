/* One answer of the server, drawn: the only place that knows the order of things. */
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
    monitoring.drawPlots = () => drawPlots(READY_TRIES);

    function showSources(strip) {
        const options = JSON.stringify(strip.sources);
        if (monitoring.sourcesShown !== options) {
            monitoring.sourcesShown = options;
            window.dash_clientside.set_props("source-select", {options: strip.sources, value: monitoring.view.source});
            window.dash_clientside.set_props("filter-source", {
                options: [{value: "all", label: "All sources"}].concat(strip.alertSources),
            });
        }
    }

    window.dash_clientside.monitoring.draw = function (live) {
        const none = window.dash_clientside.no_update;
        if (!monitoring.isAnswer(live)) return none; // an answer to an older question: its points are not ours
        monitoring.answered();
        monitoring.answer = live;
        monitoring.clockOffset = live.now - Date.now() / 1000;
        if (live.last !== undefined) monitoring.held.last = live.last;
        Object.assign(monitoring.held, {
            epoch: live.epoch, cursor: live.cursor, structure: live.structure,
            revisions: Object.assign({}, monitoring.held.revisions, live.revisions),
        });
        if (!monitoring.view.source && live.source) monitoring.view.source = live.source;
        monitoring.takePoints(live);
        monitoring.model.gauges = live.gauges;
        monitoring.drawStrip(live.strip);
        monitoring.drawTiles(live);
        showSources(live.strip);
        monitoring.drawPlots();
        monitoring.showHidden();
        monitoring.showLive();
        monitoring.alertsChanged(live.alertsRevision);
        return live.asked;
    };
})();
