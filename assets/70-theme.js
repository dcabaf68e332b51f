/* Light and dark: the system's until the viewer chooses. Before the first paint, so that nothing flashes. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    let chosen = null;
    try { chosen = localStorage.getItem("monitoring-theme"); } catch (error) { /* private window: follow the system */ }

    function apply() {
        const theme = chosen === "dark" || chosen === "light" ? chosen : system.matches ? "dark" : "light";
        document.documentElement.dataset.bsTheme = theme;
        document.documentElement.classList.toggle("theme-dark", theme === "dark");
        document.documentElement.classList.toggle("theme-light", theme !== "dark");
        const button = document.getElementById("theme-toggle");
        if (button) {
            button.textContent = theme === "dark" ? "☀" : "☾";
            button.setAttribute("aria-label", theme === "dark" ? "Switch to light" : "Switch to dark");
        }
        if (monitoring.answer) monitoring.hooks.onTheme.forEach((draw) => draw());
    }

    monitoring.showTheme = apply;

    window.dash_clientside.monitoring.toggleTheme = function (clicks) {
        if (clicks) {
            chosen = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
            try { localStorage.setItem("monitoring-theme", chosen); } catch (error) { /* holds for this visit */ }
        }
        apply();
        return clicks || 0;
    };

    system.addEventListener("change", apply);
    apply();
})();
