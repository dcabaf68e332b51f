/* Whether the table itself shows the rows it was given: until then the first paint stays, since what is below the table
   moves with them. Not for ever, if no answer comes: what else there is can be used without it. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const LIMIT_MS = 5000;
    let isWaiting = false, isLate = false;

    monitoring.hasRows = function (page) {
        if (!isWaiting) setTimeout(() => { isLate = true; }, LIMIT_MS);
        isWaiting = true;
        const {shownRows} = monitoring, drawn = page.querySelectorAll("#alert-table td[data-dash-column=what]");
        return isLate || Boolean(shownRows) && drawn.length === shownRows.length;
    };
})();
