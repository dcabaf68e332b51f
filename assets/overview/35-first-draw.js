/* The first drawing of each plot of the overview, once and with its data. dcc.Graph would draw it three times: empty as
   it is mounted, then our points, then once more to fit the size it has. So plotly.js is handed out with a `react` that
   keeps a new plot until its points are there, and draws what is on the screen before what is below it. Until then a
   sketch of the plot stands in its place. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const {framesOf, frameOf, holderOf, isOnScreen, fill} = monitoring.plots;
    const SLICE_MS = 50, IDLE_LIMIT_MS = 1000; // then the browser may paint and answer; for a page that is never idle
    let plotly = window.Plotly, handedOut = null, first = [], timer = null, isIdleAsked = false;

    /* The plots whose points are there; what the page no longer shows is forgotten. */
    function due() {
        first = first.filter(({plot}) => plot.isConnected);
        return first.filter(({plot}) => monitoring.hasDrawing(frameOf(plot)));
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
        if (!isIdleAsked) monitoring.whenIdle(drawRest, {timeout: IDLE_LIMIT_MS});
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

    /* Whether each plot of a page has its place: dcc.Graph gives it its size once its code is there. */
    monitoring.hasPlots = (page) => framesOf(page).every((frame) => {
        const holder = holderOf(frame);
        return holder && holder.style.height;
    });

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
