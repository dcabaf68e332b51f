/* Tiles and gauges: their frames come from the server once, their values with every tick. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const SPARK_POINTS = 60, SPARK_WIDTH = 120, SPARK_HEIGHT = 26;
    const SVG = "http://www.w3.org/2000/svg";

    function text(element, content) {
        if (element && element.textContent !== content) element.textContent = content;
    }

    /* How wide a value is in its own type, and its unit in pixels: what is too long for its tile is set smaller, since
       a figure that is cut off reads as another one. */
    function fit(line, value, unit) {
        const narrow = (value.match(/[.,]/g) || []).length;
        line.style.setProperty("--value-em", ((value.length - narrow) * 0.7 + narrow * 0.4).toFixed(1));
        line.style.setProperty("--unit-px", unit ? `${unit.length * 8 + 4}px` : "0px");
    }

    function sparkline(element, values) {
        const finite = values.filter((value) => value !== null);
        let svg = element.firstElementChild;
        if (!svg) {
            svg = document.createElementNS(SVG, "svg");
            svg.setAttribute("viewBox", `0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`);
            svg.setAttribute("preserveAspectRatio", "none");
            svg.setAttribute("aria-hidden", "true");
            svg.appendChild(document.createElementNS(SVG, "path"));
            element.appendChild(svg);
        }
        const low = Math.min(...finite), high = Math.max(...finite);
        const size = Math.max(Math.abs(low), Math.abs(high)); // parts of it: what lies between two numbers may be none
        const step = SPARK_WIDTH / (SPARK_POINTS - 1), start = SPARK_WIDTH - (values.length - 1) * step;
        let path = "", pen = false;
        values.forEach((value, index) => {
            if (value === null) { pen = false; return; } // a hole stays a hole
            const share = high > low ? (value / size - low / size) / (high / size - low / size) : 0.5;
            const y = SPARK_HEIGHT - 2 - share * (SPARK_HEIGHT - 4);
            path += `${pen ? "L" : "M"}${(start + index * step).toFixed(1)} ${y.toFixed(1)}`;
            pen = true;
        });
        svg.firstElementChild.setAttribute("d", finite.length > 1 ? path : "");
    }

    monitoring.drawTiles = function (answer) {
        const model = monitoring.model;
        if (answer.sparks) model.tiles = answer.sparks;
        document.querySelectorAll("[data-tile]").forEach((tile) => {
            const index = Number(tile.dataset.tile), shown = answer.tiles[index];
            if (!shown) return;
            const [value, unit, note, band, fresh] = shown;
            text(tile.querySelector(".tile-value"), value);
            text(tile.querySelector(".tile-unit"), unit);
            text(tile.querySelector(".tile-note"), note);
            fit(tile.querySelector(".tile-line"), value, unit);
            tile.dataset.band = band;
            if (!answer.sparks && model.tiles[index] && fresh) {
                fresh.forEach((number) => model.tiles[index].push(number));
                model.tiles[index].splice(0, Math.max(0, model.tiles[index].length - SPARK_POINTS));
            }
            if (model.tiles[index] && model.tiles[index].length) sparkline(tile.querySelector(".tile-spark"), model.tiles[index]);
        });
    };

    function colour(name) {
        return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
    }
    monitoring.colour = colour;

    function needle([value, band, label, old]) {
        return {value, bar: colour(old ? "stale" : band === "none" ? "series-1" : band), text: colour("text")};
    }

    monitoring.fillGauge = function (frame, plot, {data, layout}) {
        const {value, bar, text: words} = needle(monitoring.model.gauges[Number(frame.dataset.gauge)]);
        Object.assign(data[0], {value});
        data[0].gauge.bar.color = bar;
        layout.font.color = words;
        plot.dataset.shown = JSON.stringify([value, bar, words]);
    };

    monitoring.drawGauges = function () {
        document.querySelectorAll("[data-gauge]").forEach((frame) => {
            const shown = monitoring.model.gauges[Number(frame.dataset.gauge)];
            const graph = frame.querySelector(".js-plotly-plot");
            if (!shown) return;
            const [, , label, old] = shown;
            frame.setAttribute("aria-label", label);
            if (old) frame.dataset.old = old;
            else delete frame.dataset.old;
            if (!graph || !graph._fullLayout || !window.Plotly) return;
            const {value, bar, text: words} = needle(shown), key = JSON.stringify([value, bar, words]);
            if (graph.dataset.shown === key) return;
            graph.dataset.shown = key;
            window.Plotly.update(graph, {value, "gauge.bar.color": bar}, {"font.color": words}, [0]);
        });
    };
})();
