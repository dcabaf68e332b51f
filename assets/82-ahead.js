/* What Dash would ask the server for once it runs: layout and callbacks came with the document, and the answer to the
   first beat is asked for while the browser still reads its scripts. Each is handed over once, to the very question. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const element = document.getElementById("monitoring-seed");
    const seed = element ? JSON.parse(element.textContent) : {};
    const ahead = monitoring.ahead = {};
    const CHOICES = ["source-select", "zone-select", "range-select"];
    const onSeed = [];
    let first = null, arrived = null, isTaken = false;

    /* Hooked in: the first paint. Called with the layout and the promise of an answer, or with nothing. */
    ahead.onSeed = (take) => onSeed.push(take);
    ahead.isTaken = () => isTaken;

    function json(value) {
        return Promise.resolve(new Response(JSON.stringify(value), {headers: {"Content-Type": "application/json"}}));
    }

    function seeded(name) {
        const value = seed[name];
        delete seed[name];
        return value ? json(value) : null;
    }

    /* The body of a callback's request, as Dash makes it for a tick. */
    function bodyOf(question) {
        const tick = seed.dependencies.find(
            ({inputs, clientside_function: here}) => !here && inputs.length === 1 && inputs[0].id === "tick");
        if (!tick) return null;
        const outputs = tick.output.replace(/^\.\.|\.\.$/g, "").split("...").map((name) => {
            const at = name.lastIndexOf(".");
            return {id: name.slice(0, at), property: name.slice(at + 1)};
        });
        return {output: tick.output, outputs, inputs: [{id: "tick", property: "data", value: question}],
            changedPropIds: ["tick.data"], parsedChangedPropsIds: ["tick.data"]};
    }

    /* What the layout says of a control; null where it has none of that name. */
    function propsOf(part, id) {
        const props = (part && part.props) || {};
        if (props.id === id) return props;
        return [].concat(props.children || []).reduce((found, child) => found || propsOf(child, id), null);
    }

    /* The zones to choose from, and this one: an address may name any. */
    const zones = (propsOf(seed.layout, "zone-select") || {}).options || [];
    ahead.zonesWith = (zone) => zones.some(({value}) => value === zone) ? zones : zones.concat({label: zone, value: zone});

    function ask() {
        const {layout} = seed;
        if (!layout || document.hidden) return null;
        const question = monitoring.firstQuestion(...CHOICES.map((id) => (propsOf(layout, id) || {}).value));
        const body = bodyOf(question);
        if (!body) return null;
        const headers = {"Content-Type": "application/json", ...monitoring.tokenHeader()};
        const address = window.location.pathname.replace(/[^/]*$/, "") + "_dash-update-component";
        const answer = fetch(address, {method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body)});
        first = {output: body.output, question: JSON.stringify(question), answer};
        answer.then(() => { arrived = Date.now(); }, () => null); // who takes it hears of a failure
        return answer;
    }

    /* When the answer with that number came: the first may have waited for somebody to draw it. */
    ahead.arrivedAt = (number) => (number === 1 && arrived) || Date.now();

    function firstAnswer(options) {
        if (!first || !options || typeof options.body !== "string") return null;
        const {output, inputs} = JSON.parse(options.body);
        if (output !== first.output) return null;
        const {question, answer} = first;
        first = null;
        isTaken = question === JSON.stringify(inputs[0].value);
        if (!isTaken) answer.then((response) => response.body?.cancel(), () => null); // nobody reads it any more
        return isTaken ? answer : null;
    }

    /* A response that is there before it was asked for; null where there is none. */
    ahead.response = function (url, options) {
        if (url.endsWith("/_dash-layout")) return seeded("layout");
        if (url.endsWith("/_dash-dependencies")) return seeded("dependencies");
        return url.includes("/_dash-update-component") ? firstAnswer(options) : null;
    };

    /* Once all scripts of the page have said what they ask for. */
    Promise.resolve().then(() => {
        const {layout} = seed, answer = ask();
        onSeed.forEach((take) => take(layout, answer));
    });
})();
