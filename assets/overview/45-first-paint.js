/* The page before Dash runs. Layout and first answer are there long before Dash's scripts are read: they are shown at
   once, charts included, and Dash takes their place when it has made the same of them. Until then nothing can be
   clicked: the browser is told so. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const LIMIT_MS = 20000; // for an answer that does not come
    const SCRIPTS_LIMIT_MS = 4000; // whatever the first paint waits for, Dash waits no longer
    let place = null, plots = [], shown = null, isStarted = false;

    /* Dash's scripts and plotly.js stand in the document as texts, in their order; the last one starts Dash, once the
       others have run. */
    function startDash() {
        const texts = [...document.querySelectorAll("script[data-later]")], last = texts.pop();
        const scripts = texts.map((text) => {
            const script = document.createElement("script");
            script.src = text.getAttribute("src");
            script.async = text.hasAttribute("async"); // nothing waits for plotly.js
            text.replaceWith(script);
            return script;
        });
        scripts.pop().addEventListener("load", () => {
            const script = document.createElement("script");
            script.id = last.id;
            script.textContent = last.textContent;
            last.replaceWith(script);
        });
    }

    monitoring.startDash = function () {
        if (!isStarted) startDash();
        isStarted = true;
    };

    /* Once it can be seen. */
    const startDashSoon = () => requestAnimationFrame(() => setTimeout(monitoring.startDash));

    monitoring.isFirstPaint = () => place !== null;

    /* Dash's own page in the place of the first one. */
    function showDash() {
        if (!place) return;
        place.remove();
        place = null;
        document.getElementById("react-entry-point").hidden = false;
        monitoring.sketchPlots(shown && shown.structure);
        monitoring.drawFirst();
    }

    /* As soon as its plots have their size: it shows an answer before they have. */
    monitoring.endFirstPaint = function () {
        if (!place) return;
        if (monitoring.hasPlots(document.getElementById("react-entry-point"))) showDash();
        else requestAnimationFrame(monitoring.endFirstPaint);
    };

    const show = (parent, parts) => parent.replaceChildren(...monitoring.elements(parts, plots));

    function begin(layout) {
        const dash = document.getElementById("react-entry-point");
        place = document.createElement("div");
        place.id = "first-paint";
        place.inert = true;
        show(place, layout);
        dash.after(place); // who asks for an id is given Dash's element, as soon as there is one
        dash.hidden = true;
        monitoring.showTheme();
        monitoring.showLive();
        setTimeout(showDash, LIMIT_MS);
    }

    function sections(response) {
        Object.entries(response).forEach(([id, {children}]) => {
            const section = children && place.querySelector("#" + id);
            if (section) show(section, children);
        });
    }

    function sourceSelect(live) {
        const select = place.querySelector("#source-select");
        select.replaceChildren(...live.strip.sources.map((one) => new Option(one.label, one.value, false, one.value === live.source)));
    }

    /* The same drawing as of any answer; only that it is not one yet to whom waits for Dash. */
    function paint({response}) {
        if (!place || monitoring.answer) return;
        const live = response.live.data;
        sections(response);
        monitoring.keepFigures(plots, live.structure);
        sourceSelect(live);
        monitoring.answer = live;
        monitoring.clockOffset = live.now - Date.now() / 1000;
        monitoring.takePoints(live);
        monitoring.model.gauges = live.gauges;
        monitoring.drawStrip(live.strip);
        monitoring.drawTiles(live);
        monitoring.drawGauges();
        monitoring.showHidden();
        monitoring.answer = null;
        shown = live;
        monitoring.sketchPlots(live.structure);
    }

    /* Whether the points of an answer are the ones that are drawn. */
    monitoring.isPainted = (live) => Boolean(shown) && live.asked === shown.asked && monitoring.ahead.isTaken();

    monitoring.ahead.onSeed((layout, answer) => {
        setTimeout(monitoring.startDash, SCRIPTS_LIMIT_MS);
        if (!layout || !answer) { monitoring.startDash(); return; }
        begin(layout);
        answer.then((response) => (response.ok ? response.clone().json() : Promise.reject(response))).then(paint)
            .then(startDashSoon)
            .catch(() => { monitoring.startDash(); showDash(); });
    });
})();
