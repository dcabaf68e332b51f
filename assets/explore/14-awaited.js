/* A question that waits for its answer. Where the request failed, or the answer is later than any that comes, it is lost:
   it is asked once more with the page's beat, which goes on while the page is paused. */
(function () {
    "use strict";
    const monitoring = window.monitoring, {explore} = monitoring;
    const WATCHDOG_MS = 20000; // an answer takes a fraction of a second; one that is this late will not come
    const FIRST_PAUSE_MS = 2500;

    /* `input`: of the callback that answers, whose value has the number of the question in `asked`. `limit` in ms. What fails
       once is asked again with the next beat; what fails again waits twice as long each time. */
    explore.awaited = function (input, ask, limit = WATCHDOG_MS) {
        let number = null, until = 0, failures = 0;
        const isDue = () => number !== null && performance.now() < until;
        monitoring.onFailed(({id, value}) => {
            if (id !== input || value.asked !== number) return;
            until = performance.now() + (failures ? Math.min(WATCHDOG_MS, FIRST_PAUSE_MS * 2 ** failures) : 0);
            failures += 1;
        });
        monitoring.onBeat(() => { if (number !== null && !isDue()) ask(); });
        return {
            begin: (asked) => { number = asked; until = performance.now() + limit; return asked; },
            end: () => { number = null; failures = 0; },
            drop: () => { number = null; },
            isDue,
        };
    };
})();
