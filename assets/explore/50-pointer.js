/* The mouse on a chart: zoom (all charts, fetched anew), back to live, one moment on all charts, a window marked. */
(function () {
    "use strict";
    const monitoring = window.monitoring, {explore} = monitoring;
    const SLIP_PX = 4; // a click that trembles marks nothing

    const drawn = () => Array.from(explore.frames.values()).filter((frame) => frame.plot._fullLayout);
    const toMs = (value) => (typeof value === "number" ? value : Date.parse(String(value).replace(" ", "T") + "Z"));
    explore.drawnFrames = drawn;
    explore.toMs = toMs;

    /* A window of wall-clock times: the other charts follow at once with what they have, the points come with the answer. */
    explore.zoomTo = function (from, to) {
        const [low, high] = [Math.min(from, to), Math.max(from, to)].map(explore.wall);
        drawn().forEach(({plot}) => {
            const [a, b] = plot._fullLayout.xaxis.range.map(toMs);
            if (a !== toMs(low) || b !== toMs(high)) window.Plotly.relayout(plot, {"xaxis.range": [low, high]});
        });
        explore.act({zoom: [low, high]});
    };

    explore.markTo = function (from, to) {
        const ends = [Math.min(from, to), Math.max(from, to)].map(explore.wall);
        explore.act({brush: ends});
    };

    explore.crosshair = function (ms, except) {
        explore.frames.forEach((frame) => {
            const line = frame.area.querySelector(".crosshair"), layout = frame.plot._fullLayout;
            if (!layout || ms === null || frame.plot === except) { line.hidden = true; return; }
            const at = layout.xaxis.d2p(explore.wall(ms));
            line.hidden = !(at >= 0 && at <= layout.xaxis._length);
            line.style.left = layout.xaxis._offset + at + "px";
        });
    };

    explore.attend = function (frame) {
        const {plot} = frame;
        plot.on("plotly_relayout", (change) => {
            if (!("xaxis.range[0]" in change)) return; // ours come as a whole, the viewer's in two parts
            explore.zoomTo(toMs(change["xaxis.range[0]"]), toMs(change["xaxis.range[1]"]));
        });
        plot.on("plotly_hover", (event) => {
            const point = event.points.find((one) => one.data.yaxis !== "y2");
            explore.crosshair(point ? toMs(point.x) : null, plot);
        });
        plot.on("plotly_unhover", () => explore.crosshair(null));
        plot.on("plotly_click", (event) => {
            const point = event.points.find((one) => one.data.meta && one.data.meta.kind === "alerts");
            if (point) window.location.assign(`${document.querySelector("main.explore").dataset.alerts}?alert=${encodeURIComponent(point.customdata)}`);
        });
    };

    monitoring.onDoubleClick(".explore-chart", () => explore.toLive());

    /* Marking: with shift, or in the mode of marking. Taken before plotly.js sees it, which would zoom. */
    let mark = null;

    function sheets(show) {
        drawn().forEach((frame) => {
            let sheet = frame.area.querySelector(".brush-sheet");
            if (!show) { if (sheet) sheet.remove(); return; }
            if (!sheet) { sheet = explore.element("div", "brush-sheet"); frame.area.append(sheet); }
            const {_offset} = frame.plot._fullLayout.xaxis;
            sheet.style.left = _offset + Math.min(mark.from, mark.to) + "px";
            sheet.style.width = Math.abs(mark.to - mark.from) + "px";
        });
    }

    const along = (frame, event) => {
        const axis = frame.plot._fullLayout.xaxis, {clientX} = event.touches ? event.touches[0] : event;
        const at = clientX - frame.plot.getBoundingClientRect().left - axis._offset;
        return Math.min(axis._length, Math.max(0, at));
    };

    function begin(event) {
        const target = event.target.closest && event.target.closest(".explore-chart .plot");
        if (!target || event.button > 0) return;
        const frame = drawn().find((one) => one.plot === target);
        explore.held = true; // nothing is drawn anew under the hand
        const {brushing, picking} = explore;
        if (!frame || !(event.shiftKey || brushing || picking) || event.target.closest(".modebar")) return;
        event.preventDefault();
        event.stopPropagation();
        const at = along(frame, event);
        if (picking && !event.shiftKey) { explore.showMoment(toMs(frame.plot._fullLayout.xaxis.p2d(at))); return; }
        mark = {frame, from: at, to: at};
    }

    function end(event) {
        const wasHeld = explore.held;
        explore.held = false;
        if (!mark) {
            if (wasHeld && event.type !== "pointerdown") setTimeout(explore.showCharts, 0);
            return;
        }
        const {frame, from, to} = mark, axis = frame.plot._fullLayout.xaxis;
        sheets(false);
        mark = null;
        if (Math.abs(to - from) < SLIP_PX) return;
        explore.markTo(...[from, to].map((at) => toMs(axis.p2d(at))));
    }

    function go(event) {
        if (!mark) return;
        event.preventDefault();
        mark.to = along(mark.frame, event);
        sheets(true);
    }

    /* plotly.js listens to mouse and touch, not to the pointer: so does this. */
    [["mousedown", begin], ["touchstart", begin], ["mousemove", go], ["touchmove", go], ["mouseup", end], ["touchend", end],
        ["touchcancel", end]].forEach(([name, act]) => document.addEventListener(name, act, {capture: true, passive: false}));
    window.addEventListener("blur", () => { explore.held = false; if (mark) sheets(false); mark = null; });
})();
