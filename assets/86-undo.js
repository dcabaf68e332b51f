/* Dash keeps all that a viewer or a clock ever set, each beat among them, for an undo that no page of ours offers: a tab
   that is open for weeks would hold hundreds of thousands (dash #727). The last one stays: Dash goes back to it after an
   error. */
(function () {
    "use strict";

    window.monitoring.onAnswer(() => (window.dash_stores || []).forEach((store) => {
        const past = store.getState().history?.past; // no part of what Dash documents
        if (past) past.splice(0, past.length - 1);
    }));
})();
