/* The first drawing of each plot of the overview, once and with its data. dcc.Graph would draw it three times: empty as
   it is mounted, then our points, then once more to fit the size it has. So plotly.js is handed out with a `react` that
   keeps a new plot until its points are there, draws what is on the screen before what is below it, and takes a plot
   that the first paint has drawn. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const FRAMES = ".chart[data-chart], .gauge[data-gauge]";
    const SLICE_MS = 50, IDLE_LIMIT_MS = 1000; // then the browser may paint and answer; for a page that is never idle
    const whenIdle = window.requestIdleCallback || ((go) => setTimeout(go, SLICE_MS)); // Safari has none
    const LISTENING = ["on", "once", "removeListener", "removeAllListeners"];
    const early = new Map(), standIns = new WeakMap();
    let plotly = window.Plotly, handedOut = null, first = [], timer = null, isIdleAsked = false, moves = [], isDashThere = false;

    const frameOf = (plot) => plot.closest(FRAMES);
    const nameOf = ({dataset, title}) => dataset.chart || "gauge " + title;
    const drawnIn = (plot) => standIns.get(plot) || plot;

    function isOnScreen({plot}) {
        const {top, bottom} = plot.getBoundingClientRect();
        return bottom > 0 && top < window.innerHeight;
    }

    /* The plots whose points are there; what the page no longer shows is forgotten. */
    function due() {
        first = first.filter(({plot}) => plot.isConnected);
        return first.filter(({plot}) => monitoring.hasDrawing(frameOf(plot)));
    }

    function fill(plot, figure) {
        const frame = frameOf(plot);
        (frame.dataset.chart ? monitoring.fillChart : monitoring.fillGauge)(frame, plot, figure);
    }

    function attend(plot) {
        const frame = frameOf(plot);
        if (frame.dataset.chart) monitoring.attend(frame, plot);
    }

    function draw(one) {
        const {plot, figure, drawn} = one;
        first = first.filter((other) => other !== one);
        fill(plot, figure);
        drawn(plotly.newPlot(plot, figure));
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
        if (isDashThere) monitoring.endFirstPaint();
        monitoring.movePlots();
        if (!plotly || !first.length) return;
        if (drawFor(SLICE_MS, due().filter(isOnScreen))) { drawSoon(); return; }
        if (!isDashThere) monitoring.startDash(); // what is below the screen waits for it
        else if (due().length) drawWhenIdle();
    };

    function drawSoon() {
        timer = timer || setTimeout(monitoring.drawFirst, 0);
    }

    /* Of the first paint: until Dash brings its own plot of that name. */
    monitoring.drawEarly = function (plot, figure) {
        early.set(nameOf(frameOf(plot)), plot);
        first.push({plot, figure, drawn: () => null});
        drawSoon();
    };
    const isComing = () => document.querySelector('script[src*="/plotly/"]') !== null;
    monitoring.isDrawingEarly = () => Boolean(plotly || isComing()) && first.some(isOnScreen);

    /* `plot` is Dash's and stays empty but for the one that is drawn: it answers for it. */
    function standIn(plot, shown) {
        standIns.set(plot, shown);
        LISTENING.forEach((name) => { plot[name] = shown[name].bind(shown); });
        ["data", "layout", "_fullLayout"].forEach((name) => Object.defineProperty(plot, name, {configurable: true, get: () => shown[name]}));
        plot.append(shown);
        attend(shown);
    }

    /* Only into a page that is shown: a plot in a hidden one would be measured as nothing. */
    monitoring.movePlots = function () {
        if (monitoring.isFirstPaint()) return;
        moves.forEach(([plot, shown, moved]) => { standIn(plot, shown); moved(plot); });
        moves = [];
    };

    function take(plot) {
        const name = nameOf(frameOf(plot)), shown = early.get(name);
        if (!shown || !shown._fullLayout) return null;
        early.delete(name);
        return new Promise((moved) => moves.push([plot, shown, moved]));
    }

    /* dcc.Graph hands over a whole figure, our own scripts what they have filled. */
    function react(plot, figure, ...rest) {
        const frame = Array.isArray(figure) ? null : frameOf(plot), target = drawnIn(plot);
        if (!frame) return plotly.react(target, figure, ...rest);
        if (target._fullLayout) {
            if (monitoring.hasDrawing(frame)) fill(target, figure);
            return plotly.react(target, figure);
        }
        first = first.filter((one) => one.plot !== plot);
        isDashThere = true;
        drawSoon();
        const taken = take(plot);
        if (taken) return taken;
        return new Promise((drawn) => first.push({plot, figure, drawn: (drawing) => drawn(drawing.then(() => {
            attend(plot);
            return plot;
        }))}));
    }

    const fits = (plot, {width, height}) => Math.abs(plot.clientWidth - width) < 1 && Math.abs(plot.clientHeight - height) < 1;

    function resize(plot) {
        const target = drawnIn(plot);
        if (frameOf(plot) && (!target._fullLayout || fits(target, target._fullLayout))) return Promise.resolve(plot);
        return plotly.Plots.resize(target);
    }

    const purge = (plot) => plotly.purge(drawnIn(plot));

    function handOut() {
        handedOut = plotly && Object.assign({}, plotly, {react, purge, Plots: Object.assign({}, plotly.Plots, {resize})});
    }

    Object.defineProperty(window, "Plotly", {configurable: true, get: () => handedOut, set: (loaded) => {
        plotly = loaded;
        handOut();
        drawSoon();
    }});
    handOut();
})();
