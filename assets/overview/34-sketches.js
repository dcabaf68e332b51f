/* Which plots have a sketch in their place: those of the first screen at once, those below it after that, each until
   plotly.js has drawn its own. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const FRAMES = ".chart[data-chart], .gauge[data-gauge]";
    const PAUSE_MS = 50;
    const nothing = () => ({figures: new Map(), structure: null});
    let sketches = nothing();

    const nameOf = ({dataset, title}) => dataset.chart || "gauge " + title;

    /* The frames of charts and gauges, and what is in them. */
    const {framesOf, frameOf, holderOf, isOnScreen, fill} = monitoring.plots = {
        framesOf: (page) => [...page.querySelectorAll(FRAMES)],
        frameOf: (plot) => plot.closest(FRAMES),
        holderOf: (frame) => frame.querySelector(".plot"),
        isOnScreen(element) {
            const {top, bottom} = element.getBoundingClientRect();
            return bottom > 0 && top < window.innerHeight && bottom > top;
        },
        fill(frame, plot, figure) {
            (frame.dataset.chart ? monitoring.fillChart : monitoring.fillGauge)(frame, plot, figure);
        },
    };

    monitoring.whenIdle = (go, options) => (window.requestIdleCallback
        ? window.requestIdleCallback(go, options) : setTimeout(go, PAUSE_MS)); // Safari has none

    /* The figures of the first answer, each with its plot; the frames of another structure are not theirs. */
    monitoring.keepFigures = function (plots, structure) {
        sketches = {figures: new Map(plots.map(({plot, figure}) => [nameOf(frameOf(plot)), figure])), structure};
    };

    /* All are measured before the first is drawn: a browser lays out anew whoever asks after a change. */
    function sketchIn(frames, structure) {
        const isKnown = structure === sketches.structure;
        const sizes = frames.map((frame) => holderOf(frame).getBoundingClientRect());
        frames.forEach((frame, place) => {
            const holder = holderOf(frame), size = sizes[place];
            const figure = isKnown && monitoring.hasDrawing(frame) && sketches.figures.get(nameOf(frame));
            if (!figure) { monitoring.dropSketch(holder); return; }
            fill(frame, {clientWidth: size.width, dataset: {}}, figure);
            monitoring.sketch(holder, size, figure);
        });
    }

    /* In each frame on the screen that plotly.js has not drawn yet, whether Dash has made it or the first paint. */
    monitoring.sketchPlots = function (structure) {
        const frames = framesOf(document).filter((frame) => !frame.querySelector(".plot-container"));
        sketchIn(frames.filter(isOnScreen), structure);
        if (!frames.length) sketches = nothing(); // plotly.js has drawn them all
    };

    /* Nobody waits for these, but whoever scrolls there: one at a time, while Dash's scripts are on their way. */
    monitoring.sketchBelow = function (structure) {
        const frames = framesOf(document).filter((frame) => !frame.querySelector(".sketch"));
        function next() {
            const frame = frames.shift();
            if (!frame || !monitoring.isFirstPaint()) return;
            sketchIn([frame], structure);
            setTimeout(next);
        }
        next();
    };

    /* From the frames of one page to those of another that has the same. */
    monitoring.moveSketches = function (from, to) {
        const holders = new Map(framesOf(to).map((frame) => [nameOf(frame), holderOf(frame)]));
        from.querySelectorAll(".sketch").forEach((sketch) => {
            const holder = holders.get(nameOf(frameOf(sketch)));
            if (holder) holder.append(sketch);
        });
    };
})();
