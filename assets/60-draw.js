/* One answer of the server, taken: what every page shows of it, then what the page's own scripts do with it. */
(function () {
    "use strict";
    const monitoring = window.monitoring;

    function showSources(strip) {
        const options = JSON.stringify(strip.sources);
        if (monitoring.sourcesShown === options) return;
        monitoring.sourcesShown = options;
        window.dash_clientside.set_props("source-select", {options: strip.sources, value: monitoring.view.source});
    }

    window.dash_clientside.monitoring.draw = function (live) {
        const none = window.dash_clientside.no_update;
        if (!monitoring.isAnswer(live)) return none; // an answer to an older question: its points are not ours
        monitoring.answered();
        monitoring.endFirstPaint();
        monitoring.answer = live;
        monitoring.clockOffset = live.now - monitoring.ahead.arrivedAt(live.asked) / 1000;
        Object.assign(monitoring.held.revisions, live.revisions);
        if (!monitoring.view.source && live.source) monitoring.view.source = live.source;
        monitoring.drawStrip(live.strip);
        showSources(live.strip);
        monitoring.hooks.onAnswer.forEach((take) => take(live));
        monitoring.showLive();
        return live.asked;
    };
})();
