/* What is done with alerts: asked of the server, told, and taken back within ten seconds. A note stays where it is
   until something was changed with it. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const UNDO_MS = 10000;
    const SETTLE_MS = 100; // until ticks and note are gone, and with them the reason to hold the rows
    const WATCHDOG_MS = 15000; // a thousand transitions take some three seconds
    const set = (id, props) => window.dash_clientside.set_props(id, props);
    const value = (id) => (document.getElementById(id) || {}).value || "";
    let number = 0, pending = null, undo = null, question = null;

    monitoring.say = function (words) {
        const place = document.getElementById("alert-feedback");
        place.textContent = ""; // the same words again are told again
        place.textContent = words;
    };
    monitoring.isActing = () => pending !== null;

    function failed(action) {
        document.querySelectorAll("#alert-bar [data-act]").forEach((button) => {
            if (button.dataset.act === action) button.dataset.failed = "1";
            else delete button.dataset.failed;
        });
    }

    function send(asked) {
        pending = Object.assign({number: ++number, at: performance.now(), zone: monitoring.view.zone || "UTC"}, asked);
        failed(null);
        hideUndo();
        set("alert-asked", {data: pending});
        monitoring.showBar();
    }

    const HOW_LONG = {acknowledge: "acknowledge-for", snooze: "snooze-for"};
    monitoring.act = function (button) {
        if (pending) return;
        const targets = monitoring.targets(), action = button === "assign-me" ? "assign" : button;
        if (!targets.count) {
            monitoring.say("Nothing is selected: j and k move, x selects.");
            return;
        }
        const to = button === "assign" ? value("assign-to").trim() : null;
        if (to === "") {
            document.getElementById("assign-to").focus();
            monitoring.say("To whom? Type a name first.");
            return;
        }
        send({action, button, keys: targets.keys, line: targets.line, expected: targets.count, seen: monitoring.seenAssigned(targets.keys), to,
              notes: value("resolve-notes"), for: HOW_LONG[action] ? value(HOW_LONG[action]) : null});
    };

    function hideUndo() {
        if (undo) clearInterval(undo.timer);
        undo = null;
        document.getElementById("alert-undo").hidden = true;
    }
    function showUndo(planned) {
        const button = document.getElementById("alert-undo"), until = performance.now() + UNDO_MS;
        const tell = () => {
            const left = Math.ceil((until - performance.now()) / 1000);
            if (left <= 0) { hideUndo(); return; }
            button.textContent = `Undo (${left} s)`;
        };
        undo = {planned, timer: setInterval(tell, 250)};
        button.setAttribute("aria-label", "Undo");
        button.hidden = false;
        tell();
    }
    monitoring.undo = function () {
        if (undo && !pending) send({action: "undo", button: null, undo: undo.planned});
    };

    window.dash_clientside.monitoring.acted = function (acted) {
        if (!acted || !pending || acted.number !== pending.number) return window.dash_clientside.no_update;
        const asked = pending;
        pending = null;
        if (acted.question) {
            question = Object.assign({}, asked, {keys: acted.question.keys, line: undefined, confirmed: true});
            set("bulk-question", {children: acted.question.text});
            set("bulk-dialog", {is_open: true});
        } else {
            monitoring.say(acted.told);
            failed(acted.failed ? asked.button : null);
            if (!acted.failed) {
                if (asked.action !== "undo") set("resolve-notes", {value: ""});
                if (asked.button === "assign") set("assign-to", {value: ""});
                if (asked.line !== undefined || asked.confirmed) monitoring.chooseNone();
            }
            if (acted.done.length) set("alerts-done", {data: acted.done});
            if (acted.undo.length) showUndo(acted.undo);
            setTimeout(monitoring.askTable, SETTLE_MS);
            monitoring.wake();
        }
        monitoring.showBar();
        return acted.number;
    };

    /* Nobody answers: that is told, and whether it was done shows when somebody does. */
    setInterval(() => {
        if (!pending) return;
        const isLost = monitoring.offlineSince || performance.now() - pending.at > WATCHDOG_MS;
        if (!isLost) return;
        failed(pending.button);
        pending = null;
        monitoring.say("No answer from the server. Whether anything was changed shows when it is back.");
        monitoring.showBar();
    }, 500);

    document.addEventListener("click", (event) => {
        const button = event.target.closest && event.target.closest("button");
        if (!button) return;
        if (button.dataset.act) monitoring.act(button.dataset.act);
        if (button.id === "alert-undo") monitoring.undo();
        if (button.id === "bulk-cancel" || button.id === "bulk-confirm") {
            set("bulk-dialog", {is_open: false});
            if (button.id === "bulk-confirm" && question && !pending) send(question);
            else monitoring.say("Nothing was changed.");
            question = null;
        }
    });
})();
