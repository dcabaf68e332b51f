/* The charts of the page: their frames come and go with the view, their points with each answer. */
(function () {
    "use strict";
    const monitoring = window.monitoring, {explore} = monitoring, {element} = explore;
    const READY_STEP_MS = 120, READY_TRIES = 250; // plotly.js comes late on a cold start: half a minute at most
    const frames = new Map();
    let timer = null, times = [], timesOf = null, revision = 0;

    const place = () => document.getElementById("explore-charts");
    explore.frames = frames;
    explore.NO_MOMENT = "no moment chosen";
    /* Pixels of a plot. Measured around the charts: they have no width while another way to look is open. */
    explore.points = () => Math.max(60, Math.round((place() ? place().parentElement.clientWidth : 1000) - 80));
    monitoring.colour = monitoring.colour
        || ((name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim());

    function makeFrame(chart) {
        const box = element("section", "chart explore-chart"), head = element("div", "chart-head");
        const area = element("div", "plot-area"), cursor = element("div", "cursor");
        box.dataset.chart = chart.key;
        box.setAttribute("aria-label", "Chart: " + chart.title);
        head.append(element("h3"), element("span", "step muted"));
        Object.entries({role: "slider", tabindex: "0", "aria-describedby": "explore-how", "aria-valuemin": "0", "aria-valuemax": "0",
            "aria-valuenow": "0", "aria-valuetext": explore.NO_MOMENT}).forEach(([name, value]) => cursor.setAttribute(name, value));
        const plot = element("div", "plot");
        area.append(plot, cursor, element("div", "crosshair"));
        area.lastElementChild.hidden = true;
        box.append(head, area, element("div", "legend-scroll"), element("div", "line-words"));
        const frame = {key: chart.key, box, plot, cursor, area, seen: true, chart};
        watcher.observe(box);
        return frame;
    }

    function draw(frame) {
        const {chart, plot} = frame, {data, layout} = explore.figureOf(chart, times);
        layout.datarevision = ++revision;
        frame.stale = false;
        if (plot._fullLayout) { window.Plotly.react(plot, data, layout, explore.frame().config); return; }
        window.Plotly.newPlot(plot, data, layout, explore.frame().config);
        explore.attend(frame);
    }

    function label(frame) {
        const {box, chart, cursor} = frame, title = box.querySelector("h3"), unit = [chart.unitSaid ? "" : chart.unit, chart.rightUnit].filter(Boolean).join(" and ");
        title.textContent = chart.title + " ";
        if (unit) title.append(element("span", "unit", unit));
        box.querySelector(".step").textContent = explore.answer.step;
        box.dataset.empty = chart.lines.some((one) => explore.answer.lines[one].y.some((value) => value !== null)) ? "0" : "1";
        cursor.setAttribute("aria-label", `Moment on the chart ${chart.title}`);
        explore.drawLegend(frame);
    }

    function show() {
        const {answer, view} = explore, area = place();
        if (!answer || !area) return;
        const matching = answer.lines.length === view.lines.length
            && answer.lines.every((line, at) => explore.answerKey(line) === explore.keyOf(view.lines[at]));
        if (!matching) return; // chosen since: the answer is on its way
        if (timesOf !== answer) times = explore.readTimes(answer);
        timesOf = answer;
        answer.charts.forEach((chart) => {
            const frame = frames.get(chart.key) || makeFrame(chart);
            frame.chart = chart;
            frames.set(chart.key, frame);
        });
        Array.from(frames.values()).forEach((frame) => {
            if (answer.charts.some((chart) => chart.key === frame.key)) return;
            frames.delete(frame.key);
            watcher.unobserve(frame.box);
            if (frame.plot._fullLayout) window.Plotly.purge(frame.plot);
            frame.box.remove();
        });
        const boxes = answer.charts.map((chart) => frames.get(chart.key).box);
        if (!boxes.length) explore.showEmpty(area);
        else if (boxes.some((box, at) => area.children[at] !== box) || area.children.length !== boxes.length) area.replaceChildren(...boxes);
        frames.forEach(label);
        drawPlots(READY_TRIES);
    }

    function drawPlots(tries) {
        clearTimeout(timer);
        if (!explore.answer) return;
        if (place().hidden) { frames.forEach((frame) => { frame.stale = true; }); return; } // drawn once they come into sight
        if (!window.Plotly) { if (tries > 0) timer = setTimeout(() => drawPlots(tries - 1), READY_STEP_MS); return; }
        frames.forEach((frame) => { if (frame.seen) draw(frame); else frame.stale = true; });
    }
    explore.showCharts = show;
    explore.chartFigure = (frame) => explore.figureOf(frame.chart, times);
    explore.titleOf = (key) => explore.answer.lines.find((line) => explore.answerKey(line) === key).title;

    const watcher = new IntersectionObserver((entries) => entries.forEach((entry) => {
        const frame = Array.from(frames.values()).find((one) => one.box === entry.target);
        if (!frame) return;
        frame.seen = entry.isIntersecting;
        if (frame.seen && frame.stale && window.Plotly && explore.answer) draw(frame);
    }), {rootMargin: "200px"});

    explore.onView(() => { if (explore.answer && !explore.held) show(); });
    monitoring.onTheme(() => drawPlots(READY_TRIES));
    new ResizeObserver(() => frames.forEach((frame) => {
        if (frame.plot._fullLayout) window.Plotly.Plots.resize(frame.plot);
    })).observe(document.documentElement);
})();
