/* What the server draws anew is made of new elements. The focus goes to the one that took the place of the old, known by
   its id; and a button that is drawn anew while it is pressed has been pressed: for the browser, press and release on
   two elements are no click. But for a finger, in some browsers: then there is one already, and it counts once. */
(function () {
    "use strict";
    let focused = null, pressed = null, clicked = null;

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

    /* The button that an event is about. Who lets go outside of the window may do so on the document. */
    const buttonOf = ({target}) => (target.closest ? target.closest("button[id]:not(:disabled)") : null);

    /* The one that took the place of the pressed one, where it is let go there. */
    function takeSuccessor(event) {
        const before = pressed, button = buttonOf(event);
        pressed = null;
        return before && !before.isConnected && button && button.id === before.id ? button : null;
    }

    document.addEventListener("pointerdown", (event) => {
        pressed = event.button === 0 ? buttonOf(event) : null;
        clicked = null;
    }, true);
    document.addEventListener("pointercancel", () => { pressed = null; }, true);
    document.addEventListener("pointerup", (event) => {
        const successor = takeSuccessor(event);
        if (!successor) return;
        clicked = event.pointerType === "mouse" ? null : successor.id;
        successor.click();
    }, true);
    document.addEventListener("click", (event) => {
        const button = buttonOf(event);
        if (!event.isTrusted || !event.detail || !clicked || !button || button.id !== clicked) return; // a key has no detail
        clicked = null;
        event.preventDefault();
        event.stopImmediatePropagation();
    }, true);

    document.addEventListener("keydown", (event) => {
        if (event.key === " " && !event.repeat) pressed = buttonOf(event);
    }, true);
    document.addEventListener("keyup", (event) => {
        const successor = event.key === " " ? takeSuccessor(event) : null;
        if (!successor) return;
        event.preventDefault();
        successor.click();
    }, true);

    new MutationObserver((changes) => {
        if (changes.some((change) => change.removedNodes.length)) restore();
    }).observe(document.documentElement, {childList: true, subtree: true});
})();
