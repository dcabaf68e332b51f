/* What the server draws anew is made of new elements: the focus goes to the one that took the place of the old, known
   by its id. */
(function () {
    "use strict";
    let focused = null;

    document.addEventListener("focusin", (event) => { focused = event.target; });
    document.addEventListener("focusout", (event) => {
        const left = event.target;
        setTimeout(() => { // what is being removed is gone by then; what stays was left by somebody
            if (left.isConnected && left === focused) focused = null;
        });
    });
    function restore() {
        if (!focused || focused.isConnected || !focused.id || document.activeElement !== document.body) return;
        const successor = document.getElementById(focused.id);
        if (successor) successor.focus({preventScroll: true});
    }

    new MutationObserver((changes) => {
        if (changes.some((change) => change.removedNodes.length)) restore();
    }).observe(document.documentElement, {childList: true, subtree: true});
})();
