/* The bars before the server has said what the address means: so much of it as can be told without the server, in the first
   paint and in Dash's page until its answer is there. */
(function () {
    "use strict";
    const monitoring = window.monitoring, {explore} = monitoring;
    const USUAL = "6h", LENGTH = /^\d+[smhdwMy]$/;
    const address = new URLSearchParams(window.location.search);
    const range = address.get("range") || USUAL, isLength = LENGTH.test(range);
    const FIELDS = {
        "explore-preset": range, "explore-from": isLength ? "now-" + range : null, "explore-to": isLength ? "now" : null,
        "explore-per": address.get("charts"), "explore-compare": address.get("compare"), "explore-heat-kind": address.get("heat"),
    };

    function showKeys() {
        const panel = address.get("panel");
        const isView = [...document.querySelectorAll(".view-tab")].some((tab) => tab.dataset.view === panel);
        explore.showKeys({
            range, live: isLength, panel: isView ? panel : null, without: (address.get("without") || "").split(","),
            ...Object.fromEntries(explore.SWITCHES.map((name) => [name, address.get(name) === "1"])),
        });
    }

    monitoring.firstPaint.draw = function () {
        showKeys();
        Object.entries(FIELDS).forEach(([id, value]) => monitoring.chooseFirst(id, value));
    };

    monitoring.onBegin(() => {
        showKeys();
        Object.entries(FIELDS).forEach(([id, value]) => {
            if (monitoring.canHave(document.getElementById(id), value)) explore.put(id, {value});
        });
    });
})();
