/* Shapes over a chart: thresholds, gaps of the feed, commands, annotations, now, and the window that is marked. */
(function () {
    "use strict";
    const {explore} = window.monitoring, monitoring = window.monitoring;
    const RIGHT_AXIS_PX = 24; // a plot is narrower by so much with values at both sides

    const line = (name, at, colour, dash) => ({type: "line", name, xref: "x", x0: at, x1: at, yref: "paper", y0: 0, y1: 1,
        layer: "below", line: {color: colour, width: 1, dash}});

    const field = (name, from, to, fill) => ({type: "rect", name, xref: "x", yref: "paper", x0: from, x1: to, y0: 0, y1: 1,
        layer: "below", line: {width: 0}, fillcolor: fill});

    function threshold([value, level, right, place]) {
        const colour = place === null ? explore.frame().thresholds[level] : explore.colourOf(explore.ownLine(place)).colour;
        return {type: "line", name: "threshold", xref: "paper", x0: 0, x1: 1, yref: right ? "y3" : "y", y0: value, y1: value,
            layer: "below", line: {color: colour, width: 1, dash: "dash"}};
    }

    explore.shapesOf = function (chart) {
        const {answer, view, wall} = explore;
        const brand = monitoring.colour("brand");
        const shapes = chart.thresholds.filter(([value, , , place]) => (!view.log || value > 0)
            && (place === null || explore.ownLine(place))).map(threshold);
        shapes.push(...monitoring.gapShapes(answer.gaps.map(([from, to, why]) => [from, to === null ? answer.now : to, why]),
            answer.window, explore.points() - (chart.rightUnit === null ? 0 : RIGHT_AXIS_PX), wall));
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
