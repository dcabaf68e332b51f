/* The chart of the open alert. What the viewer zoomed to stays, while points come. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const READY_STEP_MS = 120, READY_TRIES = 250; // plotly.js comes late on a cold start: half a minute at most
    const wall = (ms) => new Date(ms).toISOString().slice(0, 23); // a number plotly.js would shift by the browser's zone
    let zoomed = null, zone = null, timer = null; // `zoomed`: times as they are written in `zone`

    const frame = () => document.querySelector(".detail-chart");
    const plotOf = () => document.querySelector("#alert-chart .js-plotly-plot");

    function attend(plot) {
        if (plot.dataset.attended) return;
        plot.dataset.attended = "1";
        plot.on("plotly_relayout", (change) => {
            if ("xaxis.range[0]" in change) zoomed = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
        });
    }

    monitoring.onDoubleClick("#alert-chart", () => {
        const plot = plotOf();
        zoomed = null;
        window.Plotly.relayout(plot, {"xaxis.range": plot.dataset.whole.split(",")});
    });

    function draw(data, tries) {
        clearTimeout(timer);
        if (data.key !== monitoring.openAlert()) return;
        const plot = plotOf();
        if (!plot || !plot._fullLayout || !window.Plotly) {
            if (tries > 0) timer = setTimeout(() => draw(data, tries - 1), READY_STEP_MS);
            return;
        }
        const {data: traces, layout} = data.figure;
        traces[0].x = data.x.map((tenths) => wall(data.base + tenths * 100));
        plot.dataset.whole = layout.xaxis.range.join(",");
        if (zone !== monitoring.view.zone) zoomed = null;
        ({zone} = monitoring.view);
        if (zoomed) layout.xaxis.range = zoomed;
        frame().hidden = false;
        window.Plotly.react(plot, traces, layout, plot._context);
        window.Plotly.Plots.resize(plot); // it was made where there was no room yet
        attend(plot);
    }

    monitoring.clearAlertChart = function () {
        zoomed = null;
        frame().hidden = true;
        document.getElementById("alert-chart-caption").textContent = "";
    };

    window.dash_clientside.monitoring.drawAlertChart = function (data) {
        if (!data || data.key !== monitoring.openAlert()) return window.dash_clientside.no_update;
        monitoring.chartIs(data.key, data.mark);
        document.getElementById("alert-chart-caption").textContent = data.why || data.caption || "";
        if (data.figure) draw(data, READY_TRIES);
        else frame().hidden = true;
        return data.key;
    };
})();
