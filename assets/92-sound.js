/* The sound of a new alert, made here: two short tones, three for what is critical. A browser lets none out before the
   viewer has clicked or pressed a key in the page. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const TONES = {critical: [880, 660, 880], other: [660, 880]};
    const TONE_S = 0.16, VOLUME = 0.18;
    let context = null;

    monitoring.isSilentYet = () => !context || context.state !== "running";

    /* Resolves once it is known whether a sound would be heard. */
    monitoring.allowSound = function () {
        const Context = window.AudioContext;
        if (!Context) return Promise.resolve();
        context = context || new Context();
        const soon = new Promise((resolve) => setTimeout(resolve, 200)); // resume() waits for a click without end
        return context.state === "running" ? Promise.resolve() : Promise.race([context.resume(), soon]);
    };

    monitoring.chime = function (tone) {
        return monitoring.allowSound().then(() => {
            if (monitoring.isSilentYet()) return;
            (TONES[tone] || TONES.other).forEach((pitch, number) => {
                const start = context.currentTime + number * TONE_S;
                const voice = context.createOscillator(), loudness = context.createGain();
                voice.frequency.value = pitch;
                loudness.gain.setValueAtTime(0, start);
                loudness.gain.linearRampToValueAtTime(VOLUME, start + 0.02); // a hard edge would click
                loudness.gain.linearRampToValueAtTime(0, start + TONE_S);
                voice.connect(loudness).connect(context.destination);
                voice.start(start);
                voice.stop(start + TONE_S);
            });
        });
    };

    function unlock() {
        if (!monitoring.bellSound || !monitoring.bellSound()) return;
        if (monitoring.isSilentYet()) monitoring.allowSound();
    }
    document.addEventListener("pointerdown", unlock);
    document.addEventListener("keydown", unlock);
})();
