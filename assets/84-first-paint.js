/* The page before Dash runs. Layout and first answer are there long before Dash's scripts are read: they are shown at
   once, and Dash takes their place when it has made the same of them. Until then nothing can be clicked: the browser is
   told so. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const LIMIT_MS = 20000; // for an answer that does not come
    const SLOW_LINE_MS = 60000; // for Dash's scripts once there is one; longer than that it must not stand there as new
    const LOOK_MS = 1000;
    const SCRIPTS_LIMIT_MS = 4000; // whatever the first paint waits for, Dash waits no longer
    const SKELETON_AFTER_MS = 200; // an answer that comes sooner finds a page that has shown nothing yet, and moves nothing
    const onShown = [];
    let place = null, plots = [], shown = null;

    /* What a page has beside its layout and its sections: what it draws of the first answer, before and after it is
       laid out, and once Dash is under way; whether Dash's page shows as much; what goes over to that. */
    const own = monitoring.firstPaint = {draw() {}, drawLaidOut() {}, drawBelow() {}, isThere: () => true, handOver() {}, end() {}};

    /* Once it can be seen. */
    const startDashSoon = () => requestAnimationFrame(() => setTimeout(() => {
        monitoring.startDash();
        if (shown) own.drawBelow(shown);
    }));

    monitoring.isFirstPaint = () => place !== null;

    /* Dash's own page in the place of the first one. */
    function showDash() {
        if (!place) return;
        const dash = document.getElementById("react-entry-point");
        own.handOver(place, dash);
        place.remove();
        place = null;
        dash.hidden = false;
        if (shown) shown = {asked: shown.asked}; // its points and figures have no further use
        plots = [];
        own.end();
        onShown.splice(0).forEach((go) => go());
    }

    /* Dash's page, whatever it shows; but over a slow line there is none yet, and what is painted tells more. */
    function giveUp() {
        const isThere = document.querySelector("#react-entry-point .console");
        if (isThere || !shown || performance.now() > SLOW_LINE_MS) showDash();
        else setTimeout(giveUp, LOOK_MS);
    }

    /* What a hidden page cannot do (take the focus) is done once Dash's page is the one that is seen. */
    monitoring.whenShown = (go) => { if (place) onShown.push(go); else go(); };

    /* As soon as Dash's page shows what this one does: it shows an answer before all of it is there. */
    monitoring.endFirstPaint = function () {
        if (!place) return;
        if (own.isThere(document.getElementById("react-entry-point"))) showDash();
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
        setTimeout(giveUp, LIMIT_MS);
    }

    function reveal() {
        if (place) place.hidden = false;
    }

    const find = (id) => place.querySelector("#" + id);

    function sections(response) {
        Object.entries(response).forEach(([id, {children}]) => {
            const section = children && find(id);
            if (section) show(section, children);
        });
    }

    monitoring.offerFirst = function (id, options, chosen) {
        find(id).replaceChildren(...options.map(({label, value}) => new Option(label, value)));
        monitoring.chooseFirst(id, chosen);
    };

    /* Whether a control can have a value; a choice must be among its own. */
    monitoring.canHave = (control, value) =>
        Boolean(value) && (!control.options || [...control.options].some((one) => one.value === value));

    /* What the address says of a control. */
    monitoring.chooseFirst = function (id, value) {
        const control = find(id);
        if (monitoring.canHave(control, value)) control.value = value;
    };

    /* The same drawing as of any answer; only that it is not one yet to whom waits for Dash. */
    function paint({response}) {
        if (!place || monitoring.answer) return;
        const live = response.live.data;
        sections(response);
        const zone = monitoring.firstZone("browser");
        monitoring.offerFirst("source-select", live.strip.sources, live.source);
        monitoring.offerFirst("zone-select", monitoring.ahead.zonesWith(zone), zone);
        monitoring.answer = live;
        monitoring.clockOffset = live.now - Date.now() / 1000;
        monitoring.drawStrip(live.strip);
        own.draw(live, find, plots);
        monitoring.answer = null;
        shown = live;
        reveal(); // laid out once, with all that is in it
        own.drawLaidOut(live);
    }

    /* Whether an answer is the one that is drawn. */
    monitoring.isPainted = (live) => Boolean(shown) && live.asked === shown.asked && monitoring.ahead.isTaken();

    monitoring.ahead.onSeed((layout, answer) => {
        setTimeout(monitoring.startDash, SCRIPTS_LIMIT_MS);
        if (!layout || !answer) { monitoring.startDash(); return; }
        Promise.resolve(layout).then(begin).then(() => answer)
            .then((response) => (response.ok ? response.clone().json() : Promise.reject(response))).then(paint)
            .then(startDashSoon)
            .catch(() => { monitoring.startDash(); showDash(); });
    });
})();
