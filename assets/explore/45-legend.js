/* The legend of a chart as a table: a line's figures, those of the other period, and what to do with it. */
(function () {
    "use strict";
    const {explore} = window.monitoring, {element} = explore;
    const COLUMNS = ["Last", "Min", "Mean", "Max", "p95", "Change"];

    function cells(row, texts, title) {
        texts.forEach((text, at) => {
            const cell = element("td", "", text);
            if (at === 4 && title) cell.title = title;
            row.append(cell);
        });
    }

    function button(className, text, label, data, pressed) {
        const made = element("button", className, text);
        made.type = "button";
        made.title = label;
        made.setAttribute("aria-label", label);
        if (pressed !== undefined) made.setAttribute("aria-pressed", String(pressed));
        Object.assign(made.dataset, data);
        return made;
    }

    function name(row, line, own) {
        const head = element("th"), {colour, dash} = explore.colourOf(own);
        head.scope = "row";
        const key = button("key", line.title, `Only ${line.title}`, {isolate: explore.keyOf(own)}, !own[3]);
        key.title = `${line.source} · ${line.metric}: click shows it alone, again shows all`;
        key.style.setProperty("--key", colour);
        key.dataset.dash = dash;
        head.append(key);
        row.append(head);
    }

    function actions(row, place, line, own, chart) {
        const cell = element("td", "actions"), key = explore.keyOf(own), right = chart.right.includes(place);
        cell.append(
            button("icon", own[3] ? "◇" : "◆", own[3] ? `Show ${line.title}` : `Hide ${line.title}`, {hide: key}, Boolean(own[3])),
            button("icon", "⇥", `Right axis of the chart above for ${line.title}`, {right: key}, Boolean(own[2])),
            button("icon", "×", `Take away ${line.title}`, {take: key}));
        if (right) cell.dataset.right = "1";
        row.append(cell);
    }

    function rows(place, chart) {
        const line = explore.answer.lines[place], own = explore.ownLine(place), row = element("tr"), found = [row];
        row.dataset.line = explore.keyOf(own);
        if (own[3]) row.className = "hidden-line";
        name(row, line, own);
        cells(row, line.legend, line.p95);
        if (explore.answer.compared) row.append(element("td", "difference", line.ghost ? line.ghost.difference : "–"));
        actions(row, place, line, own, chart);
        if (line.ghost && line.ghost.legend) {
            const then = element("tr", "ghost-row"), head = element("th", "", explore.answer.compared.toLowerCase());
            head.scope = "row";
            then.append(head);
            cells(then, line.ghost.legend);
            then.append(element("td"), element("td"));
            found.push(then);
        }
        return found;
    }

    const buttonsOf = (part) => Array.from(part.querySelectorAll("button"));

    explore.drawLegend = function (frame) {
        const {chart, box} = frame, {compared} = explore.answer;
        const content = JSON.stringify([chart.lines.map((place) => {
            const {legend, ghost, title, p95} = explore.answer.lines[place], own = explore.ownLine(place);
            return [legend, ghost && [ghost.legend, ghost.difference], title, p95, own, explore.colourOf(own)];
        }), compared, chart.right]);
        if (frame.legend !== content) { // rebuilt only for news: a button that has the focus must not go under it
            const place = box.querySelector(".legend-scroll"), focused = buttonsOf(place).indexOf(document.activeElement);
            const does = focused < 0 ? "" : JSON.stringify(document.activeElement.dataset);
            const table = element("table", "legend"), head = element("tr"), body = element("tbody");
            ["Metric", ...COLUMNS, ...(compared ? ["Difference"] : []), ""].forEach((text) => {
                const cell = element(text ? "th" : "td", "", text);
                if (text) cell.scope = "col";
                head.append(cell);
            });
            const top = element("thead");
            top.append(head);
            body.append(...chart.lines.flatMap((at) => rows(at, chart)));
            table.append(element("caption", "visually-hidden", `Figures of the chart ${chart.title}`), top, body);
            place.replaceChildren(table);
            frame.legend = content;
            if (focused >= 0) { // of a line that is gone, the one that took its place
                const buttons = buttonsOf(table), same = buttons.find((one) => JSON.stringify(one.dataset) === does);
                (same || buttons[Math.min(focused, buttons.length - 1)]).focus({preventScroll: true});
            }
        }
        const said = chart.lines.flatMap((place) => ["usual", "outlook"].flatMap((part) => {
            const found = explore.answer.lines[place][part];
            return found ? found.words.map((text) => `${explore.answer.lines[place].title}: ${text}`) : [];
        }));
        const words = box.querySelector(".line-words");
        if (words.dataset.shown !== said.join("\n")) {
            words.dataset.shown = said.join("\n");
            words.replaceChildren(...said.map((text) => element("p", "", text)));
        }
    };

    function isolate(key) {
        const {keyOf, answerKey, answer, view} = explore;
        const keys = answer.charts.map((chart) => chart.lines.map((place) => answerKey(answer.lines[place]))).find((all) => all.includes(key));
        const alone = view.lines.every((line) => !keys.includes(keyOf(line)) || (keyOf(line) === key) !== line[3]);
        const hide = (line) => (keys.includes(keyOf(line)) ? [...line.slice(0, 3), !alone && keyOf(line) !== key] : line);
        explore.change({lines: view.lines.map(hide)}, true);
    }

    const RIGHT = 2, HIDDEN = 3; // parts of a line
    const toggle = (key, part, local) => explore.change({lines: explore.view.lines.map((line) => (
        explore.keyOf(line) === key ? line.map((old, at) => (at === part ? !old : old)) : line))}, local);

    document.addEventListener("click", (event) => {
        const button_ = event.target.closest && event.target.closest(".legend button");
        if (!button_ || !explore.view) return;
        const {isolate: only, hide, right, take} = button_.dataset;
        if (explore.placeOf(only || hide || right || take) < 0) return; // taken away, and still drawn
        if (only) isolate(only);
        if (hide) toggle(hide, HIDDEN, true);
        if (right) toggle(right, RIGHT);
        if (take) explore.remove((line) => explore.keyOf(line) !== take);
    });
})();
