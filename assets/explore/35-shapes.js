/* Shapes over a chart: thresholds, gaps of the feed, commands, annotations, now, and the window that is marked. */
(function () {
    "use strict";
    const {explore} = window.monitoring, monitoring = window.monitoring;
    const LETTER_PX = 5; // of the words of a gap, whose type is 9 px high

    const line = (name, at, colour, dash) => ({type: "line", name, xref: "x", x0: at, x1: at, yref: "paper", y0: 0, y1: 1,
        layer: "below", line: {color: colour, width: 1, dash}});

    const field = (name, from, to, fill, label) => ({type: "rect", name, xref: "x", yref: "paper", x0: from, x1: to, y0: 0, y1: 1,
        layer: "below", line: {width: 0}, fillcolor: fill,
        label: label && {text: label, font: {size: 9, color: "#80868f"}, textposition: "top left", xanchor: "right"}});

    function threshold([value, level, right, place]) {
        const colour = place === null ? explore.frame().thresholds[level] : explore.colourOf(explore.view.lines[place]).colour;
        return {type: "line", name: "threshold", xref: "paper", x0: 0, x1: 1, yref: right ? "y3" : "y", y0: value, y1: value,
            layer: "below", line: {color: colour, width: 1, dash: "dash"}};
    }

    /* Words stand before their gap, or from its start on where there is no room before; those that would run into a newer
       gap's are left out: the list below the charts names the cause of each. */
    function gaps({gaps: found, window: [start, end], now}) {
        const px = explore.points() / (end - start), {wall} = explore;
        let free = Infinity; // where the words of the newer gap begin, in pixels
        return [...found].sort((one, other) => other[0] - one[0]).map(([from, to, why]) => {
            const seen = Math.max(from, start), at = (seen - start) * px, words = why.length * LETTER_PX, hasRoom = at >= words;
            const runsInto = at + (hasRoom ? 0 : words) > free;
            if (!runsInto) free = hasRoom ? at - words : at;
            const shape = field("gap", wall(seen), wall(to === null ? now : to), "rgba(128,134,145,0.22)", why);
            Object.assign(shape.label, {text: runsInto ? "" : why, xanchor: hasRoom ? "right" : "left"});
            return shape;
        });
    }

    explore.shapesOf = function (chart) {
        const {answer, view, wall} = explore;
        const brand = monitoring.colour("brand");
        const shapes = chart.thresholds.filter((one) => !view.log || one[0] > 0).map(threshold);
        shapes.push(...gaps(answer));
        answer.commands.forEach(([at]) => shapes.push(line("command", wall(at), monitoring.colour("info"), "dot")));
        answer.annotations.forEach(([from, to]) => shapes.push(to > from
            ? field("note", wall(from), wall(to), brand + "22") : line("note", wall(from), brand, "solid")));
        if (answer.window[1] > answer.now) shapes.push(line("now", wall(answer.now), monitoring.colour("muted"), "dot"));
        const brush = explore.brushWall();
        if (brush) shapes.push(Object.assign(field("brush", wall(brush[0]), wall(brush[1]), brand + "2b"), {line: {width: 1, color: brand}}));
        return shapes;
    };

    /* The marked window by the clock of the page. */
    explore.brushWall = () => (explore.view.brush && explore.answer ? explore.answer.brush : null);
})();
