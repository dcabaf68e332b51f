/* The open alert: its place beside the table, the countdown of its acknowledgement, the link to it, and its chart. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const NARROW = window.matchMedia("(max-width: 1100px)"); // there it is below the table
    const COPIED_MS = 2000;
    let shown = null, mark = "", asked = null;

    function askChart() {
        const key = monitoring.openAlert();
        if (!key) return;
        const zone = monitoring.view.zone || monitoring.zoneName("browser");
        if (asked !== key + zone) mark = "";
        asked = key + zone;
        window.dash_clientside.set_props("alert-chart-asked", {data: {key, zone, mark}});
    }
    monitoring.onAnswer(askChart);
    monitoring.chartIs = (key, itsMark) => { if (key === monitoring.openAlert()) mark = itsMark; };

    window.dash_clientside.monitoring.showDetail = function (children) {
        const isOpen = Boolean(children && children.length), board = document.querySelector(".alert-board");
        if (isOpen) board.dataset.open = "1";
        else delete board.dataset.open;
        const key = monitoring.openAlert();
        if (key !== shown) {
            shown = key;
            if (isOpen) {
                document.getElementById("alert-aside").scrollTop = 0;
                monitoring.clearAlertChart();
                mark = ""; // a tick may have asked already, and what it brought has just been cleared
                askChart();
                if (NARROW.matches) document.getElementById("alert-bar").scrollIntoView({block: "start"});
            }
        }
        requestAnimationFrame(() => { countdown(); monitoring.dress(); monitoring.showBar(); });
        return isOpen ? 1 : 0;
    };

    function countdown() {
        document.querySelectorAll(".countdown").forEach((place) => {
            const left = Number(place.dataset.until) - monitoring.now();
            const minutes = Math.floor(left / 60), seconds = Math.floor(left % 60);
            place.textContent = left > 0 ? `${minutes}:${String(seconds).padStart(2, "0")} left` : "over";
        });
    }
    setInterval(countdown, 1000);

    /* The clipboard is there on https and on this machine only. */
    async function copy(text) {
        try {
            await navigator.clipboard.writeText(text);
            return true;
        } catch (error) {
            const field = document.body.appendChild(Object.assign(document.createElement("textarea"), {value: text}));
            field.select();
            const isDone = document.execCommand("copy");
            field.remove();
            return isDone;
        }
    }
    document.addEventListener("click", async (event) => {
        const button = event.target.closest && event.target.closest("[data-copy]");
        if (!button) return;
        const link = window.location.origin + window.location.pathname + button.dataset.copy;
        const isDone = await copy(link);
        monitoring.say(isDone ? "Link copied." : "The browser does not allow copying; the address of this page leads here, too.");
        button.focus();
        if (!isDone) return;
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy link"; }, COPIED_MS);
    });
})();
