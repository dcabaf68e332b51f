/* The number of unacknowledged alerts in the title of the tab and in its icon. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const title = document.title;
    const SIZE = 32;
    // Of the light page: an icon lies on the browser's own colours, whatever the page's are.
    const COLOURS = {critical: "#a8140c", warning: "#c67e09", info: "#4f1d7a", ok: "#1684c9", stale: "#646b75"};
    let attention = null, shown = null;

    /* A square with the number in it; without one a ring, filled once the server is not heard. */
    function icon(text, tone) {
        const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
        canvas.width = canvas.height = SIZE;
        pen.fillStyle = pen.strokeStyle = COLOURS[tone] || COLOURS.stale;
        if (!text) {
            pen.lineWidth = 7;
            pen.arc(SIZE / 2, SIZE / 2, SIZE / 2 - 6, 0, 2 * Math.PI);
            pen.stroke();
            return canvas.toDataURL("image/png");
        }
        pen.beginPath();
        pen.roundRect(0, 0, SIZE, SIZE, 7);
        pen.fill();
        pen.fillStyle = "#ffffff";
        pen.font = `bold ${text.length > 2 ? 17 : 23}px system-ui, sans-serif`;
        pen.textAlign = "center";
        pen.textBaseline = "middle";
        pen.fillText(text, SIZE / 2, SIZE / 2 + 2);
        return canvas.toDataURL("image/png");
    }

    function setIcon(href) {
        let link = document.querySelector("link[rel~=icon]");
        if (!link) {
            link = Object.assign(document.createElement("link"), {rel: "icon"});
            document.head.appendChild(link);
        }
        link.type = "image/png";
        link.href = monitoring.icon = href;
    }

    function draw() {
        if (!attention) return;
        const offline = Boolean(monitoring.offlineSince);
        const count = offline ? "?" : attention.count > 99 ? "99+" : attention.count ? String(attention.count) : "";
        const wanted = count + " " + (offline ? "stale" : attention.tone);
        if (wanted === shown) return;
        shown = wanted;
        document.title = count ? `(${count}) ${title}` : title;
        setIcon(icon(count, offline ? "stale" : attention.tone));
    }

    monitoring.onAnswer((live) => {
        if (live.attention) attention = live.attention;
        draw();
    });
    setInterval(draw, 1000); // a server that is away does not say so
})();
