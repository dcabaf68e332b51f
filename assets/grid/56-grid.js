/* What DataTable lacks for a keyboard and for a screen reader: names, places for the focus, and a way out. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const TABLE = "#alert-table, #past-table"; // a page has one of them
    const DIRECTIONS = {asc: "ascending", desc: "descending"};
    const PAGES = {"first-page": "First page", "previous-page": "Previous page", "next-page": "Next page", "last-page": "Last page"};
    let observer = null, sorted = [];
    const further = [];
    /* What a page does to the rows beside that: [row element, its position] after each change. */
    monitoring.onDress = (dressRow) => further.push(dressRow);

    function dress() {
        const table = document.querySelector(TABLE);
        if (!table) return;
        table.querySelectorAll("th[data-dash-column]").forEach((head) => {
            const button = head.querySelector(".column-header--sort"), name = head.innerText.trim();
            const by = sorted.find((one) => one.column_id === head.dataset.dashColumn);
            head.setAttribute("aria-sort", by ? DIRECTIONS[by.direction] : "none");
            if (!button) return;
            button.tabIndex = 0;
            button.setAttribute("role", "button");
            button.setAttribute("aria-label", "Sort by " + name);
        });
        let place = 0;
        table.querySelectorAll("tr").forEach((row) => {
            const cell = row.querySelector("td[data-dash-column=what]"), box = row.querySelector("input[type=checkbox]");
            if (!cell) return;
            cell.tabIndex = 0;
            if (box) box.setAttribute("aria-label", "Select " + cell.innerText.split("\n")[0]);
            further.forEach((dressRow) => dressRow(row, place));
            place += 1;
        });
        Object.entries(PAGES).forEach(([name, words]) => {
            const button = table.querySelector("button." + name);
            if (button) button.setAttribute("aria-label", words);
        });
        const number = table.querySelector("input.current-page");
        if (number) number.setAttribute("aria-label", "Page");
    }

    monitoring.dress = dress;
    monitoring.dressTable = function (sort) {
        sorted = sort || [];
        const table = document.querySelector(TABLE);
        if (!observer && table) {
            observer = new MutationObserver(dress);
            observer.observe(table, {childList: true, characterData: true, subtree: true});
        }
        requestAnimationFrame(dress);
    };

    /* Before the table's own keys: it keeps Tab to itself, and nobody would get out of it again. */
    window.addEventListener("keydown", (event) => {
        if (!event.target.closest || !event.target.closest(TABLE)) return;
        if (event.key === "Tab") event.stopImmediatePropagation();
        if (event.key !== "Enter" && event.key !== " ") return;
        const pressed = event.target.closest(".column-header--sort, td[data-dash-column]");
        if (!pressed) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        pressed.click();
    }, true);
})();
