/* A question that waits for its answer. Where the request failed, or the answer is later than any that comes, it is lost:
   it is asked once more with the page's beat, which goes on while the page is paused. */
(function () {
    "use strict";
    const monitoring = window.monitoring, {explore} = monitoring;
    const WATCHDOG_MS = 20000; // an answer takes a fraction of a second; one that is this late will not come

    /* `input`: of the callback that answers, whose value has the number of the question in `asked`. */
    explore.awaited = function (input, ask) {
        let number = null, until = 0;
        const isDue = () => number !== null && performance.now() < until;
        monitoring.onFailed(({id, value}) => { if (id === input && value.asked === number) until = 0; });
        monitoring.onBeat(() => { if (number !== null && !isDue()) ask(); });
        return {
            begin: (asked) => { number = asked; until = performance.now() + WATCHDOG_MS; return asked; },
            end: () => { number = null; },
            isDue,
        };
    };
})();
