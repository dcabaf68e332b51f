/* What the page asks about its view, one question at a time, and what an answer changes in the view. */
(function () {
    "use strict";
    const monitoring = window.monitoring, {explore} = monitoring;
    const BUSY_AFTER_MS = 500;
    const awaited = explore.awaited("explore-asked", () => explore.ask());
    let answeredAt = 0;

    Object.assign(explore, {
        asked: 0, events: "",
        pending: null, // {asked, actions, chosen: what was chosen since, by the names of the fields}
        actions: [], // to be asked with the next question
        again: false, // something has changed since the question that is pending
    });

    explore.ask = function () {
        if (awaited.isDue()) { explore.again = true; return; }
        window.dash_clientside.set_props("explore-wake", {data: Date.now() + Math.random()});
    };

    /* What only the server can work out: a step in time, a window by the clock of a zone. That is the clock the viewer saw,
       though another one may be chosen by the time it is asked about. */
    explore.act = function (action) {
        explore.actions.push(Object.assign({zone: explore.answer ? explore.answer.zone : null}, action));
        explore.ask();
    };

    /* The fields of a view that an action is about. */
    const setBy = (action) => ("brush" in action ? ["brush", "panel"] : "moment" in action ? ["at", "panel"] : ["range"]);

    /* What the viewer chooses is newer than an answer that is still to come, and than an action that is still to be done. */
    explore.overrule = function (names) {
        const {pending} = explore, left = (actions) => actions.filter((action) => !setBy(action).some((name) => names.includes(name)));
        explore.actions = left(explore.actions);
        if (!pending) return;
        pending.actions = left(pending.actions);
        pending.chosen.push(...names, ...(names.includes("range") ? ["live"] : []));
    };

    /* A question that takes its time is seen to be under way; the quick ones would only flicker. */
    function busy(asked) {
        if (explore.pending && explore.pending.asked === asked) document.querySelector("main.explore").dataset.loading = "1";
    }

    window.dash_clientside.monitoring.exploreQuestion = function (wake) {
        if (!wake) return window.dash_clientside.no_update;
        const lost = explore.pending, actions = [...(lost ? lost.actions : []), ...explore.actions]; // those are still to be done
        explore.actions = [];
        explore.again = false;
        explore.pending = {asked: awaited.begin(++explore.asked), actions, chosen: []};
        setTimeout(busy, BUSY_AFTER_MS, explore.asked);
        return {
            asked: explore.asked, query: explore.view ? explore.queryOf(explore.view) : window.location.search,
            zone: monitoring.view.zone || monitoring.zoneName(monitoring.view.zoneChoice), points: explore.points(),
            actions, known: explore.events,
        };
    };

    window.dash_clientside.monitoring.exploreDraw = function (answer) {
        const {pending, view} = explore;
        if (!answer || !pending || answer.asked !== pending.asked) return window.dash_clientside.no_update;
        awaited.end();
        explore.pending = null;
        document.querySelector("main.explore").dataset.loading = "0";
        answeredAt = performance.now();
        if (!view) explore.readColours(answer.view);
        explore.view = Object.assign({}, answer.view, ...pending.chosen.map((name) => ({[name]: view[name]})));
        if (answer.lines) Object.assign(explore, {answer, events: answer.events});
        explore.problems = answer.problems;
        explore.complaints = answer.complaints.length ? answer.complaints : explore.complaints || [];
        if (answer.view.live) explore.liveRange = answer.view.range;
        monitoring.writeAddress();
        explore.hooks.view.forEach((show) => show());
        explore.hooks.answer.forEach((take) => take(answer));
        if (explore.again || explore.actions.length) explore.ask();
        return answer.asked;
    };

    /* The page's own beat: the first question, another zone, and a live window that has grown old. */
    monitoring.onAnswer(() => {
        const zone = monitoring.view.zoneChoice, {view} = explore;
        if (!view) { if (!awaited.isDue()) explore.ask(); return; }
        if (zone && zone !== view.zone) { explore.change({zone}); return; }
        const age_s = (performance.now() - answeredAt) / 1000;
        const old = explore.answer ? age_s >= explore.answer.againS : true;
        if (monitoring.live && view.live && view.lines.length && old && !awaited.isDue() && !explore.held) explore.ask();
    });
})();
