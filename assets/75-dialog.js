/* Tab stays in an open dialog: from its last control it leads to the first, and back. React's own guard lets the focus
   out to the page behind and fetches it back a moment later. */
(function () {
    "use strict";
    const CONTROLS = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled)";

    window.addEventListener("keydown", (event) => {
        const dialog = event.key === "Tab" && document.querySelector(".modal.show");
        if (!dialog) return;
        const controls = Array.from(dialog.querySelectorAll(CONTROLS)).filter((one) => one.checkVisibility());
        if (!controls.length) return;
        const at = controls.indexOf(document.activeElement), end = event.shiftKey ? 0 : controls.length - 1;
        if (at >= 0 && at !== end) return; // the browser's own next is in the dialog, too
        event.preventDefault();
        controls[event.shiftKey ? controls.length - 1 : 0].focus();
    }, true);
})();
