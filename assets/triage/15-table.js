/* What the console's table can be asked: one filter line, and the headers it is sorted by. */
(function () {
    "use strict";
    window.monitoring.table = {
        filters: [["filter", "filter-line", "state:open"]],
        sorts: ["level", "what", "source", "state", "first", "age", "count"],
        keeps: true,
    };
})();
