/* What is shown, as a file: CSV, Parquet and a snapshot from the server, a picture from here. */
(function () {
    "use strict";
    const monitoring = window.monitoring, {explore} = monitoring;
    const WIDTH = 1200, HEIGHT = 300, HEAD = 64, SCALE = 2;
    const say = (text) => explore.say("explore-export-feedback", text);

    function save(blob, name, notes) {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = name;
        document.body.append(link);
        link.click();
        link.remove();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
        say([`Saved ${name}`, notes].filter(Boolean).join(". "));
    }

    /* The window as it is on the screen, not as it will be when the server reads the question. */
    function address(format) {
        const {page, api} = document.querySelector("main.explore").dataset;
        const {answer, view} = explore, root = window.location.pathname.split(page + "/explore")[0];
        const range = answer.span.map((at) => new Date(at * 1000).toISOString()).join("..");
        const shown = Object.assign({}, view, {range, zone: answer.zone});
        return `${root}${api}/explore/export?format=${format}&points=${explore.points()}&${explore.queryOf(shown)}`;
    }

    async function fromServer(format) {
        say("Preparing the file");
        try {
            const response = await window.fetch(address(format), {credentials: "same-origin"});
            if (!response.ok) { say((await response.json()).message || "The file could not be made."); return; }
            const named = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") || "");
            save(await response.blob(), named ? named[1] : `explore.${format}`, response.headers.get("X-Monitoring-Notes"));
        } catch (error) { say("This server does not answer: there is no file."); }
    }

    const picture = (address_) => new Promise((resolve, reject) => {
        const image = new Image();
        image.onload = () => resolve(image);
        image.onerror = reject;
        image.src = address_;
    });

    /* Each chart as plotly.js draws it, one below the other. The colours of the style sheet are put in by hand. */
    async function png() {
        const frames = Array.from(explore.frames.values()), colour = monitoring.colour;
        if (!frames.length) { say("There is no chart to take a picture of."); return; }
        say("Preparing the picture");
        const canvas = document.createElement("canvas"), context = canvas.getContext("2d");
        canvas.width = WIDTH * SCALE;
        canvas.height = (HEAD + frames.length * (HEIGHT + 28)) * SCALE;
        context.scale(SCALE, SCALE);
        context.fillStyle = colour("panel");
        context.fillRect(0, 0, WIDTH, canvas.height);
        context.fillStyle = colour("text");
        context.font = "600 18px system-ui, sans-serif";
        context.fillText(document.title, 16, 28);
        context.font = "13px system-ui, sans-serif";
        context.fillText(explore.answer.spanWords + " · " + explore.answer.step, 16, 50);
        let top = HEAD;
        for (const frame of frames) {
            const {data, layout} = explore.chartFigure(frame), names = data.filter((one) => one.meta && one.meta.kind === "line");
            Object.assign(layout, {font: {family: "system-ui, sans-serif", size: 12, color: colour("text")}, showlegend: false, width: WIDTH,
                height: HEIGHT, autosize: false, paper_bgcolor: colour("panel")});
            ["yaxis", "yaxis3"].forEach((axis) => { layout[axis].gridcolor = colour("grid"); });
            const image = await picture(await window.Plotly.toImage({data, layout}, {format: "png", width: WIDTH, height: HEIGHT, scale: SCALE}));
            context.font = "600 14px system-ui, sans-serif";
            context.fillStyle = colour("text");
            context.fillText(`${frame.chart.title} ${frame.chart.unit}`, 16, top + 18);
            let left = 32 + context.measureText(`${frame.chart.title} ${frame.chart.unit}`).width;
            context.font = "12px system-ui, sans-serif";
            names.forEach((one) => {
                context.fillStyle = one.line.color;
                const title = explore.titleOf(one.meta.key);
                context.fillText("— " + title, left, top + 18);
                left += context.measureText("— " + title).width + 16;
            });
            context.drawImage(image, 0, top + 26, WIDTH, HEIGHT);
            top += HEIGHT + 28;
        }
        const stamp = new Date(explore.answer.now).toISOString().slice(0, 19).replace(/[:-]/g, "");
        canvas.toBlob((blob) => save(blob, `explore_${stamp}.png`), "image/png");
    }

    document.addEventListener("click", (event) => {
        const key = event.target.closest && event.target.closest("[data-export]");
        if (!key || !explore.answer) return;
        key.closest("details").open = false;
        if (key.dataset.export === "png") png().catch(() => say("The picture could not be made."));
        else if (!explore.view.lines.length) say("Nothing is shown: choose a metric first.");
        else fromServer(key.dataset.export);
    });
})();
