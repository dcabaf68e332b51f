/* The gaps of a chart, and where their words stand. */
(function () {
    "use strict";
    const LETTER_PX = 4.75; // their type is 9 px high
    const INSET_PX = 6; // plotly.js keeps words so far from the edge they stand at
    const THIN_PX = 8; // what is thinner is a line to the eye: words may cross it, and the newest of them is the first

    /* For each of `gaps` [[left, right, words]], in pixels from the left edge of a plot that is `width` wide, how its words
       stand: "left" (they begin at its left edge), "right" (they end at its right one), "center", or "" where there is no room. Words
       never stand on others, on a wider gap or beyond an edge. The widest gap has its words first, since that is the one
       that is asked about; the cause of each stands in a list beside the charts. */
    function anchorsOf(gaps, width) {
        const taken = [], anchors = gaps.map(() => "");
        const isFree = (from, to) => from >= 0 && to <= width && taken.every(([left, right]) => to <= left || from >= right);
        const size = ([left, right]) => Math.max(THIN_PX, Math.min(right, width) - Math.max(left, 0));
        const order = gaps.map((gap, place) => place)
            .sort((one, other) => size(gaps[other]) - size(gaps[one]) || gaps[other][0] - gaps[one][0]);
        order.forEach((place) => {
            const [left, right, words] = gaps[place], length = words.length * LETTER_PX, from = Math.max(left, 0);
            if (right <= 0 || left >= width) return; // not in the picture
            const to = Math.min(right, width), begin = from + INSET_PX, end = to - INSET_PX, middle = (from + to) / 2;
            const ways = [["right", end - length, end], ["left", begin, begin + length], ["center", middle - length / 2, middle + length / 2]];
            const inside = to - begin >= length ? ways.splice(1, 1) : []; // best of all in the gap itself
            const way = [...inside, ...ways].find(([, first, last]) => isFree(first, last));
            if (way) {
                anchors[place] = way[0];
                taken.push(way.slice(1));
            }
            if (right - from > THIN_PX) taken.push([from, right]);
        });
        return anchors;
    }

    /* `gaps` [[from, to, words]] (one without a length is a line: something changed there) and the window that a plot of `width` pixels shows, in ms, as shapes of plotly.js in the same
       order; `wall` tells a time by the clock of the page. */
    window.monitoring.gapShapes = function (gaps, [start, end], width, wall) {
        const px = width / (end - start);
        const anchors = anchorsOf(gaps.map(([from, to, words]) => [(from - start) * px, (to - start) * px, words]), width);
        return gaps.map(([from, to, words], place) => ({
            type: "rect", name: "gap", xref: "x", yref: "paper", y0: 0, y1: 1,
            x0: wall(Math.max(from, Math.min(start, to))), x1: wall(from < end ? Math.min(to, end) : to), // no further than is seen
            layer: "below", line: from === to ? {width: 1, color: "#80868f"} : {width: 0}, fillcolor: "rgba(128,134,145,0.22)",
            label: {text: anchors[place] && words, font: {size: 9, color: "#80868f"}, xanchor: anchors[place] || "left",
                textposition: `top ${anchors[place] || "left"}`},
        }));
    };
})();
