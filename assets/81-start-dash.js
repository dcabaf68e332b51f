/* Dash's scripts and plotly.js stand in the document as texts, in their order: they hold up nothing until they are asked
   for. The last one starts Dash, once the others have run. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    let isStarted = false;

    function startDash() {
        const texts = [...document.querySelectorAll("script[data-later]")], last = texts.pop();
        const scripts = texts.map((text) => {
            const script = document.createElement("script");
            script.src = text.getAttribute("src");
            script.async = text.hasAttribute("async"); // nothing waits for plotly.js
            text.replaceWith(script);
            return script;
        });
        scripts.pop().addEventListener("load", () => {
            const script = document.createElement("script");
            script.id = last.id;
            script.textContent = last.textContent;
            last.replaceWith(script);
        });
    }

    monitoring.startDash = function () {
        if (isStarted) return;
        isStarted = true;
        if (document.readyState !== "loading") startDash();
        else document.addEventListener("DOMContentLoaded", startDash); // its scripts stand behind this one
    };
})();
