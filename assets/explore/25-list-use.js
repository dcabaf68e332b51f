/* What a viewer does to the list, with the mouse and with the keyboard; and when it is asked for. */
(function () {
    "use strict";
    const monitoring = window.monitoring, {explore} = monitoring, {list} = explore;

    const boxes = () => Array.from(document.querySelectorAll("#explore-list details[open] input"));

    const awaited = explore.awaited("explore-list-asked", askList);

    function askList() {
        list.at = performance.now();
        window.dash_clientside.set_props("explore-list-wake", {data: Date.now() + Math.random()});
    }

    window.dash_clientside.monitoring.exploreListQuestion = function (wake) {
        if (!wake) return window.dash_clientside.no_update;
        return {asked: awaited.begin(++list.asked), source: list.wanted || null};
    };

    window.dash_clientside.monitoring.exploreListDraw = function (found) {
        if (!found || found.asked !== list.asked) return window.dash_clientside.no_update;
        awaited.end();
        Object.assign(list, {groups: found.groups, sources: found.sources, others: found.others, source: found.source, leftOut: found.leftOut});
        document.querySelector(".explore-metrics .strip-select").hidden = found.sources.length < 2;
        explore.put("explore-source", {options: found.sources.map(([value, label]) => ({value, label})), value: found.source || ""});
        explore.drawList();
        list.mark();
        if (explore.answer) explore.showCharts(); // where nothing is chosen yet, it suggests what the list has
        return found.asked;
    };

    monitoring.onAnswer(() => {
        const {source} = monitoring.view;
        const old = performance.now() - list.at > list.AGAIN_S * 1000 && monitoring.live;
        if (source === list.strip && !old) return;
        if (source !== list.strip) list.wanted = source; // the strip leads, until another source is chosen for the list
        list.strip = source;
        askList();
    });

    /* A source that is heard no more has metrics to look back on, and no place in the strip. */
    document.addEventListener("change", (event) => {
        if (event.target.id !== "explore-source") return;
        list.wanted = event.target.value;
        askList();
    });

    document.addEventListener("change", (event) => {
        const {metric} = event.target.dataset || {};
        if (!metric || !event.target.closest("#explore-list") || !explore.view) return;
        if (event.target.checked) explore.add(list.source, metric);
        else explore.remove((line) => line[1] !== metric); // of the sources that lie over it as well
    });

    document.addEventListener("input", (event) => {
        if (event.target.id === "explore-search") explore.drawList();
    });

    document.addEventListener("click", (event) => {
        const key = event.target.closest && event.target.closest("[data-overlay-source]");
        if (key && explore.view) list.overlay(key.dataset.overlaySource, key.getAttribute("aria-pressed") !== "true");
        const summary = event.target.closest && event.target.closest(".metric-group > summary");
        if (!summary) return;
        const {group} = summary.parentElement.dataset;
        if (list.folded.has(group)) list.folded.delete(group);
        else list.folded.add(group);
    });

    function step(from, by) {
        const all = boxes(), at = all.indexOf(from);
        const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
        if (!next) return;
        document.querySelectorAll("#explore-list input").forEach((box) => { box.tabIndex = box === next ? 0 : -1; });
        next.focus();
        next.scrollIntoView({block: "nearest"});
    }

    /* One stop for Tab: within the list the arrows lead on. From the search, the arrow down leads into it. */
    document.addEventListener("keydown", (event) => {
        const inList = event.target.matches && event.target.matches("#explore-list input");
        const down = event.key === "ArrowDown";
        if (event.target.id === "explore-search") {
            if (down) { event.preventDefault(); step(null, 1); }
            if (event.key === "Enter" && boxes().length) boxes()[0].click();
            if (event.key === "Escape" && event.target.value) {
                window.dash_clientside.set_props("explore-search", {value: ""});
                setTimeout(explore.drawList, 0);
            }
            return;
        }
        if (!inList) return;
        if (down || event.key === "ArrowUp") { event.preventDefault(); step(event.target, down ? 1 : -1); }
        if (event.key === "Home" || event.key === "End") { event.preventDefault(); step(event.target, event.key === "End" ? 1e6 : -1e6); }
        if (event.key === "Enter") { event.preventDefault(); event.target.click(); }
    });
})();
