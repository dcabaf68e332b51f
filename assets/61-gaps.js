/* The gaps of a chart, and where their words stand. */
(function () {
    "use strict";
    const LETTER_PX = 4.5; // their type is 9 px high
    const THIN_PX = 8; // what is thinner is a line to the eye: words may cross it, and the newest of them is the first

    /* For each of `gaps` [[left, right, words]], in pixels from the left edge of a plot that is `width` wide: "left" (from
       its left edge on), "right" (before it), "center", or "" where there is no room. Words never stand on others, on a wider
       gap or beyond an edge. The widest gap has its words first, since that is the one that is asked about; the cause of each
       stands in a list beside the charts. */
    function sidesOf(gaps, width) {
        const taken = [], sides = gaps.map(() => "");
        const isFree = (from, to) => from >= 0 && to <= width && taken.every(([left, right]) => to <= left || from >= right);
        const size = ([left, right]) => Math.max(THIN_PX, Math.min(right, width) - Math.max(left, 0));
        const order = gaps.map((gap, place) => place)
            .sort((one, other) => size(gaps[other]) - size(gaps[one]) || gaps[other][0] - gaps[one][0]);
        order.forEach((place) => {
            const [left, right, words] = gaps[place], length = words.length * LETTER_PX, from = Math.max(left, 0);
            if (right <= 0 || left >= width) return; // not in the picture
            const middle = (from + Math.min(right, width)) / 2;
            const ways = [["right", from - length, from], ["left", from, from + length], ["center", middle - length / 2, middle + length / 2]];
            const inside = right - from >= length ? ways.splice(1, 1) : []; // best of all in the gap itself
            const way = [...inside, ...ways].find(([, begin, end]) => isFree(begin, end));
            if (way) {
                sides[place] = way[0];
                taken.push(way.slice(1));
            }
            if (right - from > THIN_PX) taken.push([from, right]);
        });
        return sides;
    }

    /* `gaps` [[from, to, words]] and the window that a plot of `width` pixels shows, in ms, as shapes of plotly.js in the same
       order; `wall` tells a time by the clock of the page. */
    window.monitoring.gapShapes = function (gaps, [start, end], width, wall) {
        const px = width / (end - start);
        const sides = sidesOf(gaps.map(([from, to, words]) => [(from - start) * px, (to - start) * px, words]), width);
        return gaps.map(([from, to, words], place) => ({
            type: "rect", name: "gap", xref: "x", yref: "paper", x0: wall(Math.max(from, Math.min(start, to))), x1: wall(to), y0: 0, y1: 1,
            layer: "below", line: {width: 0}, fillcolor: "rgba(128,134,145,0.22)",
            label: {text: sides[place] && words, font: {size: 9, color: "#80868f"}, xanchor: sides[place] || "left",
                textposition: sides[place] === "center" ? "top center" : "top left"},
        }));
    };
})();
