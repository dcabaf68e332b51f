/* The words somebody was typing when the session ended are there again once the same person has signed in, in this tab.
   Not what was chosen beside them, nor what a form has in a field by itself. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const NAME = "monitoring-typed";
    const FIELDS = "input[type=text], input[type=datetime-local], textarea"; // a start that is lost would be now
    const SECRET = "#route-urls"; // addresses with their passwords are kept nowhere
    const typed = new Set();
    let person = null;

    document.addEventListener("input", (event) => {
        const field = event.target;
        if (field.id && monitoring.isTypedIn(field) && field.matches(FIELDS) && !field.matches(SECRET)) typed.add(field.id);
    });

    monitoring.keepTyped = function () {
        const fields = Array.from(typed, (id) => [id, (document.getElementById(id) || {}).value]).filter(([, value]) => value);
        const kept = {person, path: window.location.pathname, fields};
        if (person && fields.length) sessionStorage.setItem(NAME, JSON.stringify(kept));
    };

    /* `who` looks at the page. Nobody gets what another has typed. */
    monitoring.giveBackTyped = function (who) {
        person = who;
        const kept = JSON.parse(sessionStorage.getItem(NAME));
        sessionStorage.removeItem(NAME);
        if (!kept || kept.person !== who || kept.path !== window.location.pathname) return;
        kept.fields.forEach(([id, value]) => {
            const field = document.getElementById(id);
            if (!field || field.value) return;
            window.dash_clientside.set_props(id, {value});
            typed.add(id);
        });
    };
})();
