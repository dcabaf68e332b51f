/* What a failed request means. Dash shows nothing: a 401 throws inside its renderer, a redirect hangs it. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const COOLDOWN_MS = 30000; // a reload that does not help must not become a storm
    const plain = window.fetch.bind(window);
    const HEADER = JSON.parse(document.getElementById("_dash-config").textContent).csrf_header_name;

    /* The header that protects a write, by the token that this browser has now; null where it has none. */
    monitoring.tokenHeader = function () {
        const token = document.cookie.match(/(?:^|; )monitoring_csrf=([^;]+)/);
        return token && {[HEADER]: decodeURIComponent(token[1])};
    };

    function reloadOnce() {
        const last = Number(sessionStorage.getItem("monitoring-reloaded") || 0);
        if (Date.now() - last < COOLDOWN_MS) return;
        sessionStorage.setItem("monitoring-reloaded", String(Date.now()));
        monitoring.keepTyped();
        window.location.reload(); // the guard sends whoever is no longer signed in to the login page
    }

    /* A token dies after an hour, a tab may be paused for longer. The refusal brought a new one: the same request
       goes out once more with it, and nothing that was typed or clicked is lost. */
    async function withFreshToken(resource, options) {
        const response = await plain(resource, options);
        const token = monitoring.tokenHeader();
        if (response.status !== 400 || !token || !options || options.method !== "POST") return response;
        const headers = new Headers(options.headers);
        Object.entries(token).forEach(([name, value]) => headers.set(name, value));
        return plain(resource, Object.assign({}, options, {headers}));
    }

    /* Who answers in the server's place (a portal that wants a sign-in first, a proxy) does so with a page of its own, and
       as if all were well. An answer is JSON, or nothing where there is nothing to change. */
    function answerOf(response) {
        const type = response.headers.get("Content-Type") || "";
        if (!response.ok || response.status === 204 || type.startsWith("application/json")) return response;
        response.body?.cancel(); // nobody reads it
        return new Response(null, {status: 502});
    }

    /* Who asked hears that there is no answer: the beat, and the scripts of the page by the inputs of the callback. */
    function fail(options) {
        monitoring.answered();
        const {inputs} = options && options.body ? JSON.parse(options.body) : {};
        (inputs || []).forEach((input) => monitoring.hooks.onFailed.forEach((take) => take(input)));
    }

    window.fetch = async function (resource, options) {
        const url = typeof resource === "string" ? resource : resource.url;
        if (!url.includes("/_dash-")) return plain(resource, options);
        const ahead = monitoring.ahead.response(url, options);
        const early = ahead && await ahead.catch(() => null);
        if (early && early.ok) return early; // one that failed is asked for again, and what fails then is told
        try {
            const response = answerOf(await withFreshToken(resource, options));
            if ([400, 401, 403].includes(response.status)) reloadOnce();
            if (response.status >= 500) monitoring.offlineSince = monitoring.offlineSince || Date.now();
            else monitoring.offlineSince = null;
            if (!response.ok) fail(options);
            return response;
        } catch (error) {
            monitoring.offlineSince = monitoring.offlineSince || Date.now();
            fail(options);
            throw error;
        }
    };
})();
