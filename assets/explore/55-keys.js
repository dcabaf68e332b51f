/* The keyboard on a chart: one moment after the other is read out, a window is marked, time is stepped and zoomed. */
(function () {
    "use strict";
    const {explore} = window.monitoring;
    const MANY = 10;
    let at = null, anchor = null; // wall-clock ms: the moment under the cursor, and where a mark began
    let of = {}; // {zone, range}: whose clock that is, and which window it was chosen in

    const frameOf = (cursor) => explore.drawnFrames().find((frame) => frame.cursor === cursor);

    /* Every time at which a visible line of the chart has a number, once and in order. */
    function moments(frame) {
        const [from, to] = frame.plot._fullLayout.xaxis.range.map(explore.toMs), found = new Set();
        frame.plot.data.filter((trace) => trace.meta && trace.meta.kind === "line").forEach((trace) => trace.x.forEach((x, place) => {
            const ms = explore.toMs(x);
            if (trace.y[place] !== null && ms >= from && ms <= to) found.add(ms);
        }));
        return Array.from(found).sort((a, b) => a - b);
    }

    function say(frame, all) {
        const read = frame.plot.data.filter((trace) => trace.meta && trace.meta.kind === "line").map((trace) => {
            let best = -1;
            trace.x.forEach((x, place) => {
                const off = Math.abs(explore.toMs(x) - at);
                if (trace.y[place] !== null && (best < 0 || off < Math.abs(explore.toMs(trace.x[best]) - at))) best = place;
            });
            const line = explore.answer.lines.find((one) => one.plotTitle === trace.name);
            return best < 0 ? "" : `${line ? line.title : trace.name} ${Number(trace.y[best].toPrecision(4))} ${line ? line.unit : ""}`.trim();
        }).filter(Boolean);
        const clock = explore.wall(at).slice(0, 19).replace("T", " ");
        const marked = anchor !== null && anchor !== at ? `, marked from ${explore.wall(Math.min(anchor, at)).slice(11, 19)} to ${explore.wall(Math.max(anchor, at)).slice(11, 19)}` : "";
        const text = `${clock}: ${read.join(", ")}${marked}`;
        const {cursor} = frame;
        cursor.setAttribute("aria-valuemax", String(all.length - 1));
        cursor.setAttribute("aria-valuenow", String(all.indexOf(at)));
        cursor.setAttribute("aria-valuetext", text);
        let shown = frame.area.querySelector(".reading");
        if (!shown) { shown = explore.element("div", "reading"); shown.setAttribute("aria-hidden", "true"); frame.area.append(shown); }
        shown.textContent = text;
        explore.crosshair(at);
        sheet();
    }

    function sheet() {
        explore.drawnFrames().forEach((one) => {
            let mark = one.area.querySelector(".brush-sheet");
            if (anchor === null || anchor === at) { if (mark) mark.remove(); return; }
            if (!mark) { mark = explore.element("div", "brush-sheet"); one.area.append(mark); }
            const axis = one.plot._fullLayout.xaxis, [low, high] = [Math.min(anchor, at), Math.max(anchor, at)].map((ms) => axis.d2p(explore.wall(ms)));
            mark.style.left = axis._offset + low + "px";
            mark.style.width = high - low + "px";
        });
    }

    function move(frame, by, marking) {
        const all = moments(frame);
        if (!all.length) return;
        const near = at === null ? all.length : all.reduce((best, ms, place) => (Math.abs(ms - at) < Math.abs(all[best] - at) ? place : best), 0);
        if (marking && anchor === null) anchor = at === null ? all[all.length - 1] : all[near];
        if (!marking) anchor = null;
        at = all[Math.min(all.length - 1, Math.max(0, near + by))];
        of = {zone: explore.answer.zone, range: explore.view.range};
        say(frame, all);
    }

    function zoom(frame, closer) {
        if (!closer) { explore.act({out: true}); return; }
        const [from, to] = explore.answer.window, middle = at === null ? (from + to) / 2 : at, quarter = (to - from) / 4;
        const low = Math.max(from, Math.min(middle - quarter, to - 2 * quarter));
        explore.zoomTo(low, low + 2 * quarter);
    }

    const KEYS = {
        ArrowLeft: (frame, event) => move(frame, event.ctrlKey ? -MANY : -1, event.shiftKey),
        ArrowRight: (frame, event) => move(frame, event.ctrlKey ? MANY : 1, event.shiftKey),
        Home: (frame, event) => move(frame, -1e9, event.shiftKey),
        End: (frame, event) => move(frame, 1e9, event.shiftKey),
        PageUp: () => explore.act({step: -1}),
        PageDown: () => explore.act({step: 1}),
        "+": (frame) => zoom(frame, true),
        "=": (frame) => zoom(frame, true),
        "-": (frame) => zoom(frame, false),
        a: () => explore.annotateAt(anchor === null || anchor === at ? [at] : [Math.min(anchor, at), Math.max(anchor, at)]),
        m: (frame) => { const [, end] = frame.plot._fullLayout.xaxis.range.map(explore.toMs); explore.showMoment(at === null ? end : at); },
        Enter: () => { if (anchor !== null && anchor !== at) explore.markTo(anchor, at); clear(); },
    };

    function clear() {
        anchor = null;
        document.querySelectorAll(".brush-sheet").forEach((one) => one.remove());
    }

    document.addEventListener("keydown", (event) => {
        if (event.defaultPrevented || document.querySelector(".modal.show")) return;
        const cursor = event.target.closest && event.target.closest(".cursor"), frame = cursor && frameOf(cursor);
        if (frame && KEYS[event.key] && !event.metaKey && !event.altKey) {
            event.preventDefault();
            KEYS[event.key](frame, event);
        }
        if (event.key !== "Escape" || !explore.view) return;
        const menu = document.querySelector(".explore .menu[open]");
        if (menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
        if (anchor !== null) { clear(); return; }
        if (event.target.closest && event.target.closest("#explore-moved")) { document.querySelector("[data-do=close-moved]").click(); return; }
        if (cursor && !explore.view.live) explore.toLive();
    });

    /* A moment that is not shown is not meant either: what the next key did would be about a time nobody sees. */
    function drop() {
        clear();
        at = null;
        explore.crosshair(null);
        document.querySelectorAll(".reading").forEach((one) => one.remove());
        explore.frames.forEach(({cursor}) => cursor.setAttribute("aria-valuetext", explore.NO_MOMENT));
    }

    document.addEventListener("focusout", (event) => {
        if (!event.target.classList || !event.target.classList.contains("cursor")) return;
        if (document.hasFocus()) drop(); // else it is the window that lost it, and the cursor has it again with the window
    });

    /* In another zone the same number is another time, and what lies outside of another window is gone from sight. A live
       window goes on under the cursor: what has left it is held at its edge. */
    explore.onAnswer(({lines, zone}) => {
        if (at === null || !lines) return;
        const {answer, view} = explore, [from, to] = answer.window, goesOn = view.live && view.range === of.range;
        const seen = (ms) => (ms !== null && goesOn ? Math.max(from, ms) : ms), isSeen = (ms) => ms === null || (ms >= from && ms <= to);
        [at, anchor] = [at, anchor].map(seen);
        if (zone !== of.zone || !isSeen(at) || !isSeen(anchor) || !frameOf(document.activeElement)) { drop(); return; }
        explore.crosshair(at);
        sheet();
    });
})();
