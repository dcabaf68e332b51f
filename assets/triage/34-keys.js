/* The console by keys: what dashboard/ui/layout/alert_help.py lists. Never while somebody types in a field. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const help = (isOpen) => window.dash_clientside.set_props("help-dialog", {is_open: isOpen});

    function focusFilter() {
        const line = document.getElementById("filter-line");
        line.focus();
        line.select();
    }
    const KEYS = {
        j: () => monitoring.moveCursor(1), k: () => monitoring.moveCursor(-1),
        o: () => monitoring.openCursor(), x: () => monitoring.tickCursor(),
        a: () => monitoring.act("acknowledge"), r: () => monitoring.act("resolve"), s: () => monitoring.act("snooze"),
        u: () => monitoring.undo(), "/": focusFilter, "?": () => help(true), Escape: () => monitoring.closeAlert(),
    };

    window.addEventListener("keydown", (event) => {
        const at = event.target, run = KEYS[event.key];
        if (!run || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && "arsux".includes(event.key)) return;
        if (document.querySelector(".modal.show")) return;
        if (monitoring.isTypedIn(at)) {
            if (event.key === "Escape") at.blur();
            return;
        }
        event.preventDefault();
        event.stopImmediatePropagation(); // the table has keys of its own
        run();
    }, true);

    document.addEventListener("click", (event) => {
        if (event.target.id === "help") help(true);
    });
})();
