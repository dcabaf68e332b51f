/* A double click on a chart, counted by the time at which the viewer pressed. plotly.js counts by the time at which its
   handlers run, and so loses the double click of a page that is busy in between. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const TAP_MS = 500, TAP_PX = 30; // two taps that far apart are one: browsers count the clicks of a mouse alone
    const acts = [];
    let tapped = null;

    /* `selector` is of a chart or what is around it: an element that is drawn anew between the clicks is still found. */
    monitoring.onDoubleClick = (selector, act) => acts.push([selector, act]);

    function actOn(event) {
        const layer = event.target.closest && event.target.closest(".draglayer, .hoverlayer");
        return layer && (acts.find(([selector]) => layer.closest(selector)) || [])[1];
    }

    /* Neither plotly.js nor the page's own pointer begins anything with the second press. */
    function take(event, act) {
        event.preventDefault();
        event.stopImmediatePropagation();
        act();
    }

    document.addEventListener("mousedown", (event) => {
        const act = event.detail === 2 && event.button === 0 && !event.shiftKey && actOn(event);
        if (act) take(event, act);
    }, true);

    document.addEventListener("touchstart", (event) => {
        const act = event.touches.length === 1 && actOn(event), {timeStamp} = event;
        const {clientX, clientY} = event.touches[0], before = tapped;
        tapped = act ? {timeStamp, clientX, clientY} : null;
        if (!act || !before || timeStamp - before.timeStamp > TAP_MS) return;
        if (Math.hypot(clientX - before.clientX, clientY - before.clientY) > TAP_PX) return;
        tapped = null;
        take(event, act);
    }, {capture: true, passive: false});

    /* A finger that drew was no tap. */
    document.addEventListener("touchmove", (event) => {
        const {clientX, clientY} = event.touches[0];
        if (tapped && Math.hypot(clientX - tapped.clientX, clientY - tapped.clientY) > TAP_PX) tapped = null;
    }, {capture: true, passive: true});
})();
