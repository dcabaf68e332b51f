/* What the actions are for: the alerts that are selected, or all that the filter matches, else the one that is open, or
   that the keys have come to. The bar says which, with their number, before anything is pressed. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const SECONDARY = {unacknowledge: "acknowledged", reopen: "resolved"}; // shown only where they apply
    const PEOPLE_MOST = 200;
    const seen = {}; // of each alert on screen, chosen or open: its state, whom it is assigned to, whether it is snoozed
    const people = new Set();
    let chosen = [], whole = null; // {line, total}: all that match, for as long as that is the filter

    const rows = () => monitoring.shownRows || [];
    function everything() {
        if (whole && whole.line !== monitoring.filterLine()) whole = null;
        return whole;
    }

    function remember() {
        rows().forEach((row) => { seen[row.id] = row; });
        const level = document.querySelector("#alert-detail .detail-level"), open = monitoring.openAlert();
        if (level && open && !monitoring.alertRow(open)) {
            seen[open] = {at: level.dataset.at, assigned: level.dataset.assigned, snoozed: level.dataset.snoozed === "1",
                what: document.querySelector("#alert-detail .detail-title").textContent};
        }
    }
    monitoring.onDress(remember);

    /* A page is open for days: what nobody can act on from here any more is let go of. */
    function forget() {
        const held = new Set(rows().map((row) => row.id).concat(chosen, monitoring.openAlert() || []));
        Object.keys(seen).filter((id) => !held.has(id)).forEach((id) => { delete seen[id]; });
    }

    /* Whoever has had one of the alerts that were on screen may be given another. */
    function offerPeople() {
        rows().flatMap((row) => [row.assigned, row.owner]).filter(Boolean).forEach((name) => people.add(name));
        while (people.size > PEOPLE_MOST) people.delete(people.values().next().value);
        const list = document.getElementById("assign-people"), known = Array.from(people).sort();
        if (list.dataset.shown === JSON.stringify(known)) return;
        list.dataset.shown = JSON.stringify(known);
        list.replaceChildren(...known.map((name) => Object.assign(document.createElement("option"), {value: name})));
    }

    /* {keys} or {line}, with what is said of them. */
    monitoring.targets = function () {
        const all = everything();
        if (all) return {keys: [], line: all.line, count: all.total};
        if (chosen.length) return {keys: chosen.slice(), count: chosen.length};
        const one = monitoring.cursor();
        return {keys: one ? [one] : [], count: one ? 1 : 0, single: one};
    };
    monitoring.seenAssigned = (keys) => Object.fromEntries(
        keys.filter((key) => seen[key]).map((key) => [key, seen[key].assigned || ""]));

    function total() {
        const said = document.getElementById("alert-summary").textContent.match(/^[\d,]+/);
        return said ? Number(said[0].replaceAll(",", "")) : 0;
    }

    function words(target) {
        if (everything()) return `All ${target.count.toLocaleString("en")} that match`;
        if (chosen.length) {
            const away = chosen.filter((id) => !monitoring.alertRow(id)).length;
            return `${chosen.length} selected` + (away ? ` (${away} on other pages)` : "");
        }
        if (!target.single) return "Nothing selected";
        const about = seen[target.single];
        return about ? about.what.split("\n")[0] : "The open alert";
    }

    function allows(action, targets) {
        const known = targets.keys.map((key) => seen[key]).filter(Boolean);
        if (targets.line !== undefined || known.length < targets.keys.length) return targets.count > 0;
        if (SECONDARY[action]) return known.some((one) => one.at === SECONDARY[action]);
        if (action === "acknowledge") return known.some((one) => one.at === "active");
        if (action === "snooze") return known.some((one) => one.at !== "resolved" && !one.snoozed);
        if (action === "unsnooze") return known.some((one) => one.snoozed);
        return known.some((one) => one.at !== "resolved");
    }

    monitoring.showBar = function () {
        remember();
        const target = monitoring.targets(), count = total();
        const text = words(target), said = document.getElementById("alert-target");
        if (said.textContent !== text) said.textContent = text;
        document.querySelectorAll("#alert-bar [data-act]").forEach((button) => {
            const can = target.count > 0 && allows(button.dataset.act.replace("assign-me", "assign"), target);
            button.disabled = !can || monitoring.isActing();
            if (["unacknowledge", "reopen", "unsnooze"].includes(button.dataset.act)) button.hidden = !can;
            const many = target.count > 1 ? ` (${target.count.toLocaleString("en")})` : "";
            const label = button.dataset.words + many + (button.dataset.failed ? " · not changed" : "");
            if (button.textContent !== label) button.textContent = label;
        });
        const isBusy = monitoring.openAlert() || document.getElementById("resolve-notes").value
            || document.getElementById("alert-feedback").textContent; // what was just done is still told
        document.querySelector(".alert-board").toggleAttribute("data-calm", !rows().length && !isBusy);
        const [page, all, none] = ["page", "all", "none"].map((one) => document.querySelector(`[data-choose=${one}]`));
        page.hidden = !rows().length;
        all.textContent = `Select all ${count.toLocaleString("en")} that match`;
        all.hidden = Boolean(everything()) || count <= rows().length;
        none.hidden = !everything() && !chosen.length;
    };

    window.dash_clientside.monitoring.showTarget = function (positions, open, shown, sort, pageNow) {
        const before = chosen.length;
        chosen = monitoring.ticked(positions, shown || [], sort, pageNow).slice();
        if (chosen.length !== before) whole = null; // by hand, from here on
        monitoring.dress();
        monitoring.showBar();
        return monitoring.targets().count;
    };
    monitoring.chooseNone = function () {
        whole = null;
        chosen = [];
        monitoring.setTicks([], rows());
        monitoring.showBar();
    };

    document.addEventListener("click", (event) => {
        const what = event.target.dataset && event.target.dataset.choose;
        if (!what) return;
        if (what === "none") monitoring.chooseNone();
        if (what === "page") {
            whole = null;
            monitoring.setTicks(Array.from(new Set(chosen.concat(rows().map((row) => row.id)))), rows());
        }
        if (what === "all") {
            chosen = [];
            monitoring.setTicks([], rows());
            whole = {line: monitoring.filterLine(), total: total()};
            monitoring.showBar();
        }
        monitoring.say(document.getElementById("alert-target").textContent + ".");
    });
    monitoring.onAnswer(() => {
        offerPeople();
        forget();
        monitoring.showBar();
    });
})();
