/* The list to choose metrics from: searched here, drawn as plain elements, so that 500 of them cost a moment. */
(function () {
    "use strict";
    const monitoring = window.monitoring, {explore} = monitoring;
    const AGAIN_S = 30; // last values and sparklines may be that old
    const LINES_MOST = 40; // as dashboard/explore/view.py
    const SPARK_HEIGHT = 20, SPARK_WIDTH = 78;
    const SVG = "http://www.w3.org/2000/svg";
    const list = (explore.list = {groups: [], sources: [], others: {}, source: null, asked: 0, at: 0, folded: new Set()});

    const byId = (id) => document.getElementById(id);

    function element(tag, className, text) {
        const made = document.createElement(tag);
        if (className) made.className = className;
        if (text !== undefined) made.textContent = text;
        return made;
    }
    explore.element = element;

    explore.curve = function (points, width, height) {
        const svg = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
        svg.setAttribute("viewBox", `0 0 ${width} ${height + 4}`);
        svg.setAttribute("class", "spark");
        svg.setAttribute("aria-hidden", "true");
        const step = width / Math.max(1, points.length - 1);
        let text = "", pen = false;
        points.forEach((value, index) => {
            if (value === null) { pen = false; return; } // a hole stays a hole
            text += `${pen ? "L" : "M"}${(index * step).toFixed(1)} ${height + 2 - value}`;
            pen = true;
        });
        path.setAttribute("d", text);
        svg.appendChild(path);
        return svg;
    };

    const chosen = (source, metric) => explore.view && explore.view.lines.some((line) => line[0] === source && line[1] === metric);
    const has = (source, metric) => source === list.source || (list.others[source] || []).includes(metric);

    /* The sources that lie over the one of the list: those any line is of. */
    const overlaid = () => new Set(explore.view ? explore.view.lines.map((line) => line[0]).filter((name) => name !== list.source) : []);

    explore.add = function (source, metric) {
        const {lines} = explore.view;
        if (chosen(source, metric)) return;
        const sources = [source, ...(source === list.source ? overlaid() : [])].filter((name) => has(name, metric) || name === source);
        const fresh = sources.filter((name) => !chosen(name, metric)).map((name) => [name, metric, false, false]);
        explore.change({lines: lines.concat(fresh).slice(0, LINES_MOST)});
        if (lines.length + fresh.length > LINES_MOST) say(`At most ${LINES_MOST} lines: take one away first.`);
    };

    explore.remove = function (keep) {
        const {lines, focus} = explore.view, focused = lines[focus];
        const kept = lines.filter(keep);
        if (kept.length === lines.length) return; // taken away already, by the click before
        explore.change({lines: kept, focus: Math.max(0, kept.indexOf(focused))});
    };

    function overlay(source, on) {
        if (!on) { explore.remove((line) => line[0] !== source); return; }
        const {lines} = explore.view;
        const fresh = lines.filter((line) => line[0] === list.source && has(source, line[1]) && !chosen(source, line[1]))
            .map((line) => [source, line[1], line[2], false]);
        if (!fresh.length) { say(`${source} has none of the metrics that are chosen.`); drawSources(); return; }
        explore.change({lines: lines.concat(fresh).slice(0, LINES_MOST)});
    }

    function say(text) { byId("explore-list-feedback").textContent = text; }

    function row(metric) {
        const [name, title, unit, value, age, points] = metric;
        const label = element("label", "metric-row"), box = element("input");
        box.type = "checkbox";
        box.checked = chosen(list.source, name);
        box.dataset.metric = name;
        box.tabIndex = -1;
        label.title = name;
        label.append(box, element("span", "metric-title", title), element("span", "metric-value", value === "–" ? "–" : value),
            element("span", "metric-unit", unit));
        if (age) label.append(element("span", "metric-age", age));
        else if (points.length) label.append(explore.curve(points, SPARK_WIDTH, SPARK_HEIGHT));
        label.append(element("span", "metric-name", name));
        return label;
    }

    const matches = (words, [name, title, unit], group) => words.every(
        (word) => (name + " " + title + " " + unit + " " + group).toLowerCase().includes(word));

    function drawList() {
        const place = byId("explore-list");
        const active = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.metric : null;
        const words = byId("explore-search").value.toLowerCase().split(/\s+/).filter(Boolean);
        const shown = list.groups.map(([title, rows]) => [title, rows.filter((one) => matches(words, one, title))])
            .filter(([, rows]) => rows.length);
        place.replaceChildren(...shown.map(([title, rows]) => {
            const group = element("details", "metric-group"), head = element("summary", "", title);
            group.open = words.length > 0 || !list.folded.has(title);
            group.dataset.group = title;
            head.append(element("span", "muted", " " + rows.length));
            group.append(head, ...rows.map(row));
            return group;
        }));
        if (!shown.length) place.append(element("p", "empty", words.length ? "No metric matches this search."
            : list.source ? "This source has sent no metric yet." : "No source has been heard yet. Metrics appear here as soon as one publishes."));
        const boxes = Array.from(place.querySelectorAll("input"));
        const next = boxes.find((box) => box.dataset.metric === active) || boxes[0];
        if (next) next.tabIndex = 0;
        if (active && next && next.dataset.metric === active) next.focus({preventScroll: true});
        const cut = list.leftOut ? `${list.leftOut} more metrics are left out: those that were heard longest ago.` : "";
        say([words.length ? `${boxes.length} found` : "", cut].filter(Boolean).join(". "));
    }
    explore.drawList = drawList;

    function drawSources() {
        const others = list.sources.filter(([name]) => name !== list.source), over = overlaid();
        byId("explore-sources").replaceChildren(...(others.length ? [element("span", "muted", "Overlay:"), ...others.map(([name, label]) => {
            const key = element("button", "chip switch", label);
            key.type = "button";
            key.dataset.overlaySource = name;
            key.setAttribute("aria-pressed", String(over.has(name)));
            return key;
        })] : []));
    }

    function mark() {
        if (!explore.view) return;
        document.querySelectorAll("#explore-list input").forEach((box) => { box.checked = chosen(list.source, box.dataset.metric); });
        const count = explore.view.lines.length;
        byId("explore-chosen").textContent = count ? `${count} chosen` : "";
        drawSources();
    }

    Object.assign(list, {drawSources, mark, overlay, AGAIN_S});
    explore.onView(mark);
})();
