/* Charts: the points live here, in the page; a tick appends to them. Zoom and hidden series belong to the viewer. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const model = monitoring.model;
    const LETTER_PX = 5; // of the words of a gap, whose type is 9 px high
    let revision = 0;

    const frames = () => Array.from(document.querySelectorAll(".chart[data-chart]"));
    const plotOf = (frame) => frame.querySelector(".js-plotly-plot");
    /* plotly.js takes a number for a moment and shifts it by the browser's own zone; a text it draws as it stands. */
    const wall = (ms) => new Date(ms).toISOString().slice(0, 23);
    const oncePer = (make, made = new Map()) => (key) => made.get(key) || made.set(key, make(key)).get(key);
    const ready = (plot) => Boolean(plot && plot._fullLayout && plot.data && window.Plotly);

    /* `entry`: values at the common times, {x, y} of its own, or 0 for nothing new; a null among them is a break.
       Lines share their times (`time`): a text for each point of each would be the most of what an open page holds. */
    function append(line, times, entry, time) {
        if (!entry) return;
        line.x.push(...(entry.x || times).map(time));
        line.y.push(...(entry.y || entry));
    }

    /* What has left the window goes, but for one point from which the line comes in. A zoom may still look at it. */
    function trim(line, start) {
        let gone = 0;
        while (gone + 1 < line.x.length && line.x[gone + 1] < start) gone += 1;
        if (gone) [line.x, line.y].forEach((values) => values.splice(0, gone));
    }

    /* All points of a line. Where the lines are those of before, into the arrays that they have: whoever draws a line
       holds these, a chart off screen for hours, and of all points a page shall hold one set. */
    function renew(line, x, y) {
        if (!line) return {x, y};
        [[line.x, x], [line.y, y]].forEach(([values, fresh]) => {
            values.length = 0;
            fresh.forEach((value) => values.push(value));
        });
        return line;
    }

    monitoring.takePoints = function (answer) {
        model.charts = answer.charts || model.charts;
        if (answer.lines) {
            const time = oncePer((tenths) => wall(answer.base + tenths * 100));
            const before = answer.structure === model.structure ? model.lines : [];
            model.lines = answer.lines.map(([x, y], index) => renew(before[index], x.map(time), y));
            model.structure = answer.structure;
            model.appended = 0;
        } else if (answer.t && answer.t.length) {
            const time = oncePer(wall);
            model.lines.forEach((line, index) => append(line, answer.t, answer.y[index], time));
            model.appended += answer.t.length;
            if (!monitoring.zoom) model.lines.forEach((line) => trim(line, wall(answer.window[0])));
        }
        if (answer.lane) model.lane = answer.lane;
        if (answer.gaps) model.gaps = answer.gaps;
        model.window = answer.window;
        model.offset = answer.offset;
    };

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

    /* Gaps, newest first. Their words stand before them, or from their start on where there is no room before; those
       that would run into a newer gap's are left out: the feed panel names the cause of each. */
    function gapShapes(plot, {margin}, [start, last]) {
        const width = plot._fullLayout ? plot._fullLayout.xaxis._length : plot.clientWidth - margin.l - margin.r;
        const end = model.window ? model.window[1] : Date.now(), px = width / (last - start);
        let free = Infinity; // where the words of the newer gap begin, in pixels
        return model.gaps.slice().reverse().map(([from, until, why]) => {
            const to = until === null ? end : until, seen = Math.max(from, Math.min(start, to));
            const at = (seen - start) * px, words = why.length * LETTER_PX, hasRoom = at >= words;
            const isSeen = seen <= last && to >= start, runsInto = isSeen && at + (hasRoom ? 0 : words) > free;
            if (isSeen && !runsInto) free = hasRoom ? at - words : at;
            return {
                type: "rect", xref: "x", yref: "paper", x0: wall(seen), x1: wall(to), y0: 0, y1: 1, name: "gap",
                layer: "below", line: {width: 0}, fillcolor: "rgba(128,134,145,0.22)",
                label: {text: runsInto ? "" : why, font: {size: 9, color: "#80868f"}, textposition: "top left",
                        xanchor: hasRoom ? "right" : "left"},
            };
        });
    }

    /* From and to of what is shown, in wall-clock ms. A zoom is kept in UTC, so that another zone shows the same. */
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
