/* Where there is nothing to draw: why, and what to do. */
(function () {
    "use strict";
    const {explore} = window.monitoring, {element} = explore;
    const GROUPS = 6, METRICS = 3; // suggested, of the list

    /* Drawn anew only where it would say something else: a button that has the focus must not go under it. */
    explore.showEmpty = function (area) {
        const chosen = explore.view.lines.length, groups = explore.list.groups.slice(0, GROUPS);
        const says = JSON.stringify([chosen, groups.map(([title, rows]) => [title, rows.slice(0, METRICS).map((row) => row[1])])]);
        if (area.dataset.empty === says && area.querySelector(".explore-empty")) return;
        area.dataset.empty = says;
        const box = element("div", "panel explore-empty");
        area.replaceChildren(box);
        if (chosen) { box.append(element("p", "", "None of the chosen metrics has been heard.")); return; }
        const suggestions = element("div", "suggestions");
        groups.forEach(([title, rows]) => {
            const key = element("button", "button", `${title}: ${rows.slice(0, METRICS).map((row) => row[1]).join(", ")}`);
            key.type = "button";
            key.dataset.suggest = title;
            suggestions.append(key);
        });
        box.append(element("h2", "", "Choose a metric"), element("p", "muted", groups.length
            ? "Tick metrics in the list, or begin with one of these." : "No source has sent a metric yet."), suggestions);
    };

    document.addEventListener("click", (event) => {
        const key = event.target.closest && event.target.closest("[data-suggest]");
        if (!key) return;
        const {list, view} = explore, found = list.groups.find(([title]) => title === key.dataset.suggest);
        const suggested = (found ? found[1] : []).slice(0, METRICS).map((row) => [list.source, row[0], false, false]);
        const fresh = suggested.filter((line) => explore.placeOf(explore.keyOf(line)) < 0); // the list may have been used meanwhile
        if (fresh.length) explore.change({lines: view.lines.concat(fresh)});
    });
})();
