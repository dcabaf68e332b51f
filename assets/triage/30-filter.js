/* The filter line, and filters by name. A person's own filters are kept in this browser, by the person's name: they
   are a matter of taste and of one screen, cost no way to Redis, and are there while it is away. One that others
   should have is sent as a link: the line is in the address. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const SAVED_MOST = 30;
    let me = null, line = "", memory = null;

    const storageName = () => "monitoring-filters:" + me;
    const trimmed = (text) => (text || "").trim();

    function saved() {
        if (memory) return memory;
        try { memory = JSON.parse(localStorage.getItem(storageName())) || []; } catch (error) { memory = []; }
        const isOne = (one) => one && typeof one.name === "string" && typeof one.line === "string";
        memory = Array.isArray(memory) ? memory.filter(isOne).slice(0, SAVED_MOST) : [];
        return memory;
    }
    function keep(list) {
        memory = list;
        try { localStorage.setItem(storageName(), JSON.stringify(list)); } catch (error) { /* holds for this visit */ }
    }

    function element(tag, properties, words) {
        return Object.assign(document.createElement(tag), {textContent: words}, properties);
    }
    function drawSaved() {
        document.getElementById("filter-saved").replaceChildren(...saved().map((one) => {
            const pair = element("span", {className: "filter-own"}, "");
            const chip = element("button", {className: "filter-chip", type: "button", title: one.line}, one.name);
            chip.dataset.line = one.line;
            const drop = element("button", {className: "filter-drop", type: "button"}, "×");
            drop.setAttribute("aria-label", "Delete the filter " + one.name);
            drop.dataset.drop = one.name;
            pair.append(chip, drop);
            return pair;
        }));
    }
    function press() {
        const chips = Array.from(document.querySelectorAll("[data-line].filter-chip"));
        chips.forEach((chip) => chip.setAttribute("aria-pressed", String(chip.dataset.line === line)));
        const isNew = line !== "" && !chips.some((chip) => chip.dataset.line === line);
        document.querySelector("[data-save=begin]").hidden = !isNew || isNaming();
    }

    const naming = () => document.querySelector(".filter-naming");
    const isNaming = () => !naming().hidden;
    function name(isOn) {
        naming().hidden = !isOn;
        if (isOn) document.getElementById("filter-name").focus();
        else window.dash_clientside.set_props("filter-name", {value: ""});
        press();
    }
    function save() {
        const words = trimmed(document.getElementById("filter-name").value);
        if (!words) return;
        keep(saved().filter((one) => one.name !== words).concat({name: words, line}).slice(-SAVED_MOST));
        drawSaved();
        name(false);
        monitoring.say(`Filter “${words}” is saved in this browser.`);
        document.getElementById("filter-line").focus();
    }

    monitoring.filterLine = () => line;
    monitoring.setLine = (text) => window.dash_clientside.set_props("filter-line", {value: text});

    window.dash_clientside.monitoring.showFilter = function (text, who, error) {
        line = trimmed(text);
        const input = document.getElementById("filter-line");
        input.setAttribute("aria-describedby", "filter-error");
        input.setAttribute("aria-invalid", String(Boolean(error && error.length)));
        input.spellcheck = false;
        if (who && who !== me) {
            me = who;
            memory = null;
            drawSaved();
        }
        press();
        monitoring.showBar(); // what the actions are for may have been all that another line matches
        return line;
    };

    /* Before Dash runs; a line that was emptied is a space in the address. */
    monitoring.firstPaint.draw = (live, find) => {
        const asked = new URLSearchParams(window.location.search).get("filter");
        if (asked) find("filter-line").value = trimmed(asked);
    };

    document.addEventListener("click", (event) => {
        const chip = event.target.closest && event.target.closest("[data-line].filter-chip, [data-save], [data-drop]");
        if (!chip) return;
        if (chip.dataset.drop !== undefined) {
            keep(saved().filter((one) => one.name !== chip.dataset.drop));
            drawSaved();
            press();
            monitoring.say(`Filter “${chip.dataset.drop}” is deleted.`);
        } else if (chip.dataset.save === "begin") name(true);
        else if (chip.dataset.save === "keep") save();
        else if (chip.dataset.save === "drop") name(false);
        else monitoring.setLine(chip.dataset.line);
    });
    document.addEventListener("keydown", (event) => {
        if (event.target.id !== "filter-name") return;
        if (event.key === "Enter") save();
        if (event.key === "Escape") name(false);
        if (event.key === "Enter" || event.key === "Escape") event.stopPropagation();
    });
})();
