/* The traces of one chart out of an answer: bands, the other period, lines, what is usual, what is expected, the lane. */
(function () {
    "use strict";
    const monitoring = window.monitoring, {explore} = monitoring;
    const NARROW = 0.6; // where the least is more than this share of the largest, the axis need not begin at 0
    const FLAT = 0.02; // of their size: values that differ by less are drawn as the level they are
    const TENTH_MS = 100;
    let frame = null;

    /* plotly.js takes a number for a moment and shifts it by the browser's own zone; a text it draws as it stands. */
    const wall = (ms) => new Date(ms).toISOString().slice(0, 23);
    explore.wall = wall;

    explore.frame = function () {
        frame = frame || JSON.parse(document.querySelector("main.explore").dataset.frame);
        return frame;
    };

    /* A line keeps its colour while it is shown, whatever comes and goes beside it. */
    const colours = new Map(), {keyOf} = explore;
    explore.readColours = (view) => view.colours.forEach((number, place) => colours.set(keyOf(view.lines[place]), number));
    explore.colourNumber = function (line) {
        const key = keyOf(line), shown = new Set(explore.view.lines.map(keyOf));
        Array.from(colours.keys()).forEach((one) => { if (!shown.has(one)) colours.delete(one); });
        if (!colours.has(key)) {
            const taken = new Set(colours.values());
            let free = 0;
            while (taken.has(free)) free += 1;
            colours.set(key, free);
        }
        return colours.get(key);
    };
    explore.colourOf = function (line) {
        const {series} = explore.frame(), place = explore.colourNumber(line);
        return {colour: series[place % series.length], dash: ["solid", "dot", "dash"][Math.floor(place / series.length) % 3]};
    };

    const faint = (colour, share) => colour + Math.round(share * 255).toString(16).padStart(2, "0");

    /* The times of an answer as texts, made once for all lines that share them. */
    explore.readTimes = (answer) => answer.times.map(([base, tenths]) => tenths.map((one) => wall(base + one * TENTH_MS)));

    /* One closed outline for each stretch without a hole: an area between two lines would be drawn across holes. */
    function outline(x, low, high) {
        const xs = [], ys = [];
        let from = null;
        for (let at = 0; at <= x.length; at += 1) {
            const hole = at === x.length || low[at] === null || high[at] === null;
            if (!hole && from === null) from = at;
            if (!hole || from === null) continue;
            for (let one = from; one < at; one += 1) { xs.push(x[one]); ys.push(high[one]); }
            for (let one = at - 1; one >= from; one -= 1) { xs.push(x[one]); ys.push(low[one]); }
            xs.push(null);
            ys.push(null);
            from = null;
        }
        return {x: xs, y: ys};
    }

    const area = (x, low, high, fill, more) => Object.assign(outline(x, low, high), {
        type: "scatter", mode: "lines", fill: "toself", fillcolor: fill, line: {width: 0}, hoverinfo: "skip", connectgaps: false}, more);

    function lineTraces(chart, place, times, stacked) {
        const line = explore.answer.lines[place], own = explore.ownLine(place);
        const {colour, dash} = explore.colourOf(own), x = times[line.t];
        const yaxis = chart.right.includes(place) ? "y3" : "y", unit = line.unit ? " " + line.unit : "";
        const hover = `%{y:.4~g}${unit}`, traces = [];
        const trace = (kind, more) => Object.assign({type: "scatter", mode: "lines", meta: {kind, key: keyOf(own)},
            yaxis, connectgaps: false}, more);
        const {usual, outlook, ghost} = line;
        if (usual && usual.lo) traces.push(area(times[usual.t], usual.lo, usual.hi, "rgba(128,134,145,0.20)", {yaxis, meta: {kind: "usual"}}));
        if (line.lo && !stacked) traces.push(area(x, line.lo, line.hi, faint(colour, 0.16), {yaxis, meta: {kind: "band"}}));
        if (ghost && ghost.y) {
            traces.push(trace("ghost", {x: times[ghost.t], y: ghost.y, line: {color: faint(colour, 0.65), width: 1.2, dash: "4px,3px"},
                name: `${line.plotTitle}, ${explore.answer.compared.toLowerCase()}`, hovertemplate: hover}));
        }
        traces.push(trace("line", {x, y: line.y, line: {color: colour, width: 1.6, dash}, name: line.plotTitle, hovertemplate: hover,
            // Where a line has nothing while another has, its neighbours carry the stack: a 0 there would be a dent.
            stackgroup: stacked && yaxis === "y" ? "one" : undefined, stackgaps: "interpolate"}));
        if (outlook && outlook.lo) {
            traces.push(area(times[outlook.t], outlook.lo, outlook.hi, faint(colour, 0.14), {yaxis, meta: {kind: "outlook-band"}}));
            traces.push(trace("outlook", {x: times[outlook.t], y: outlook.y, line: {color: colour, width: 1.4, dash: "dash"},
                name: `${line.plotTitle}, forecast`, hovertemplate: hover}));
        }
        if (usual && usual.out && usual.out.y.length) {
            traces.push(trace("outside", {mode: "markers", x: times[usual.out.t], y: usual.out.y, hoverinfo: "skip",
                marker: {symbol: "diamond-open", size: 8, color: monitoring.colour("warning"), line: {width: 2}}}));
        }
        return traces;
    }

    function laneTraces(answer) {
        const end = answer.now, bar = {type: "bar", orientation: "h", yaxis: "y2", hoverinfo: "text", width: 0.9, opacity: 0.85};
        const point = (kind, symbol, colour, rows) => ({type: "scatter", mode: "markers", yaxis: "y2", meta: {kind}, hoverinfo: "text",
            x: rows.map((one) => wall(one[0])), y: rows.map(() => 0), hovertext: rows.map((one) => one[one.length > 2 ? 2 : 1]),
            customdata: rows.map((one) => one[3]),
            marker: {symbol, size: 10, color: monitoring.colour(colour), line: {width: 1, color: monitoring.colour("panel")}}});
        return [
            Object.assign({meta: {kind: "alerts"}, base: answer.alerts.map((one) => wall(one[0])), y: answer.alerts.map(() => 0),
                x: answer.alerts.map((one) => Math.max(1000, (one[1] === null ? end : one[1]) - one[0])),
                marker: {color: answer.alerts.map((one) => monitoring.colour(one[2]))},
                hovertext: answer.alerts.map((one) => one[3]), customdata: answer.alerts.map((one) => one[4])}, bar),
            point("commands", "triangle-down", "info", answer.commands),
            point("notes", "star", "brand", answer.annotations),
        ];
    }

    const visibleOf = (chart) => chart.lines.filter((place) => {
        const own = explore.ownLine(place);
        return own && !own[3];
    });

    /* Where the axis begins and ends: at 0, unless all of the chart lies far from it; never so near that noise is a mountain. */
    function span(chart, right) {
        let low = Infinity, high = -Infinity;
        visibleOf(chart).filter((place) => chart.right.includes(place) === right).forEach((place) => {
            const line = explore.answer.lines[place];
            (line.lo || line.y).forEach((value) => { if (value !== null && value < low) low = value; });
            (line.hi || line.y).forEach((value) => { if (value !== null && value > high) high = value; });
        });
        const middle = (low + high) / 2;
        if (low > 0 && high - low < FLAT * middle) return {range: [middle * (1 - FLAT), middle * (1 + FLAT)], autorange: false};
        return {rangemode: low > 0 && low > NARROW * high ? "normal" : "tozero"};
    }

    /* Whether anything is drawn by this axis. Plotly would number an empty one from 0 to 4. */
    const isDrawn = (chart, right) => visibleOf(chart).some((place) => {
        const {y, usual, ghost, outlook} = explore.answer.lines[place];
        return chart.right.includes(place) === right
            && [y, ghost && ghost.y, usual && usual.lo, outlook && outlook.lo].some((list) => list && list.some((value) => value !== null));
    });

    explore.figureOf = function (chart, times) {
        const {answer, view} = explore;
        const visible = visibleOf(chart);
        const stacked = view.stack && visible.length > 1;
        const data = visible.flatMap((place) => lineTraces(chart, place, times, stacked));
        const layout = JSON.parse(JSON.stringify(explore.frame().layout));
        const type = view.log ? "log" : "linear";
        layout.xaxis.range = answer.window.map(wall);
        layout.xaxis.autorange = false;
        Object.assign(layout.yaxis, {type, showticklabels: isDrawn(chart, false)}, view.log || stacked ? {} : span(chart, false));
        Object.assign(layout.yaxis3, {type, visible: chart.rightUnit !== null, showticklabels: isDrawn(chart, true)}, view.log ? {} : span(chart, true));
        if (chart.rightUnit !== null) layout.margin.r = 52;
        layout.shapes = explore.shapesOf(chart);
        return {data: data.concat(laneTraces(answer)), layout};
    };
})();
