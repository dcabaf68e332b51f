/* Of each new alert, and of each that is back from an acknowledgement, the viewer is told once, whatever number of
   tabs is open. What was told is in the storage they share; but what one tab writes the others may see a moment later,
   so the tab that tells holds a lock on the alert's mark until all have seen it. Without locks (a page over http) it
   writes its claim, waits, and tells only where no other tab has written one since. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const TOLD = "monitoring-told", CLAIM = "monitoring-claim";
    const SETTLE_MS = 150; // a tab of another process usually sees what was written within some milliseconds
    const HELD_MS = 60000; // and in any case by then
    const GONE_MS = 300000; // nobody was there to be told for that long: what is there when somebody comes is not news
    const KEPT = 500; // keys that are remembered, far more than an answer brings
    const WHEN = 5; // place of its time (ms) in what is told of an alert
    const SINGLY = 3; // more at once are one notification with their number
    const me = Math.random().toString(36).slice(2);
    let memory = {}, attention = null, fresh = [], claiming = false, begun = false;

    function read(name) {
        try { return JSON.parse(localStorage.getItem(name)); } catch (error) { return memory[name] || null; }
    }

    function write(name, value) {
        memory[name] = value;
        try { localStorage.setItem(name, JSON.stringify(value)); } catch (error) { /* this tab alone remembers */ }
    }

    /* `older`: where more were there than a page is told of, what became news before then (ms) has been passed over. */
    function remember(keys, level, older = attention.older || 0) {
        const told = read(TOLD) || {};
        const all = Array.from(new Set(keys.concat(told.keys || [])));
        write(TOLD, {at: Date.now(), level, older, keys: all.slice(0, KEPT)});
    }

    const untold = () => {
        const known = new Set((read(TOLD) || {}).keys || []);
        return fresh.filter(([key]) => !known.has(key));
    };

    function addressOf(key) {
        const root = document.querySelector("[data-alerts]");
        const page = new URL(root ? root.dataset.alerts : ".", window.location.href);
        if (key) page.searchParams.set("alert", key);
        return page;
    }

    function open(key) {
        window.focus();
        const there = addressOf(key);
        if (key && there.pathname === window.location.pathname) {
            window.dash_clientside.set_props("alert-open", {data: key});
        } else window.location.assign(there);
    }

    function notify(title, body, tag, key) {
        if (!("Notification" in window) || Notification.permission !== "granted") return;
        try {
            const shown = new Notification(title, {body, tag, icon: monitoring.icon});
            shown.onclick = () => { shown.close(); open(key); };
        } catch (error) { /* phones take them from a service worker only: the sound is what there is */ }
    }

    function tell(alerts) {
        if (alerts.length > SINGLY) {
            const some = alerts.slice(0, SINGLY).map(([, , level, title]) => `${level}: ${title}`).join("\n");
            notify(`${alerts.length} new alerts`, some, "monitoring-several", null);
        } else alerts.forEach(([mark, , level, title, place]) => notify(`${level}: ${title}`, place, mark, mark.split("#")[0]));
        if (monitoring.bellSound()) monitoring.chime(alerts.some(([, tone]) => tone === "critical") ? "critical" : "other");
    }

    function isMine(key) {
        return new Promise((resolve) => {
            navigator.locks.request("monitoring-told " + key, {ifAvailable: true}, (lock) => {
                resolve(Boolean(lock));
                return lock ? new Promise((release) => setTimeout(release, HELD_MS)) : null;
            }).catch(() => resolve(false));
        });
    }

    async function locked(alerts) {
        const won = await Promise.all(alerts.map(([key]) => isMine(key)));
        return alerts.filter((alert, at) => won[at]);
    }

    async function lastToWrite(alerts) {
        const mine = `${me} ${performance.now()}`;
        write(CLAIM, mine);
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        return read(CLAIM) === mine ? alerts : [];
    }

    async function claim() {
        claiming = true;
        const mine = new Set((await (navigator.locks ? locked : lastToWrite)(untold())).map(([key]) => key));
        const alerts = untold().filter(([key]) => mine.has(key)), level = monitoring.bellLevel();
        claiming = false;
        if (!alerts.length || !level) return; // another tab tells
        remember(alerts.map(([key]) => key), level);
        tell(alerts);
    }

    monitoring.onAnswer((live) => {
        const level = monitoring.bellLevel(), told = read(TOLD) || {};
        if (live.attention) attention = live.attention;
        if (!level || !attention || attention.level !== level) return; // an answer to what was asked before the choice
        fresh = attention.fresh;
        const nobodyWasThere = !begun && Date.now() - (told.at || 0) > GONE_MS;
        // One that moves up as others are worked off is no news. While something is, another tab may be about to tell it.
        const before = told.older || 0, passedOver = untold().filter((one) => one[WHEN] <= before);
        const older = untold().length > passedOver.length ? before : attention.older || 0;
        if (told.level !== level || nobodyWasThere) remember(fresh.map(([key]) => key), level);
        else if (passedOver.length || older !== before || Date.now() - (told.at || 0) > GONE_MS / 10) {
            remember(passedOver.map(([key]) => key), level, older);
        }
        begun = true;
        if (!claiming && untold().length) claim();
    });

    monitoring.tryBell = function () {
        notify("▲ Warning: this is how it looks", "Nothing has happened.", "monitoring-try", null);
        if (monitoring.bellSound()) monitoring.chime("other");
    };
})();
