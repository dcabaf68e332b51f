/* What DataTable lacks for a keyboard and for a screen reader: names, places for the focus, and a way out. */
(function () {
    "use strict";
    const TABLE = "#past-table";
    const DIRECTIONS = {asc: "ascending", desc: "descending"};
    const PAGES = {"first-page": "First page", "previous-page": "Previous page", "next-page": "Next page", "last-page": "Last page"};
    let observer = null, sorted = [];

    function dress() {
        document.querySelectorAll(TABLE + " th[data-dash-column]").forEach((head) => {
            const button = head.querySelector(".column-header--sort"), name = head.innerText.trim();
            const by = sorted.find((one) => one.column_id === head.dataset.dashColumn);
            head.setAttribute("aria-sort", by ? DIRECTIONS[by.direction] : "none");
            if (!button) return;
            button.tabIndex = 0;
            button.setAttribute("role", "button");
            button.setAttribute("aria-label", "Sort by " + name);
        });
        document.querySelectorAll(TABLE + " td[data-dash-column=what]").forEach((cell) => { cell.tabIndex = 0; });
        Object.entries(PAGES).forEach(([name, words]) => {
            const button = document.querySelector(`${TABLE} button.${name}`);
            if (button) button.setAttribute("aria-label", words);
        });
        const place = document.querySelector(TABLE + " input.current-page");
        if (place) place.setAttribute("aria-label", "Page");
    }

    window.monitoring.dressPast = function (sort) {
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
