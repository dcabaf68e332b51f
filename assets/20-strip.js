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

    function clockTime(ms) {
        const choice = monitoring.view.zone || monitoring.zoneName("browser");
        try {
            return new Date(ms).toLocaleTimeString("en-GB", {timeZone: choice});
        } catch (error) { // a zone that this browser does not know
            return new Date(ms).toISOString().slice(11, 19) + " UTC";
        }
    }

    /* What the last answer said of the source holds no longer when no answer comes: this server is away, or the
       viewer has paused. Then the strip says so instead of repeating it. */
    function unknownSince(source) {
        if (monitoring.offlineSince) return "unknown";
        const silent = source && monitoring.now() - source.received > source.delayedAfter;
        return !monitoring.live && silent ? "paused" : null;
    }

    function drawSource(strip) {
        const source = strip.source, unknown = unknownSince(source);
        if (unknown) {
            fill("liveness", [["shape tone-stale", "◇"], ["word", unknown], ["others", ""]]);
        } else if (source) {
            fill("liveness", [
                ["shape tone-" + source.tone, source.shape], ["word", source.word],
                source.simulated ? ["tag", "simulated"] : null,
                source.skew ? ["tag tone-warning", source.skew] : null,
                ["others", strip.others],
            ]);
        } else {
            // One that an address names may be unknown here while others are not.
            fill("liveness", [["word", strip.others ? "not heard" : "no source yet"], ["others", strip.others]]);
        }
    }

    function drawOffline(offline) {
        fill("offline", offline ? [[
            "notice tone-critical",
            "⬣ This server has not answered since " + clockTime(offline + monitoring.clockOffset * 1000)
            + ". What is on the page is the last that it said; the page goes on asking.",
        ]] : []);
        const banner = document.querySelector("#offline .notice");
        if (!offline || !banner) return;
        fill("worst", [["shape tone-critical", "⬣"], ["word", "No answer from this server"]]);
    }

    /* Once the moment is past, the try is under way: it takes until the host answers, or a second. */
    function nextTry(feed) {
        if (!feed.nextTry) return "";
        const seconds = Math.ceil(feed.nextTry - monitoring.now());
        return seconds > 0 ? ", next try in " + seconds + " s" : ", trying again";
    }

    function clockwork() {
        const answer = monitoring.answer, offline = monitoring.offlineSince;
        if (!answer) { drawOffline(offline); return; }
        const {source, feed} = answer.strip;
        if (source && source.received !== null) {
            fill("data-age", [["age-label", "data "], ["age-value", ageText(monitoring.now() - source.received)]]);
        } else {
            fill("data-age", [["age-label", "no data yet"]]);
        }
        const interrupted = !offline && feed.state !== "connected";
        fill("connection", interrupted
            ? [["tone-critical", "⬣ feed interrupted " + ageText(monitoring.now() - feed.since) + nextTry(feed)]] : []);
        drawSource(answer.strip);
        drawOffline(offline);
        const stale = offline || interrupted || answer.strip.stale || unknownSince(source);
        document.documentElement.dataset.values = stale ? "stale" : "fresh";
    }

    monitoring.drawStrip = function (strip) {
        fill("worst", [["shape tone-" + strip.worst.tone, strip.worst.shape], ["word", strip.worst.word]]);
        fill("alert-counts", strip.counts.map(([tone, text]) => ["count tone-" + tone, text]));
        clockwork();
    };

    monitoring.showLive = function () {
        const button = document.getElementById("live-toggle");
        if (!button) return;
        button.textContent = monitoring.live ? (monitoring.zoom ? "❚❚ Live · zoomed" : "❚❚ Live") : "▶ Paused";
        button.setAttribute("aria-pressed", String(monitoring.live));
        const reset = document.getElementById("zoom-reset");
        if (reset) reset.hidden = !monitoring.zoom;
    };

    window.dash_clientside.monitoring.toggleLive = function (clicks) {
        if (!clicks) return window.dash_clientside.no_update;
        monitoring.live = !monitoring.live;
        monitoring.writeAddress();
        monitoring.showLive();
        if (monitoring.live) monitoring.wake();
        return clicks;
    };

    setInterval(clockwork, 1000);
})();
