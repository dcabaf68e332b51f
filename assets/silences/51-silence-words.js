/* When a silence counts and what it hits changes with the minute and with every alert: only the words are changed, so
   that no button goes away under a hand. */
(function () {
    "use strict";
    let words = {};

    function write(element, text) {
        if (element && element.textContent !== text) element.textContent = text;
    }

    function fill() {
        document.querySelectorAll("#silence-list [data-silence]").forEach((entry) => {
            const [when, hits] = words[entry.dataset.silence] || [];
            if (!when) return;
            write(entry.querySelector(".silence-when strong"), when);
            write(entry.querySelector(".silence-hits"), hits);
        });
    }

    window.monitoring.onAnswer((live) => {
        if (!live.silences) return;
        words = live.silences;
        fill();
    });
})();
