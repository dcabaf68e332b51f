/* The page's memory: what is asked for, what is held, what the viewer set. No drawing here. */
(function () {
    "use strict";
    const address = new URLSearchParams(window.location.search);
    const inAddress = [], onAnswer = [], onTheme = [], onBegin = [], onBeat = [], onFailed = [];

    const monitoring = (window.monitoring = {
        view: {source: address.get("source"), range: null, zone: null},
        held: {epoch: null, cursor: 0, last: null, structure: null, revisions: {}},
        live: address.get("live") !== "0",
        clockOffset: 0,
        answer: null,
        /* The scripts of a page hook in here: what they put into the address ({name: value or null}), what they do
           with each answer, after the theme has changed, at the first beat, at each beat (also of a paused page), and with
           each input ({id, value}) of a callback whose request failed. */
        inAddress: (parts) => inAddress.push(parts),
        onAnswer: (take) => onAnswer.push(take),
        onTheme: (draw) => onTheme.push(draw),
        onBegin: (begin) => onBegin.push(begin),
        onBeat: (act) => onBeat.push(act),
        onFailed: (take) => onFailed.push(take),
        hooks: {onAnswer, onTheme, onBegin, onBeat, onFailed},
    });

    monitoring.zoneName = function (choice) {
        if (choice && choice !== "browser") return choice;
        if (window.Temporal) return Temporal.Now.timeZoneId(); // at once; the other way makes the first paint wait
        return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    };

    /* Every state has an address: written without a new history entry, so that "back" leaves the page. */
    monitoring.writeAddress = function () {
        const query = new URLSearchParams(window.location.search);
        inAddress.forEach((parts) => Object.entries(parts()).forEach(
            ([name, value]) => (value ? query.set(name, value) : query.delete(name))));
        const text = query.toString();
        window.history.replaceState(null, "", window.location.pathname + (text ? "?" + text : "") + window.location.hash);
    };
    monitoring.inAddress(() => ({
        source: monitoring.view.source,
        zone: monitoring.view.zoneChoice === "browser" ? null : monitoring.view.zoneChoice,
        live: monitoring.live ? null : "0",
    }));

    const TYPED_IN = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]";
    /* Whether keys are meant for what somebody types into. */
    monitoring.isTypedIn = (element) => Boolean(element.closest && element.closest(TYPED_IN));

    monitoring.now = () => Date.now() / 1000 + monitoring.clockOffset;
    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.monitoring = window.dash_clientside.monitoring || {};
})();
