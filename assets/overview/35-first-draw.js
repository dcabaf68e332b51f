/* The first drawing of each plot of the overview, once and with its data. dcc.Graph would draw it three times: empty as
   it is mounted, then our points, then once more to fit the size it has. So plotly.js is handed out with a `react` that
   keeps a new plot until its points are there, and draws what is on the screen before what is below it. Until then a
   sketch of the plot stands in its place. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const FRAMES = ".chart[data-chart], .gauge[data-gauge]";
    const SLICE_MS = 50, IDLE_LIMIT_MS = 1000; // then the browser may paint and answer; for a page that is never idle
    const whenIdle = window.requestIdleCallback || ((go) => setTimeout(go, SLICE_MS)); // Safari has none
    let plotly = window.Plotly, handedOut = null, first = [], timer = null, isIdleAsked = false;
    let sketches = {figures: new Map(), structure: null};

    const frameOf = (plot) => plot.closest(FRAMES);
    const holderOf = (frame) => frame.querySelector(".plot");
    const nameOf = ({dataset, title}) => dataset.chart || "gauge " + title;

    function isOnScreen(element) {
        const {top, bottom} = element.getBoundingClientRect();
        return bottom > 0 && top < window.innerHeight && bottom > top;
    }

    /* The plots whose points are there; what the page no longer shows is forgotten. */
    function due() {
        first = first.filter(({plot}) => plot.isConnected);
        return first.filter(({plot}) => monitoring.hasDrawing(frameOf(plot)));
    }

    function fill(frame, plot, figure) {
        (frame.dataset.chart ? monitoring.fillChart : monitoring.fillGauge)(frame, plot, figure);
    }

    function attend(plot) {
        const frame = frameOf(plot);
        if (frame.dataset.chart) monitoring.attend(frame, plot);
        monitoring.dropSketch(holderOf(frame));
    }

    function draw(one) {
        const {plot, figure, drawn} = one;
        first = first.filter((other) => other !== one);
        fill(frameOf(plot), plot, figure);
        drawn(plotly.newPlot(plot, figure).then(() => {
            attend(plot);
            return plot;
        }));
    }

    function drawFor(ms, plots) {
        const end = performance.now() + ms;
        while (plots.length && performance.now() < end) draw(plots.shift());
        return plots.length > 0;
    }

    function drawRest() {
        isIdleAsked = false;
        const plots = due();
        if (plots.length) draw(plots[0]);
        if (plots.length > 1) drawWhenIdle();
    }

    function drawWhenIdle() {
        if (!isIdleAsked) whenIdle(drawRest, {timeout: IDLE_LIMIT_MS});
        isIdleAsked = true;
    }

    monitoring.drawFirst = function () {
        timer = null;
        if (!plotly || !first.length || monitoring.isFirstPaint()) return; // in a hidden page they have no size
        if (drawFor(SLICE_MS, due().filter(({plot}) => isOnScreen(plot)))) drawSoon();
        else if (due().length) drawWhenIdle();
    };

    function drawSoon() {
        timer = timer || setTimeout(monitoring.drawFirst, 0);
    }

    /* The figures of the first answer, each with its plot; the frames of another structure are not theirs. */
    monitoring.keepFigures = function (plots, structure) {
        sketches = {figures: new Map(plots.map(({plot, figure}) => [nameOf(frameOf(plot)), figure])), structure};
    };

    /* Whether each plot of a page has its place: dcc.Graph gives it its size once its code is there. */
    monitoring.hasPlots = (page) => [...page.querySelectorAll(FRAMES)].every((frame) => {
        const holder = holderOf(frame);
        return holder && holder.style.height;
    });

    /* In each frame on the screen that plotly.js has not drawn yet, whether Dash has made it or the first paint. All
       are measured before the first is drawn: a browser lays out anew whoever asks after a change. */
    monitoring.sketchPlots = function (structure) {
        const isKnown = structure === sketches.structure;
        const frames = [...document.querySelectorAll(FRAMES)].filter((frame) => !frame.querySelector(".plot-container") && isOnScreen(frame));
        const sizes = frames.map((frame) => holderOf(frame).getBoundingClientRect());
        frames.forEach((frame, place) => {
            const holder = holderOf(frame), size = sizes[place];
            const figure = isKnown && monitoring.hasDrawing(frame) && sketches.figures.get(nameOf(frame));
            if (!figure) { monitoring.dropSketch(holder); return; }
            fill(frame, {clientWidth: size.width, dataset: {}}, figure);
            monitoring.sketch(holder, size, figure);
        });
        if (!frames.length) sketches = {figures: new Map(), structure: null}; // plotly.js has drawn them all
    };

    /* dcc.Graph hands over a whole figure, our own scripts what they have filled. */
    function react(plot, figure, ...rest) {
        const frame = Array.isArray(figure) ? null : frameOf(plot);
        if (!frame) return plotly.react(plot, figure, ...rest);
        if (plot._fullLayout) {
            if (monitoring.hasDrawing(frame)) fill(frame, plot, figure);
            return plotly.react(plot, figure);
        }
        first = first.filter((one) => one.plot !== plot);
        drawSoon();
        return new Promise((drawn) => first.push({plot, figure, drawn}));
    }

    const fits = (plot, {width, height}) => Math.abs(plot.clientWidth - width) < 1 && Math.abs(plot.clientHeight - height) < 1;

    function resize(plot) {
        if (frameOf(plot) && (!plot._fullLayout || fits(plot, plot._fullLayout))) return Promise.resolve(plot);
        return plotly.Plots.resize(plot);
    }

    function handOut() {
        handedOut = plotly && Object.assign({}, plotly, {react, Plots: Object.assign({}, plotly.Plots, {resize})});
    }

    Object.defineProperty(window, "Plotly", {configurable: true, get: () => handedOut, set: (loaded) => {
        plotly = loaded;
        handOut();
        drawSoon();
    }});
    handOut();
})();
