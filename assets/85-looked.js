/* When this person last looked, and the panel of what happened since.

   Kept in this browser, by the name of the person: it changes every few seconds while somebody looks, and no page waits
   for Redis, least of all while Redis is away; and who looks when is nobody's business but theirs. The price: another
   browser of the same person has a memory of its own. A hidden tab, and a paused one, does not look. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const AWAY_S = 120; // less is a look at another tab, or a page that is slow to come
    const SAME_RETURN_S = 1800; // coming back twice within that: what was not dismissed is told once more with the rest
    const PLACES = ".console-overview, .console-alerts"; // where the panel is shown
    let person = null, asked = null;

    const name = () => "monitoring-looked-" + person;

    function read() {
        try { return JSON.parse(localStorage.getItem(name())) || {}; } catch (error) { return {}; }
    }

    function write(record) {
        try { localStorage.setItem(name(), JSON.stringify(record)); } catch (error) { /* private window: no memory */ }
    }

    /* {looked, since, until, dismissed}: the last look, and the time away that is or was told of. Server's clock. */
    function lookedAgain(record, now) {
        const away = record.looked && now - record.looked > AWAY_S;
        if (!away) return Object.assign({}, record, {looked: now});
        const untold = record.since && !record.dismissed && now - record.until < SAME_RETURN_S;
        return {looked: now, since: untold ? record.since : record.looked, until: now, dismissed: false};
    }

    function show(record) {
        if (!document.querySelector(PLACES)) return;
        const wanted = record.since && !record.dismissed
            ? {since: record.since, until: record.until, zone: monitoring.view.zone || monitoring.zoneName("browser"),
                today: monitoring.answer && monitoring.answer.today} : null; // a time without a date is of today
        if (JSON.stringify(wanted) === JSON.stringify(asked)) return;
        asked = wanted;
        window.dash_clientside.set_props("since-asked", {data: wanted || {}});
    }

    function look() {
        if (!person || !monitoring.answer || document.hidden || !monitoring.live) return;
        const record = lookedAgain(read(), monitoring.now());
        write(record);
        show(record);
    }

    monitoring.onAnswer(look);

    window.dash_clientside.monitoring.looking = function (whose) {
        if (whose && whose !== person) monitoring.giveBackTyped(whose);
        person = whose || person;
        look();
        return person;
    };

    window.dash_clientside.monitoring.dismissSince = function (clicks) {
        if (!clicks) return 0;
        write(Object.assign(read(), {dismissed: true}));
        show(read());
        return clicks;
    };

    window.addEventListener("storage", (event) => { // dismissed in another tab
        if (person && event.key === name() && !document.hidden) show(read());
    });
})();
