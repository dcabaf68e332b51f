/* Where the keys are in the table: the alert that j and k have come to. While an alert is open, that is the one. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    let cursor = null, landing = null; // {step, from}: whither in a page that is on its way, and the rows before it

    const cells = () => Array.from(document.querySelectorAll("#alert-table td[data-dash-column=what]"));
    const idAt = (place) => (monitoring.shownRows || [])[place] && monitoring.shownRows[place].id;
    const placeOf = (id) => (monitoring.shownRows || []).findIndex((row) => row.id === id);
    const rowOf = (id) => cells()[placeOf(id)];

    /* DataTable turns its page at once and draws the rows a moment after they came: until then they are the old ones. */
    const plain = (words) => words.replace(/\s+/g, "");
    function hasLanded(place) {
        const {shownRows} = monitoring, last = shownRows.length - 1;
        return landing && shownRows !== landing.from && place === (landing.step < 0 ? last : 0)
            && cells().length === shownRows.length && plain(cells()[place].innerText) === plain(shownRows[place].what);
    }

    monitoring.cursor = () => monitoring.openAlert() || (placeOf(cursor) >= 0 ? cursor : null);
    monitoring.alertRow = (id) => (monitoring.shownRows || []).find((row) => row.id === id);

    function mark(row, place) {
        const id = idAt(place), isOpen = id === monitoring.openAlert();
        row.classList.toggle("is-open", isOpen);
        row.classList.toggle("is-cursor", id === monitoring.cursor());
        row.setAttribute("aria-current", String(isOpen));
        row.dataset.at = (monitoring.shownRows[place] || {}).at;
        row.querySelectorAll("td[data-dash-column]").forEach((cell) => { // what does not fit is there under the mouse
            const words = cell.innerText.trim();
            if (cell.title !== words) cell.title = words;
        });
        if (hasLanded(place)) {
            landing = null;
            go(place);
        }
    }
    monitoring.onDress(mark);

    /* By its key: a click would open what DataTable has in that place. And no cell stays the active one, or it could not
       be clicked. */
    function open(id) {
        window.dash_clientside.set_props("alert-table", {active_cell: null, selected_cells: []});
        window.dash_clientside.set_props("alert-open", {data: id});
    }

    function go(place) {
        const cell = cells()[place];
        if (!cell) return;
        cursor = idAt(place);
        cell.focus();
        cell.scrollIntoView({block: "nearest"});
        if (monitoring.openAlert() && monitoring.openAlert() !== cursor) open(cursor);
        monitoring.dress();
        monitoring.showBar();
    }

    /* To the next alert (1) or the one before (-1); from the last of a page to the next page. */
    monitoring.moveCursor = function (step) {
        landing = null;
        const from = placeOf(monitoring.cursor()), to = from < 0 ? (step > 0 ? 0 : cells().length - 1) : from + step;
        if (idAt(to)) { go(to); return; }
        const button = document.querySelector("#alert-table " + (step > 0 ? ".next-page" : ".previous-page"));
        if (!button || button.disabled || from < 0) return;
        landing = {step, from: monitoring.shownRows};
        button.click();
    };

    monitoring.openCursor = function () {
        const id = monitoring.cursor();
        if (monitoring.openAlert()) monitoring.closeAlert();
        else if (id && rowOf(id)) rowOf(id).click();
    };
    monitoring.closeAlert = function () {
        const id = monitoring.openAlert();
        if (!id) return;
        cursor = id;
        document.getElementById("alert-close").click();
        if (rowOf(id)) rowOf(id).focus();
    };
    monitoring.tickCursor = function () {
        const cell = rowOf(monitoring.cursor());
        const box = cell && cell.closest("tr").querySelector("input[type=checkbox]");
        if (box) box.click();
    };

    document.addEventListener("focusin", (event) => {
        const cell = event.target.closest && event.target.closest("#alert-table td[data-dash-column=what]");
        if (!cell || monitoring.openAlert()) return;
        cursor = idAt(cells().indexOf(cell));
        monitoring.dress();
        monitoring.showBar();
    });

    /* Whoever is in the table, or about to name somebody, works there: rows hold their places. */
    monitoring.atWorkWhen(() => {
        const at = document.activeElement;
        return Boolean(at && at.closest && at.closest("#alert-table td, .modal"))
            || document.getElementById("assign-to").value !== "";
    });
})();
