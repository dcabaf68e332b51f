/* The points of charts live here, in the page: an answer brings all of them, or what is new. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const {model} = monitoring;

    /* plotly.js takes a number for a moment and shifts it by the browser's own zone; a text it draws as it stands. */
    const wall = monitoring.wall = (ms) => new Date(ms).toISOString().slice(0, 23);
    const oncePer = (make, made = new Map()) => (key) => made.get(key) || made.set(key, make(key)).get(key);

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
})();
