/* The status strip and everything that ages by the clock of the viewer, corrected to the server's. */
(function () {
    "use strict";
    const monitoring = window.monitoring;

    function fill(id, parts) {
        const element = document.getElementById(id);
        if (!element) return;
        const text = JSON.stringify(parts);
        if (element.dataset.shown === text) return; // a live region must not speak again for nothing
        element.dataset.shown = text;
        element.replaceChildren(...parts.filter(Boolean).map(([className, content]) => {
            const span = document.createElement("span");
            span.className = className;
            span.textContent = content;
            return span;
        }));
    }

    function ageText(seconds) {
        if (seconds < 60) return Math.max(0, Math.floor(seconds)) + " s";
        if (seconds < 3600) return Math.floor(seconds / 60) + " min";
        if (seconds < 86400) return Math.floor(seconds / 3600) + " h " + Math.floor((seconds % 3600) / 60) + " min";
        return Math.floor(seconds / 86400) + " d";
    }
    monitoring.ageText = ageText;

    function clockwork() {
        const answer = monitoring.answer;
        if (!answer) return;
        const {source, offline} = {source: answer.strip.source, offline: monitoring.offlineSince};
        if (source && source.received !== null) {
            const age = monitoring.now() - source.received;
            fill("data-age", [["age-label", "data "], ["age-value", ageText(age)]]);
        } else {
            fill("data-age", [["age-label", "no data yet"]]);
        }
        if (offline) {
            fill("connection", [["tone-critical", "⬣ this server does not answer, for " + ageText((Date.now() - offline) / 1000)]]);
        } else if (answer.strip.feed.state !== "connected") {
            fill("connection", [["tone-critical", "⬣ feed interrupted " + ageText(monitoring.now() - answer.strip.feed.since)]]);
        } else {
            fill("connection", []);
        }
        const stale = Boolean(offline) || answer.strip.feed.state !== "connected" || answer.strip.stale;
        document.documentElement.dataset.values = stale ? "stale" : "fresh";
    }

    monitoring.drawStrip = function (strip) {
        fill("worst", [["shape tone-" + strip.worst.tone, strip.worst.shape], ["word", strip.worst.word]]);
        fill("alert-counts", strip.counts.map(([tone, text]) => ["count tone-" + tone, text]));
        const source = strip.source;
        fill("liveness", source ? [
            ["shape tone-" + source.tone, source.shape], ["word", source.word],
            source.simulated ? ["tag", "simulated"] : null,
            source.skew ? ["tag tone-warning", source.skew] : null,
            ["others", strip.others],
        ] : [["word", "no source yet"], ["others", strip.others]]);
        clockwork();
    };

    monitoring.showLive = function () {
        const button = document.getElementById("live-toggle");
        if (!button) return;
        button.textContent = monitoring.live ? (monitoring.zoom ? "❚❚ Live · zoomed" : "❚❚ Live") : "▶ Paused";
        button.setAttribute("aria-pressed", String(monitoring.live));
        document.documentElement.dataset.live = monitoring.live ? "live" : "paused";
    };

    window.dash_clientside.monitoring.toggleLive = function (clicks) {
        if (!clicks) return window.dash_clientside.no_update;
        monitoring.live = !monitoring.live;
        if (!monitoring.live) monitoring.pausedAt = monitoring.now();
        monitoring.writeAddress();
        monitoring.showLive();
        if (monitoring.live) monitoring.wake();
        return clicks;
    };

    setInterval(clockwork, 1000);
})();
