/* What the viewer does to charts: zoom (all charts together), back to live, hide a series, follow one moment. */
(function () {
    "use strict";
    const monitoring = window.monitoring;

    function setZoom(range) {
        monitoring.zoom = range && range.map((wallMs) => wallMs - monitoring.model.offset);
        monitoring.writeAddress();
        monitoring.showLive();
        monitoring.drawCharts();
    }
    monitoring.setZoom = setZoom;

    function toMs(value) {
        return typeof value === "number" ? value : Date.parse(String(value).replace(" ", "T") + "Z");
    }

    /* A click on an alert's span leads to that alert. */
    function openAlert(event) {
        const span = event.points.find((point) => point.data.meta === "alerts" && point.customdata);
        if (!span) return;
        const page = new URL(document.querySelector("[data-alerts]").dataset.alerts, window.location.href);
        page.searchParams.set("alert", span.customdata);
        window.location.assign(page);
    }

    function moveCrosshair(x, from) {
        document.querySelectorAll(".chart[data-chart]").forEach((frame) => {
            const plot = frame.querySelector(".js-plotly-plot");
            let line = frame.querySelector(".crosshair");
            if (!plot || !plot._fullLayout || plot === from || x === null) { if (line) line.hidden = true; return; }
            if (!line) {
                line = document.createElement("div");
                line.className = "crosshair";
                plot.parentElement.appendChild(line);
            }
            const axis = plot._fullLayout.xaxis, at = axis.d2p(x);
            line.hidden = !(at >= 0 && at <= axis._length);
            line.style.left = axis._offset + at + "px";
        });
    }

    /* Listen to a plot once; frames that the server sends anew come by here again. */
    monitoring.attend = function (frame, plot) {
        if (plot.dataset.attended) return;
        plot.dataset.attended = "1";
        monitoring.watchFrame(frame);
        plot.on("plotly_relayout", (change) => {
            if ("xaxis.range[0]" in change) setZoom([toMs(change["xaxis.range[0]"]), toMs(change["xaxis.range[1]"])]);
            else if (change["xaxis.autorange"]) setZoom(null);
        });
        plot.on("plotly_click", openAlert);
        plot.on("plotly_hover", (event) => moveCrosshair(event.points.length ? event.points[0].x : null, plot));
        plot.on("plotly_unhover", () => moveCrosshair(null, plot));
        plot.on("plotly_afterplot", () => monitoring.redrawEmptied(frame, plot));
    };

    monitoring.onDoubleClick(".chart[data-chart]", () => setZoom(null));

    function showHidden() {
        document.querySelectorAll("button[data-metric]").forEach((button) => {
            button.setAttribute("aria-pressed", String(!monitoring.hidden.has(button.dataset.metric)));
        });
    }
    monitoring.showHidden = showHidden;

    document.addEventListener("click", (event) => {
        if (event.target.id === "zoom-reset") setZoom(null);
        const key = event.target.closest && event.target.closest("button[data-metric]");
        if (!key) return;
        const metric = key.dataset.metric;
        if (monitoring.hidden.has(metric)) monitoring.hidden.delete(metric);
        else monitoring.hidden.add(metric);
        showHidden();
        monitoring.writeAddress();
        monitoring.drawCharts();
    });

    document.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !monitoring.zoom || document.querySelector(".modal.show")) return;
        const isSearch = event.target.matches && event.target.matches("input[type=search]") && event.target.value;
        if (!isSearch) setZoom(null); // there it clears what is typed
    });
})();
