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

    function name(row, place, line, own) {
        const head = element("th"), {colour, dash} = explore.colourOf(own);
        head.scope = "row";
        const key = button("key", line.title, `Only ${line.title}`, {isolate: String(place)}, !own[3]);
        key.title = `${line.source} · ${line.metric}: click shows it alone, again shows all`;
        key.style.setProperty("--key", colour);
        key.dataset.dash = dash;
        head.append(key);
        row.append(head);
    }

    function actions(row, place, line, own, chart) {
        const cell = element("td", "actions"), place_ = String(place), right = chart.right.includes(place);
        cell.append(
            button("icon", own[3] ? "◇" : "◆", own[3] ? `Show ${line.title}` : `Hide ${line.title}`, {hide: place_}, Boolean(own[3])),
            button("icon", "⇥", `Right axis of the chart above for ${line.title}`, {right: place_}, Boolean(own[2])),
            button("icon", "×", `Take away ${line.title}`, {take: place_}));
        if (right) cell.dataset.right = "1";
        row.append(cell);
    }

    function rows(place, chart) {
        const line = explore.answer.lines[place], own = explore.view.lines[place], row = element("tr"), found = [row];
        row.dataset.line = own.slice(0, 2).join("/");
        if (own[3]) row.className = "hidden-line";
        name(row, place, line, own);
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

    explore.drawLegend = function (frame) {
        const {chart, box} = frame, {compared} = explore.answer;
        const content = JSON.stringify([chart.lines.map((place) => {
            const {legend, ghost, title, p95} = explore.answer.lines[place];
            return [legend, ghost && [ghost.legend, ghost.difference], title, p95, explore.view.lines[place], explore.colourOf(explore.view.lines[place])];
        }), compared, chart.right]);
        if (frame.legend !== content) { // rebuilt only for news: a button that has the focus must not go under it
            const focused = document.activeElement && box.contains(document.activeElement) ? JSON.stringify(document.activeElement.dataset) : null;
            const table = element("table", "legend"), head = element("tr"), body = element("tbody");
            ["Metric", ...COLUMNS, ...(compared ? ["Difference"] : []), ""].forEach((text) => {
                const cell = element(text ? "th" : "td", "", text);
                if (text) cell.scope = "col";
                head.append(cell);
            });
            const top = element("thead");
            top.append(head);
            body.append(...chart.lines.flatMap((place) => rows(place, chart)));
            table.append(element("caption", "visually-hidden", `Figures of the chart ${chart.title}`), top, body);
            box.querySelector(".legend-scroll").replaceChildren(table);
            frame.legend = content;
            if (focused) {
                const again = Array.from(table.querySelectorAll("button")).find((one) => JSON.stringify(one.dataset) === focused);
                if (again) again.focus({preventScroll: true});
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

    function isolate(place) {
        const chart = explore.answer.charts.find((one) => one.lines.includes(place)), {lines} = explore.view;
        const others = chart.lines.filter((one) => one !== place);
        const alone = !lines[place][3] && others.every((one) => lines[one][3]);
        const hide = (line, at) => (chart.lines.includes(at) ? [...line.slice(0, 3), alone ? false : at !== place] : line);
        if (others.length || lines[place][3]) explore.change({lines: lines.map(hide)}, true);
    }

    document.addEventListener("click", (event) => {
        const key = event.target.closest && event.target.closest(".legend button");
        if (!key || !explore.view) return;
        const data = key.dataset, set = (at, part, value) => explore.view.lines.map((line, one) => (
            one === at ? line.map((old, index) => (index === part ? value : old)) : line));
        if (data.isolate) isolate(Number(data.isolate));
        if (data.hide) explore.change({lines: set(Number(data.hide), 3, !explore.view.lines[data.hide][3])}, true);
        if (data.right) explore.change({lines: set(Number(data.right), 2, !explore.view.lines[data.right][2])});
        if (data.take) explore.remove((_, at) => at !== Number(data.take));
    });
})();
