/* Annotations: a form that is filled with the moment or the window at hand, and the taking away of one. */
(function () {
    "use strict";
    const monitoring = window.monitoring, {explore} = monitoring;
    const byId = (id) => document.getElementById(id);
    const set = (id, value) => window.dash_clientside.set_props(id, {value});
    let asked = 0, question = null;
    let zone = null, shown = null; // that of the times in the form, and that of the charts

    /* `moments`: [at] or [from, to] in wall-clock ms; null: the marked window, or now. */
    explore.annotateAt = function (moments) {
        const form = byId("note-form"), {answer, view} = explore;
        if (!answer) return;
        const given = moments && moments[0] !== null ? moments : null, marked = view.brush && answer.brushEnds;
        // Where clocks were changed within the window, a chart's times are not all those of a clock: then by UTC.
        const isChanged = answer.gaps.some(([from, to]) => from === to), ahead = answer.window[0] - answer.span[0] * 1000;
        const text = (ms) => (isChanged ? new Date(ms - ahead).toISOString().slice(0, 19) + "Z"
            : explore.wall(ms).slice(0, 19).replace("T", " "));
        form.hidden = false;
        zone = shown = answer.zone;
        const [from, to] = given ? given.map(text) : marked || ["now"];
        set("note-from", from);
        set("note-to", to || "");
        explore.say("note-feedback", "");
        document.querySelector("[data-do=annotate]").setAttribute("aria-expanded", "true");
        byId("note-text").focus();
    };

    explore.closeNote = function () {
        byId("note-form").hidden = true;
        const button = document.querySelector("[data-do=annotate]");
        button.setAttribute("aria-expanded", "false");
        button.focus();
    };

    function ask(what) {
        question = what;
        window.dash_clientside.set_props("explore-note-wake", {data: Date.now() + Math.random()});
    }

    /* About the source that is shown; where that are several, or none, about all of them. */
    explore.addNote = function () {
        const sources = Array.from(new Set(explore.view.lines.map((line) => line[0])));
        ask({text: byId("note-text").value, from: byId("note-from").value, to: byId("note-to").value,
            source: sources.length === 1 ? sources[0] : null, zone});
    };

    window.dash_clientside.monitoring.exploreNoteQuestion = function (wake) {
        if (!wake || !question) return window.dash_clientside.no_update;
        const sent = Object.assign({asked: ++asked}, question);
        question = null;
        return sent;
    };

    window.dash_clientside.monitoring.exploreNoteDraw = function (answer) {
        if (!answer || answer.asked !== asked) return window.dash_clientside.no_update;
        explore.say("note-feedback", answer.said);
        if (answer.done) {
            set("note-text", "");
            explore.ask();
        }
        return answer.asked;
    };

    /* Not asked again by itself: it may have been done all the same. */
    monitoring.onFailed(({id, value}) => {
        if (id !== "explore-note-asked" || value.asked !== asked) return;
        explore.say("note-feedback", "No answer from this server: look below whether it was done.");
    });

    explore.onAnswer((answer) => {
        if (byId("note-form").hidden || answer.zone === shown) return;
        shown = answer.zone;
        explore.say("note-feedback", shown === zone ? "" : `These times are those of ${zone}, as when this was opened.`);
    });

    document.addEventListener("click", (event) => {
        const key = event.target.closest && event.target.closest("[data-note-remove]");
        if (!key) return;
        if (key.dataset.sure) { ask({remove: key.dataset.noteRemove}); return; }
        key.dataset.sure = "1"; // what somebody wrote is gone for ever: asked once more, in the same place
        key.textContent = "Delete for good?";
    });
})();
