/* While a button or a finger is down, a banner that comes or goes moves nothing: what is pressed would else lie somewhere
   else when it is let go, and the click reach another element, or none. */
(function () {
    "use strict";

    let isHeld = false;

    function hold() {
        isHeld = true;
        for (const area of document.querySelectorAll(".notice-area")) {
            area.style.height = `${area.offsetHeight}px`;
            area.style.overflow = "hidden";
        }
    }

    function release() {
        isHeld = false;
        for (const area of document.querySelectorAll(".notice-area")) area.style.height = area.style.overflow = "";
    }

    document.addEventListener("pointerdown", hold, true);
    for (const name of ["pointerup", "pointercancel"]) {
        document.addEventListener(name, () => setTimeout(release, 0), true); // the click comes after it
    }
    document.addEventListener("pointermove", (event) => { // let go where nobody told us
        if (isHeld && !event.buttons) release();
    }, true);
})();
