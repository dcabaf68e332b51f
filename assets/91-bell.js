/* The bell: from which level up its viewer is told of new alerts, and whether with a sound. Kept by this browser for all
   its tabs. The browser's leave to show notifications is asked for when the viewer chooses a level, and never else. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const NAME = "monitoring-bell", OFF = "off";
    const NOTHING = {level: OFF, sound: false};
    let begun = false, tried = 0, kept = read();

    function read() {
        try { return Object.assign({}, NOTHING, JSON.parse(localStorage.getItem(NAME))); } catch (error) { return kept || NOTHING; }
    }

    function keep(choice) {
        kept = choice;
        try { localStorage.setItem(NAME, JSON.stringify(choice)); } catch (error) { /* holds for this page */ }
    }

    monitoring.bellLevel = () => (kept.level === OFF ? null : kept.level);
    monitoring.bellSound = () => kept.sound && kept.level !== OFF;
    const permission = () => ("Notification" in window ? Notification.permission : "missing");

    function words() {
        if (kept.level === OFF) return "Off: nothing but the number in the tab's title.";
        const shown = {
            granted: "Notifications of this computer are on.",
            denied: "This browser blocks notifications of this site: its settings can allow them.",
            missing: "This browser shows notifications only over https, or not at all.",
        }[permission()] || "This browser has not been allowed to show notifications yet.";
        const sound = !kept.sound ? "" : monitoring.isSilentYet()
            ? " The browser lets no sound out before a click or a key in this page." : " With a sound.";
        return shown + sound + " Also while this tab is hidden. Not for what is silenced, snoozed or flapping.";
    }

    function draw() {
        const button = document.getElementById("bell-button"), select = document.getElementById("bell-level");
        if (!button) return;
        const option = select && Array.from(select.options).find((one) => one.value === kept.level);
        button.dataset.bell = kept.level === OFF ? "off" : kept.sound ? "sound" : "on";
        button.setAttribute("aria-label", kept.level === OFF ? "Notifications: off"
            : "Notifications: " + (option ? option.text.toLowerCase() : "on") + (kept.sound ? ", with a sound" : ""));
    }

    function say() {
        draw();
        window.dash_clientside.set_props("bell-state", {children: words()});
    }

    function ask() {
        if (permission() === "default") Notification.requestPermission().then(say, say);
    }

    window.dash_clientside.monitoring.bell = function (level, sound, tries) {
        if (!begun) return window.dash_clientside.no_update;
        const choice = {level: level || OFF, sound: Boolean(sound)};
        const changed = choice.level !== kept.level || choice.sound !== kept.sound;
        if (changed) keep(choice);
        if (changed && choice.level !== OFF) ask();
        if (choice.sound) monitoring.allowSound().then(say);
        if (tries && tries !== tried) monitoring.tryBell();
        tried = tries || 0;
        draw();
        return words();
    };

    function show(set) {
        set("bell-level", {value: kept.level});
        set("bell-sound", {value: kept.sound});
    }

    monitoring.onBegin((address, set) => {
        begun = true;
        show(set);
        say();
    });

    window.addEventListener("storage", (event) => { // chosen in another tab
        if (event.key !== NAME) return;
        kept = read();
        show(window.dash_clientside.set_props);
    });

    const openMenu = () => document.querySelector("#bell[open]");
    document.addEventListener("pointerdown", (event) => {
        const menu = openMenu();
        if (menu && !menu.contains(event.target)) menu.open = false;
    });
    /* Before the page's own keys: what lies over the page closes first, and by itself. */
    window.addEventListener("keydown", (event) => {
        const menu = event.key === "Escape" && openMenu();
        if (!menu || document.querySelector(".modal.show")) return;
        event.stopImmediatePropagation();
        menu.open = false;
        document.getElementById("bell-button").focus();
    }, true);
})();
