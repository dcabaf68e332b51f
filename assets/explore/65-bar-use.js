/* What a viewer does in the bars. */
(function () {
    "use strict";
    const monitoring = window.monitoring, {explore} = monitoring;
    const byId = (id) => document.getElementById(id);

    const MODES = ["brushing", "picking"]; // what the mouse does on a chart in place of a zoom
    const ends = (from, to) => [byId(from).value, byId(to).value];

    const DO = {
        "step-back": () => explore.act({step: -1}),
        "step-forward": () => explore.act({step: 1}),
        "zoom-out": () => explore.act({out: true}),
        "show-ends": () => explore.act({ends: ends("explore-from", "explore-to")}),
        live: () => explore.toLive(),
        "ask-moved": () => explore.act({brush: ends("explore-brush-from", "explore-brush-to")}),
        "zoom-brush": () => { if (explore.answer && explore.answer.brush) explore.zoomTo(...explore.answer.brush); },
        "close-moved": () => { explore.change({panel: null, brush: null}, true); explore.redraw(); },
        annotate: () => explore.annotateAt(null),
        "note-close": () => explore.closeNote(),
        "note-add": () => explore.addNote(),
        "show-moment": () => explore.act({moment: byId("explore-at").value}),
        "around-moment": ({dataset}) => {
            explore.change({panel: null}, true);
            explore.act({zoom: [dataset.from, dataset.to]});
        },
        print: () => window.print(),
    };

    /* A moment by the clock of the page, picked on a chart: what it was like then is read where the charts were. */
    explore.showMoment = function (ms) {
        explore.picking = false;
        explore.act({moment: explore.wall(ms)});
        explore.focusPanel = true;
    };
    explore.redraw = () => explore.showCharts();

    function toggleOverlay(name) {
        const {without} = explore.view;
        explore.change({without: without.includes(name) ? without.filter((one) => one !== name) : [...without, name]});
    }

    function toggle(name) {
        if (!MODES.includes(name)) { explore.change({[name]: !explore.view[name]}, name === "log" || name === "stack"); return; }
        MODES.forEach((mode) => { explore[mode] = mode === name && !explore[mode]; });
        explore.showBar();
    }

    /* Before the first answer nothing can be done: the last button that was pressed is pressed once more with it. */
    let early = null;
    explore.onAnswer(() => {
        const key = early;
        early = null;
        if (key) setTimeout(() => key.click(), 0); // once all have taken the answer
    });

    document.addEventListener("click", (event) => {
        const key = event.target.closest && event.target.closest("main.explore button");
        if (!key || key.disabled) return;
        if (!explore.view) { early = key; return; }
        const data = key.dataset;
        if (data.do && DO[data.do]) DO[data.do](key);
        if (data.range) explore.change({range: data.range, live: true});
        if (data.switch) toggle(data.switch);
        if (data.overlay) toggleOverlay(data.overlay);
        if (data.missing) explore.remove((line) => explore.keyOf(line) !== data.missing);
        if (data.view !== undefined && key.getAttribute("role") === "tab") explore.change({panel: data.view || null}, true);
    });

    document.addEventListener("change", (event) => {
        const {id, value} = event.target;
        if (!explore.view) return;
        if (id === "explore-preset" && value !== "custom") explore.change({range: value});
        if (id === "explore-per") explore.change({charts: value});
        if (id === "explore-compare") explore.change({compare: value === "none" ? null : value});
        if (id === "explore-focus" && explore.placeOf(value) >= 0) explore.change({focus: explore.placeOf(value)});
        if (id === "explore-heat-kind") explore.change({heat: value}, true);
    });

    const SENDS = {"explore-from": "show-ends", "explore-to": "show-ends", "explore-brush-from": "ask-moved", "explore-brush-to": "ask-moved",
        "explore-at": "show-moment", "note-text": "note-add", "note-from": "note-add", "note-to": "note-add"};

    document.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && SENDS[event.target.id]) { event.preventDefault(); DO[SENDS[event.target.id]](); }
        const tab = event.target.closest && event.target.closest(".view-tab");
        if (!tab || !["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
        event.preventDefault();
        const tabs = Array.from(document.querySelectorAll(".view-tab")), at = tabs.indexOf(tab);
        const next = {ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1}[event.key];
        const chosen = tabs[(next + tabs.length) % tabs.length];
        chosen.focus();
        chosen.click();
    });

    /* A menu closes when something beside it is used. */
    document.addEventListener("click", (event) => {
        document.querySelectorAll(".explore .menu[open]").forEach((menu) => {
            if (!menu.contains(event.target)) menu.open = false;
        });
    });
})();
