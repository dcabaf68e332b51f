/* The beat: decides when the page asks. One question at a time, none while paused, and none while hidden but for a
   viewer who wants to be told of new alerts.

   A callback slower than its interval would never update the page (each newer request discards the older
   answer, dash #1613): so a beat is skipped while an answer is due, and a watchdog lets the next one through
   when the answer is lost. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const WATCHDOG_MS = 20000; // an answer takes milliseconds; one that is this late will not come

    let asked = 0;
    let pending = null;

    function questionOf(number, view) {
        const {held} = monitoring;
        const whole = Boolean(monitoring.isFull && monitoring.isFull()); // of points: the window is drawn anew
        return {
            asked: number,
            source: view.source, range: view.range, zone: view.zone,
            epoch: whole ? null : held.epoch, cursor: whole ? 0 : held.cursor, last: whole ? null : held.last,
            structure: held.structure, revisions: held.revisions,
            attention: monitoring.bellLevel(),
            ...(monitoring.zoom ? {zoomEnd: monitoring.zoom[1] / 1000} : {}), // charts are drawn by the clock of their end
            ...(number === 1 && monitoring.firstTable ? {table: monitoring.firstTable()} : {}), // of a page that is painted first
        };
    }

    function question() {
        pending = {asked: ++asked, at: performance.now()};
        return questionOf(asked, monitoring.view);
    }

    /* What the first beat will ask, by what the controls are set to in the layout. */
    monitoring.firstQuestion = (source, zoneChoice, range) => questionOf(1, {
        source: source || monitoring.view.source || null, range: monitoring.firstRange || range || null,
        zone: monitoring.zoneName(monitoring.firstZone(zoneChoice)),
    });

    monitoring.isAnswer = (live) => Boolean(live && pending && live.asked === pending.asked);
    monitoring.answered = () => { pending = null; };
    monitoring.wake = () => window.dash_clientside.set_props("wake", {data: Date.now()});

    /* `range` is there on pages that have one to choose. */
    window.dash_clientside.monitoring.beat = function (count, wake, source, zoneChoice, range) {
        const none = window.dash_clientside.no_update;
        const {view} = monitoring;
        if (!monitoring.started) {
            zoneChoice = monitoring.begin(zoneChoice);
            range = monitoring.firstRange || range; // the one that the address names
        }
        const chosen = source || view.source || null;
        range = range || null;
        const changed = chosen !== view.source || range !== view.range || zoneChoice !== view.zoneChoice;
        if (changed) {
            Object.assign(view, {source: chosen, range, zoneChoice, zone: monitoring.zoneName(zoneChoice)});
            Object.assign(monitoring.held, {epoch: null, cursor: 0, last: null});
            try { localStorage.setItem("monitoring-zone", zoneChoice); } catch (error) { /* private window */ }
            monitoring.writeAddress();
            if (monitoring.alertsOutdated) monitoring.alertsOutdated();
            return question();
        }
        const due = pending && performance.now() - pending.at < WATCHDOG_MS;
        const asleep = document.hidden && !monitoring.bellLevel();
        if (!asleep) monitoring.hooks.onBeat.forEach((act) => act());
        if (due || asleep || (!monitoring.live && monitoring.answer)) return none;
        return question();
    };

    document.addEventListener("visibilitychange", () => {
        if (!document.hidden && monitoring.live) monitoring.wake();
    });
})();
