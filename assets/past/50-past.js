/* The table of closed alerts: when it is asked for, what of it is in the address, and which alert is open. While the
   viewer reads on (a later page, an alert in full) its rows stay, and what was closed since waits behind a button. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const ASK_MS = 10000, COUNT_MS = 60000; // a storm of alerts must not become one of questions
    const FILTERS = [["span", "past-span", "7d"], ["from", "past-from", ""], ["to", "past-to", ""],
        ["level", "past-level", "all"], ["asource", "past-source", "all"], ["q", "past-text", ""]];
    const SORTS = ["level", "what", "fired", "closed", "duration"];
    const set = (id, props) => window.dash_clientside.set_props(id, props);
    let revision = null, counted = null, zone = null, today = null, askedAt = 0, countedAt = 0, number = 0;
    let inAddress = {}, page = 0, open = null, begun = null, isFirst = true, sources = null;

    monitoring.inAddress(() => inAddress);

    function stamp(hold) {
        askedAt = Date.now();
        set("past-stamp", {data: {number: ++number, hold, zone}});
    }

    const sourcesOf = (named) => [{value: "all", label: "All sources"}].concat(named);

    function showSources(named) {
        const options = sourcesOf(named);
        if (JSON.stringify(options) === sources) return;
        sources = JSON.stringify(options);
        set("past-source", {options});
    }

    monitoring.onAnswer((live) => {
        const now = monitoring.view.zone || monitoring.zoneName("browser");
        const otherZone = now !== zone, other = otherZone || live.today !== today; // a time without a date is of today
        [zone, today] = [now, live.today];
        showSources(live.strip.alertSources);
        if (other || (live.alertsRevision !== revision && Date.now() - askedAt > ASK_MS)) {
            revision = live.alertsRevision;
            stamp(!otherZone && (page > 0 || open !== null));
        }
        if (other || (live.alertsRevision !== counted && Date.now() - countedAt > COUNT_MS)) {
            counted = live.alertsRevision;
            countedAt = Date.now();
            set("past-counted", {data: number});
        }
    });

    /* A filter leads to the first page; but for those that came with the address, and with a page of their own. */
    window.dash_clientside.monitoring.pastFirstPage = function (...values) {
        const clicks = values.pop(), first = isFirst, asked = begun;
        isFirst = false;
        if (clicks) stamp(false);
        if (asked && JSON.stringify(values) === asked.filters) {
            begun = null;
            return asked.page;
        }
        return first ? window.dash_clientside.no_update : 0;
    };

    window.dash_clientside.monitoring.pastTimes = function (span) { return span !== "custom"; };

    window.dash_clientside.monitoring.pastRemember = function (...values) {
        const [pageNow, sort, alert] = values.splice(-3), by = (sort || [])[0];
        page = pageNow || 0;
        open = alert || null;
        inAddress = {page: page > 0 ? page + 1 : null, alert: open,
            sort: by ? (by.direction === "desc" ? "-" : "") + by.column_id : null};
        FILTERS.forEach(([name, , usual], at) => { inAddress[name] = values[at] === usual ? null : values[at]; });
        if (values[0] !== "custom") inAddress.from = inAddress.to = null;
        else inAddress.zone = zone; // times are as somebody typed them: only with the clock they go by do they say when
        if (monitoring.started) monitoring.writeAddress();
        return values;
    };

    /* DataTable knows rows by position: the mark of the open one follows its alert. */
    window.dash_clientside.monitoring.pastRows = function (rows, opened, cell, sort) {
        if (!rows) return window.dash_clientside.no_update;
        const at = rows.findIndex((row) => row.id === opened);
        if (cell && (at < 0 || at !== cell.row)) {
            const moved = at >= 0 ? Object.assign({}, cell, {row: at, row_id: opened}) : null;
            set("past-table", {active_cell: moved, selected_cells: moved ? [moved] : []});
        }
        monitoring.dressTable(sort);
        requestAnimationFrame(() => { document.querySelector(".board-past").dataset.told = "1"; });
        return rows;
    };

    window.dash_clientside.monitoring.pastOpen = function (cell) {
        if (!cell || !cell.row_id) return window.dash_clientside.no_update;
        const detail = document.getElementById("past-detail");
        if (detail && detail.getBoundingClientRect().top > window.innerHeight) { // on a phone it lies below the table
            setTimeout(() => detail.scrollIntoView({block: "center"}), 300);
        }
        return cell.row_id;
    };

    window.dash_clientside.monitoring.pastClose = function (clicks) {
        if (!clicks) return 0;
        set("past-table", {active_cell: null, selected_cells: []});
        set("past-open", {data: null});
        return clicks;
    };

    /* Before Dash runs: the filters of the address, so far as there is such a choice. */
    monitoring.firstPaint.draw = (live, find) => {
        const address = new URLSearchParams(window.location.search);
        monitoring.offerFirst("past-source", sourcesOf(live.strip.alertSources));
        FILTERS.forEach(([name, id]) => monitoring.chooseFirst(id, address.get(name)));
        find("past-times").hidden = find("past-span").value !== "custom";
    };

    monitoring.onBegin((address) => {
        FILTERS.forEach(([name, id]) => { if (address.get(name)) set(id, {value: address.get(name)}); });
        const wanted = Math.floor(Number(address.get("page"))) - 1;
        if (wanted > 0 && Number.isSafeInteger(wanted)) {
            const filters = FILTERS.map(([name, , usual]) => address.get(name) || usual);
            set("past-table", {page_count: wanted + 1}); // else the table would not have it
            if (FILTERS.some(([, , usual], at) => filters[at] !== usual)) begun = {filters: JSON.stringify(filters), page: wanted};
            else set("past-table", {page_current: wanted});
        }
        const sort = /^(-?)([a-z]+)$/.exec(address.get("sort") || "");
        if (sort && SORTS.includes(sort[2])) {
            set("past-table", {sort_by: [{column_id: sort[2], direction: sort[1] ? "desc" : "asc"}]});
        }
        if (address.get("alert")) set("past-open", {data: address.get("alert")});
    });
})();
