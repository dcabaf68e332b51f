/* Components as the server describes them, as the elements that Dash will make of them: what the first paint shows. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const NAMES = {className: "class", htmlFor: "for"};
    const CONTROLS = {Select: ["select", "form-select"], Input: ["input", "form-control"], Textarea: ["textarea", "form-control"]};
    const ROWS = 8;
    const CHOICES = {Checklist: "checkbox", RadioItems: "radio"};

    function style(node, styles) {
        Object.entries(styles).forEach(([name, value]) => {
            if (name.startsWith("--")) node.style.setProperty(name, value);
            else node.style[name] = value;
        });
    }

    /* Attributes as React sets them; what only Dash knows (n_clicks and the like) has an underscore. */
    function dress(node, props) {
        Object.entries(props).forEach(([name, value]) => {
            if (name === "children" || name.includes("_") || value === null || value === undefined || value === false) return;
            if (name === "style") style(node, value);
            else if (typeof value !== "object") node.setAttribute((NAMES[name] || name).toLowerCase(), value === true ? "" : value);
        });
        return node;
    }

    function control(type, props) {
        const [tag, look] = CONTROLS[type], {options, size, value, debounce, ...rest} = props;
        const node = dress(document.createElement(tag), rest);
        node.className = look + (size ? ` ${look}-${size}` : "");
        if (options) node.append(...options.map((one) => new Option(one.label, one.value, false, one.value === value)));
        else if (value) node.value = value;
        return node;
    }

    /* Boxes to tick, or one of several. */
    function choices(type, {id, options, value, inline}) {
        const node = dress(document.createElement("div"), {id}), chosen = [].concat(value);
        node.append(...options.map((one) => {
            const line = document.createElement("div"), box = document.createElement("input"), label = document.createElement("label");
            line.className = "form-check" + (inline ? " form-check-inline" : "");
            Object.assign(box, {type: CHOICES[type], className: "form-check-input", checked: chosen.includes(one.value)});
            label.className = "form-check-label";
            label.textContent = one.label;
            line.append(box, label);
            return line;
        }));
        return node;
    }

    function graph({className, style: size, figure, config}, plots) {
        const node = dress(document.createElement("div"), {className, style: size});
        const plot = dress(document.createElement("div"), {style: {width: "100%", height: "100%"}});
        node.append(plot);
        if (figure) plots.push({plot, figure: {data: figure.data, layout: figure.layout, config}});
        return node;
    }

    /* In the place of a table whose rows come later. */
    const skeleton = () => Array.from({length: ROWS}, () => dress(document.createElement("div"), {className: "skeleton skeleton-line"}));

    /* The elements of a component, a text or a list of them; `plots` gets what is to be drawn in them. */
    monitoring.elements = function make(part, plots) {
        if (Array.isArray(part)) return part.flatMap((one) => make(one, plots));
        if (part === null || part === undefined) return [];
        if (typeof part !== "object") return [document.createTextNode(String(part))];
        const {namespace, type, props} = part;
        if (namespace === "dash_core_components" && type === "Graph") return [graph(props, plots)];
        if (namespace === "dash_bootstrap_components" && CONTROLS[type]) return [control(type, props)];
        if (namespace === "dash_bootstrap_components" && CHOICES[type]) return [choices(type, props)];
        if (namespace === "dash_table") return monitoring.firstRows ? [monitoring.firstRows(props)] : skeleton();
        if (namespace !== "dash_html_components") return []; // a store, a closed dialog
        const node = dress(document.createElement(type.toLowerCase()), props);
        node.append(...make(props.children, plots));
        return [node];
    };
})();
