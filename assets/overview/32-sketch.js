/* Charts and gauges before plotly.js is there: the same picture, drawn from the same figure and the same points, and gone
   as soon as plotly.js has drawn its own. What this cannot draw as plotly.js will is left to it. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const {axes} = monitoring;
    const SVG = "http://www.w3.org/2000/svg";
    const MIDDLE = 0.35; // of its height a text stands below its middle
    const LABEL_PX = 6, LABEL_TOP_PX = 3; // the words of a gap stand so far inside it
    const THIN_PX = 2; // a bar that is thinner is made to be seen
    const INNER = 0.75; // of a gauge's radius
    const AXIS_LINE = "#444";
    const feet = {};

    function draw(name, attributes, ...children) {
        const made = document.createElementNS(SVG, name);
        Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
        made.append(...children);
        return made;
    }

    const words = (text, x, y, anchor, size, style = "") => draw("text", {x, y, "text-anchor": anchor,
        style: `font-family: inherit; font-size: ${size}px; white-space: pre; ${style}`}, text);
    const ms = (wall) => Date.parse(wall + "Z");
    const dashes = (dash, width) => ({dot: `${Math.max(3, width)}`, dash: `${3 * Math.max(3, width)}`})[dash] || "none";

    function line({x, y, line: {color, width, dash}}, across, up) {
        let path = "", isDown = false;
        y.forEach((value, place) => {
            if (value === null) { isDown = false; return; }
            path += `${isDown ? "L" : "M"}${across(ms(x[place])).toFixed(2)},${up(value).toFixed(2)}`;
            isDown = true;
        });
        return draw("path", {class: "js-line", d: path, fill: "none", stroke: color, "stroke-width": width, "stroke-miterlimit": 2,
            "stroke-dasharray": dashes(dash, width)});
    }

    function bars({base, x, marker}, across, height) {
        return base.map((start, place) => {
            const ends = [across(ms(start)), across(ms(start) + x[place])], isThin = ends[1] - ends[0] < THIN_PX;
            const [left, right] = isThin ? [Math.floor(ends[0]), Math.ceil(ends[1])] : ends;
            return draw("rect", {x: left, y: height * 0.05, width: right - left, height: height * 0.9, fill: marker.color[place]});
        });
    }

    function gap({x0, x1, fillcolor, label: {text, font, xanchor}}, across, height) {
        const left = across(ms(x0)), right = across(ms(x1));
        const [at, anchor] = {left: [left + LABEL_PX, "start"], right: [right - LABEL_PX, "end"], center: [(left + right) / 2, "middle"]}[xanchor];
        return [draw("rect", {class: "shape", x: left, y: 0, width: right - left, height, fill: fillcolor}),
            draw("g", {class: "shape-label"}, words(text, at, LABEL_TOP_PX + font.size, anchor, font.size))];
    }

    /* A part of the picture that shows nothing beyond its edges. */
    const part = (name, x, y, width, height, children) => draw("svg", {class: name, x, y, width, height}, ...children);

    function chart({data, layout}, size) {
        const {margin: {l, r, t, b}, xaxis, yaxis, yaxis2, shapes} = layout;
        const width = Math.round(size.width) - l - r, height = Math.round(size.height) - t - b;
        const span = xaxis.range.map(ms), length = height * (yaxis.domain[1] - yaxis.domain[0]), laneHeight = height * yaxis2.domain[1];
        const lines = data.slice(0, -1).filter(({visible}) => visible !== false), thresholds = shapes.filter(({name}) => name === "threshold");
        const range = axes.valueRange(length, lines, thresholds), times = axes.timeTicks(span, xaxis);
        const values = range && axes.valueTicks(range, yaxis);
        if (!times || !values) return null;
        const across = (at) => (at - span[0]) / (span[1] - span[0]) * width;
        const up = (value) => length * (1 - (value - range[0]) / (range[1] - range[0]));
        const crisp = {fill: "none", "shape-rendering": "crispEdges", "stroke-width": 1};
        const fontSize = layout.font.size, foot = t + height + 0.5;
        return [
            part("", 0, t, l + width + r, length, thresholds.map(({y0, line: {color, dash}}) => draw("path", {
                class: "shape", d: `M${l},${up(y0)}h${width}`, stroke: color, "stroke-width": 1, "stroke-dasharray": dashes(dash, 1)}))),
            part("", l, t, width, height, shapes.filter(({name}) => name === "gap").flatMap((one) => gap(one, across, height))),
            draw("g", {class: "gridlayer"}, ...values.map(([value]) => up(value)).filter((at) => at > 1 && at < length - 1)
                .map((at) => draw("path", {...crisp, d: `M${l},0h${width}`, transform: `translate(0,${(t + at).toFixed(2)})`}))),
            part("scatterlayer", l, t, width, length, lines.map((one) => line(one, across, up))),
            part("barlayer", l, t + height - laneHeight, width, laneHeight,
                [draw("g", {opacity: 0.85}, ...bars(data[data.length - 1], across, laneHeight))]),
            draw("path", {...crisp, d: `M${l},${foot}h${width}`, stroke: AXIS_LINE}),
            draw("g", {class: "xtick"}, ...times.map(([at, text]) => words(text, (l + across(at)).toFixed(2), foot + 2.7 + fontSize, "middle", fontSize))),
            draw("g", {class: "ytick"}, ...values.map(([value, text]) => words(text, l - 1, (t + up(value) + MIDDLE * fontSize).toFixed(2), "end", fontSize))),
        ];
    }

    function arc(inner, outer, from, to, fill) {
        const at = (radius, share) => `${-radius * Math.cos(share * Math.PI)},${-radius * Math.sin(share * Math.PI)}`;
        return draw("path", {class: "arc", fill, d: `M${at(outer, from)}A${outer},${outer} 0 0,1 ${at(outer, to)}L${at(inner, to)}A${inner},${inner} 0 0,0 ${at(inner, from)}Z`});
    }

    function gauge({data: [{value, number, gauge: {axis, bar, steps}}], layout}, size) {
        const {margin: {l, r, t, b}, font} = layout, [, end] = axis.range;
        const width = Math.round(size.width) - l - r, height = Math.round(size.height) - t - b;
        if (number.valueformat !== ".1f" || end !== axis.tickvals[1] || end >= 10000) return null;
        const radius = Math.min(width / 2, height), inner = INNER * radius, middle = (1 + INNER) / 2 * radius;
        const half = bar.thickness / 2 * (radius - inner), share = (at) => Math.min(1, Math.max(0, at / end));
        const x = l + width / 2, y = t + height / 2 + radius / 2, tick = axis.tickfont.size, fill = `fill: ${font.color}`;
        const text = value === null ? "-" : (value < 0 ? "−" : "") + Math.abs(value).toFixed(1) + number.suffix;
        return [
            draw("g", {class: "numbers", transform: `translate(${x},${y})`}, words(text, 0, 0, "middle", number.font.size, fill)),
            draw("g", {transform: `translate(${x},${y})`},
                ...steps.map(({range: [low, high], color}) => arc(inner, radius, share(low), share(high), color)),
                ...(value === null ? [] : [arc(middle - half, middle + half, 0, share(value), bar.color)]),
                words("0", -radius - 2.1, MIDDLE * tick, "end", tick, fill),
                words(String(end), radius + 2.1, MIDDLE * tick, "start", tick, fill)),
        ];
    }

    /* plotly.js puts a number on the foot of its letters, which only a drawn one has: below its line by this. */
    function footOf(number) {
        const size = number.style.fontSize, {y, height} = number.getBBox();
        feet[size] = y + height;
        return feet[size];
    }

    /* In the place that a plot will have, of that size, and in the place of an earlier one. */
    monitoring.sketch = function (holder, size, figure) {
        const isGauge = figure.data[0].type === "indicator", parts = (isGauge ? gauge : chart)(figure, size);
        monitoring.dropSketch(holder);
        if (!parts) return;
        const svg = draw("svg", {class: "sketch", width: size.width, height: size.height, "aria-hidden": "true"}, ...parts);
        holder.append(svg);
        const number = svg.querySelector(".numbers text");
        if (number) number.setAttribute("y", -(feet[number.style.fontSize] || footOf(number)));
    };

    monitoring.dropSketch = (holder) => holder.querySelectorAll(":scope > .sketch").forEach((one) => one.remove());
})();
