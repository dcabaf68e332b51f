/* The page before Dash runs. Layout and first answer are there long before Dash's scripts are read: they are shown at
   once, charts included, and Dash takes their place when it has made the same of them. Until then nothing can be
   clicked: the browser is told so. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const LIMIT_MS = 20000; // for an answer that does not come
    const SCRIPTS_LIMIT_MS = 4000; // whatever the first paint waits for, Dash waits no longer
    const ROWS_LIMIT_MS = 4000; // for an answer to the table: what else there is can be used without it
    const SKELETON_AFTER_MS = 200; // an answer that comes sooner finds a page that has shown nothing yet, and moves nothing
    let place = null, plots = [], shown = null, isStarted = false, rowsUntil = null;

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
    const startDashSoon = () => requestAnimationFrame(() => setTimeout(() => {
        monitoring.startDash();
        if (shown) monitoring.sketchBelow(shown.structure);
    }));

    monitoring.isFirstPaint = () => place !== null;

    /* Dash's own page in the place of the first one. */
    function showDash() {
        if (!place) return;
        const dash = document.getElementById("react-entry-point");
        monitoring.moveSketches(place, dash);
        place.remove();
        place = null;
        dash.hidden = false;
        monitoring.drawFirst();
    }

    /* As soon as its plots have their size, and its table has rows: it shows an answer before they have. */
    monitoring.endFirstPaint = function () {
        if (!place) return;
        const dash = document.getElementById("react-entry-point");
        rowsUntil = rowsUntil || performance.now() + ROWS_LIMIT_MS;
        if (monitoring.hasPlots(dash) && (monitoring.hasRows(dash) || performance.now() > rowsUntil)) showDash();
        else requestAnimationFrame(monitoring.endFirstPaint);
    };

    const show = (parent, parts) => parent.replaceChildren(...monitoring.elements(parts, plots));

    function begin(layout) {
        const dash = document.getElementById("react-entry-point");
        place = document.createElement("div");
        place.id = "first-paint";
        place.inert = true;
        place.hidden = true;
        show(place, layout);
        dash.after(place); // who asks for an id is given Dash's element, as soon as there is one
        dash.hidden = true;
        monitoring.showTheme();
        monitoring.showLive();
        setTimeout(reveal, SKELETON_AFTER_MS);
        setTimeout(showDash, LIMIT_MS);
    }

    function reveal() {
        if (place) place.hidden = false;
    }

    function sections(response) {
        Object.entries(response).forEach(([id, {children}]) => {
            const section = children && find(id);
            if (section) show(section, children);
        });
    }

    const find = (id) => place.querySelector("#" + id);

    function offer(id, options) {
        find(id).replaceChildren(...options.map(({label, value}) => new Option(label, value)));
    }

    /* What there is to choose, and what the address and this browser have chosen. */
    function controls(live) {
        offer("source-select", live.strip.sources);
        offer("filter-source", monitoring.alertSources(live));
        const chosen = [["source-select", live.source], ["range-select", monitoring.firstRange], ["zone-select", monitoring.firstZone(null)],
            ...monitoring.table.filters.map(([, id], at) => [id, monitoring.firstTable()[at].trim()])];
        chosen.forEach(([id, value]) => { if (value) find(id).value = value; });
    }

    function alerts({table}) {
        find("alert-table").fill(table);
        find("alert-summary").textContent = table.summary;
        find("alert-empty").textContent = table.empty;
    }

    /* The same drawing as of any answer; only that it is not one yet to whom waits for Dash. */
    function paint({response}) {
        if (!place || monitoring.answer) return;
        const live = response.live.data;
        sections(response);
        monitoring.keepFigures(plots, live.structure);
        controls(live);
        alerts(live);
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
        reveal(); // laid out once, with all that is in it
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
