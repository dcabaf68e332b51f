/* What the server draws anew is made of new elements. The focus goes to the one that took the place of the old, known by
   its id; and a button that is drawn anew while it is pressed has been pressed: for the browser, press and release on
   two elements are no click. */
(function () {
    "use strict";
    let focused = null, pressed = null;

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

    document.addEventListener("pointerdown", (event) => {
        pressed = event.button === 0 ? event.target.closest("button[id]") : null;
    }, true);
    document.addEventListener("pointercancel", () => { pressed = null; }, true);
    document.addEventListener("pointerup", (event) => {
        const successor = event.target.closest("button[id]");
        if (pressed && !pressed.isConnected && successor && successor.id === pressed.id) successor.click();
        pressed = null;
    }, true);

    new MutationObserver((changes) => {
        if (changes.some((change) => change.removedNodes.length)) restore();
    }).observe(document.documentElement, {childList: true, subtree: true});
})();
