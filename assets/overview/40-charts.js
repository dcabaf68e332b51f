/* Charts: what the page holds, drawn. Zoom and hidden series belong to the viewer. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const {model, wall} = monitoring;
    let revision = 0;

    const frames = () => Array.from(document.querySelectorAll(".chart[data-chart]"));
    const plotOf = (frame) => frame.querySelector(".js-plotly-plot");
    const ready = (plot) => Boolean(plot && plot._fullLayout && plot.data && window.Plotly);

    function laneData(trace) {
        const bars = model.lane || [];
        const end = model.window ? model.window[1] : Date.now();
        trace.base = bars.map((bar) => wall(bar[0]));
        trace.x = bars.map((bar) => Math.max(1000, (bar[1] === null ? end : bar[1]) - bar[0]));
        trace.y = bars.map(() => 0);
        trace.marker = {color: bars.map((bar) => monitoring.colour(bar[2]))};
        trace.hovertext = bars.map((bar) => bar[3]);
        trace.customdata = bars.map((bar) => bar[4]);
    }

    function gapShapes(plot, {margin}, shown) {
        const width = plot._fullLayout ? plot._fullLayout.xaxis._length : plot.clientWidth - margin.l - margin.r;
        const end = model.window ? model.window[1] : Date.now();
        return monitoring.gapShapes(model.gaps.map(([from, to, why]) => [from, to === null ? end : to, why]), shown, width, wall);
    }

    /* From and to of what is shown, in wall-clock ms. A zoom is kept in UTC, so that another zone shows the
       same; all that is drawn has one offset from it, which an answer brings. */
    const span = () => (monitoring.zoom ? monitoring.zoom.map((ms) => ms + model.offset) : model.window);

    function hasPoints(plan, [from, to]) {
        return plan.lines.some((index) => model.lines[index] && model.lines[index].x.some(
            (at, place) => at >= from && at <= to && model.lines[index].y[place] !== null));
    }

    const planOf = (frame) => model.charts.find((chart) => chart.key === frame.dataset.chart);

    /* Puts what the page holds into a figure of that chart. */
    monitoring.fillChart = function (frame, plot, {data, layout}) {
        const plan = planOf(frame);
        plan.lines.forEach((lineIndex, position) => {
            const trace = data[position], line = model.lines[lineIndex];
            if (!trace || !line) return;
            trace.x = line.x;
            trace.y = line.y;
            trace.visible = !monitoring.hidden.has(trace.meta);
        });
        laneData(data[data.length - 1]);
        const shown = span(), range = shown.map(wall);
        frame.dataset.empty = monitoring.zoom && !hasPoints(plan, range) ? "1" : "0";
        layout.xaxis.range = range;
        layout.xaxis.autorange = false;
        layout.shapes = (layout.shapes || []).filter((shape) => shape.name === "threshold")
            .concat(gapShapes(plot, layout, shown));
        layout.datarevision = ++revision;
    };

    function draw(frame, plot) {
        if (!planOf(frame)) return;
        monitoring.fillChart(frame, plot, plot);
        window.Plotly.react(plot, plot.data, plot.layout, plot._context);
    }

    /* Whether there is anything to draw yet in a frame of the overview, of a chart or a gauge. */
    monitoring.hasDrawing = ({dataset}) => Boolean(model.window) && (dataset.chart
        ? model.charts.some((chart) => chart.key === dataset.chart) : Boolean(model.gauges[Number(dataset.gauge)]));

    /* Charts that are drawn get what is new; those off screen when they are seen. */
    monitoring.drawCharts = function () {
        if (!model.window) return;
        frames().filter((frame) => ready(plotOf(frame))).forEach((frame) => {
            if (frame.dataset.seen === "0") frame.dataset.stale = "1";
            else draw(frame, plotOf(frame));
        });
    };

    const watcher = new IntersectionObserver((entries) => entries.forEach((entry) => {
        const frame = entry.target;
        frame.dataset.seen = entry.isIntersecting ? "1" : "0";
        if (entry.isIntersecting && frame.dataset.stale === "1" && ready(plotOf(frame))) {
            frame.dataset.stale = "0";
            draw(frame, plotOf(frame));
        }
    }), {rootMargin: "200px"});

    monitoring.watchFrame = (frame) => watcher.observe(frame);
    monitoring.redrawEmptied = function (frame, plot) {
        /* A new frame from the server arrives without points: give it those the page holds. */
        const plan = model.charts.find((chart) => chart.key === frame.dataset.chart);
        const first = plan && model.lines[plan.lines[0]];
        if (first && plot.data && plot.data[0] && plot.data[0].x !== first.x) draw(frame, plot);
    };
})();
