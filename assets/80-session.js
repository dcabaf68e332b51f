/* What a failed request means. Dash shows nothing: a 401 throws inside its renderer, a redirect hangs it. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const COOLDOWN_MS = 30000; // a reload that does not help must not become a storm
    const plain = window.fetch.bind(window);

    function reloadOnce() {
        const last = Number(sessionStorage.getItem("monitoring-reloaded") || 0);
        if (Date.now() - last < COOLDOWN_MS) return;
        sessionStorage.setItem("monitoring-reloaded", String(Date.now()));
        window.location.reload(); // the guard sends whoever is no longer signed in to the login page
    }

    window.fetch = async function (resource, options) {
        const url = typeof resource === "string" ? resource : resource.url;
        if (!url.includes("/_dash-")) return plain(resource, options);
        try {
            const response = await plain(resource, options);
            if ([400, 401, 403].includes(response.status)) reloadOnce();
            if (response.status >= 500) monitoring.offlineSince = monitoring.offlineSince || Date.now();
            else monitoring.offlineSince = null;
            if (!response.ok) monitoring.answered();
            return response;
        } catch (error) {
            monitoring.offlineSince = monitoring.offlineSince || Date.now();
            monitoring.answered();
            throw error;
        }
    };
})();
