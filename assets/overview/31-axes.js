/* The axes of a chart as plotly.js chooses them (its autorange.js and axes.js), for what is drawn before it is there.
   What it would do with an axis that none of our charts begins with, these do not know: they say null, and plotly.js is
   waited for. */
(function () {
    "use strict";
    const EXTRA = 0.05; // of its length an axis goes beyond a line
    const HOUR_MS = 3600000, MINUTE_MS = 60000, SECOND_MS = 1000;
    const SIXTIETHS = [1, 2, 5, 10, 15, 30];
    const UNITS = [[HOUR_MS, [1, 2, 3, 6, 12]], [MINUTE_MS, SIXTIETHS], [SECOND_MS, SIXTIETHS]];
    const TIMES = {"%H:%M:%S": [11, 19], "%H:%M": [11, 16]}; // within a text of ISO 8601
    const DECIMALS = [2, 5, 10];
    const PREFIXES = ["f", "p", "n", "μ", "m", "", "k", "M", "G", "T"], ONE = PREFIXES.indexOf("");
    const BEYOND = 1e-4; // of a span: a tick that is outside by no more is drawn

    const above = (steps, size) => steps.find((step) => step > size) || steps[steps.length - 1];
    const exponentOf = (value) => Math.floor(Math.log(value) / Math.LN10);

    /* Of an axis that has 0: as long as its lines and thresholds need, each with the room it asks for beside it. */
    function fit(length, low, high) {
        const room = (from, to) => length - from.pad - to.pad;
        let steepest = 0, ends = null;
        low.forEach((from) => high.forEach((to) => {
            const steepness = (to.value - from.value) / room(from, to);
            if (steepness > steepest) [steepest, ends] = [steepness, [from, to]];
        }));
        if (!ends) {
            const {value} = low[0], end = value / (1 - Math.max(...high.map(({pad}) => pad)) / length);
            return value ? [Math.min(0, end), Math.max(0, end)] : [0, 1];
        }
        const zero = {value: 0, pad: 0}, from = ends[0].value >= 0 ? zero : ends[0], to = ends[1].value <= 0 ? zero : ends[1];
        const share = (to.value - from.value) / room(from, to);
        return [from.value - share * from.pad, to.value + share * to.pad];
    }

    function ticks([start, end], step) {
        const beyond = (end - start) * BEYOND, found = [];
        for (let count = Math.ceil((start - beyond) / step); count * step <= end + beyond; count += 1) found.push(count * step);
        return found;
    }

    const axes = window.monitoring.axes = {};

    /* [from, to] of the values that are drawn and of the thresholds; null where there is neither. */
    axes.valueRange = function (length, traces, thresholds) {
        const low = thresholds.map(({y0, line}) => ({value: y0, pad: line.width / 2})), high = [...low];
        traces.forEach(({y}) => {
            const values = y.filter((value) => value !== null), pad = EXTRA * length;
            if (!values.length) return;
            low.push({value: Math.min(...values), pad});
            high.push({value: Math.max(...values), pad});
        });
        return low.length ? fit(length, low, high) : null;
    };

    /* [[value, words]] */
    axes.valueTicks = function (range, {nticks, minexponent}) {
        const rough = (range[1] - range[0]) / nticks, base = Math.pow(10, exponentOf(rough));
        const size = Math.floor(Math.log(Math.max(...range.map(Math.abs))) / Math.LN10 + 0.01);
        const exponent = Math.abs(size) > minexponent ? 3 * Math.round((size - 1) / 3) : 0, prefix = PREFIXES[exponent / 3 + ONE];
        if (prefix === undefined) return null;
        return ticks(range, base * above(DECIMALS, rough / base)).map((value) => {
            const words = String(Number((Math.abs(value) / Math.pow(10, exponent)).toPrecision(12)));
            return [value, words === "0" ? words : (value < 0 ? "−" : "") + words + prefix];
        });
    };

    /* [[ms of the wall clock, words]] */
    axes.timeTicks = function (range, {nticks, tickformatstops}) {
        const rough = (range[1] - range[0]) / nticks, found = UNITS.find(([unit]) => 2 * rough > unit);
        if (!found || 2 * rough > 24 * HOUR_MS) return null;
        const step = found[0] * above(found[1], rough / found[0]);
        const {value} = tickformatstops.find(({dtickrange: [from, to]}) => (from === null || from <= step) && (to === null || step <= to));
        return TIMES[value] ? ticks(range, step).map((at) => [at, new Date(at).toISOString().slice(...TIMES[value])]) : null;
    };
})();
