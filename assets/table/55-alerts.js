/* The alert table asks again when alerts changed. While the viewer is at work in it (rows ticked, a note begun,
   a detail open, a later page turned to) its rows are refreshed in place and new alerts wait behind a button. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const AGES_MS = 60000; // ages in the table are in minutes
    let revision = null, stampedAt = 0, number = 0;
    let chosen = [], order = null, doneSeen = null;
    let page = 0, opened = null, isOpenRow = false, pageBegun = false, sourcesShown = null;

    function atWork() {
        const note = document.getElementById("resolve-notes");
        const detail = document.getElementById("alert-detail");
        return page > 0 || Boolean(
            document.querySelector("#alert-table input[type=checkbox]:checked")
            || (note && note.value) || (detail && detail.childElementCount));
    }

    function stamp(hold) {
        stampedAt = Date.now();
        window.dash_clientside.set_props("alerts-stamp", {
            data: {number: ++number, hold, zone: monitoring.view.zone || monitoring.zoneName("browser")},
        });
    }

    monitoring.inAddress(() => monitoring.filters || {});

    /* The zone of its times changed: the table is asked for again with the next answer. */
    monitoring.alertsOutdated = () => { revision = null; };

    function showSources(sources) {
        const options = [{value: "all", label: "All sources"}].concat(sources);
        if (JSON.stringify(options) === sourcesShown) return;
        sourcesShown = JSON.stringify(options);
        window.dash_clientside.set_props("filter-source", {options});
    }

    monitoring.onAnswer((live) => {
        showSources(live.strip.alertSources);
        if (live.alertsRevision === revision && Date.now() - stampedAt < AGES_MS) return;
        revision = live.alertsRevision;
        stamp(atWork());
    });

    window.dash_clientside.monitoring.showNewAlerts = function (clicks) {
        if (clicks) stamp(false);
        return clicks || 0;
    };

    /* A filter leads to the first page; but for those that came with the address, and with a page of their own. */
    window.dash_clientside.monitoring.firstPage = function (state, level, source, words, clicks) {
        const asked = monitoring.askedTable;
        const fits = asked && !clicks && JSON.stringify([state, level, source, words]) === asked.filters;
        const isFirst = !pageBegun;
        pageBegun = true;
        if (fits) monitoring.askedTable = null;
        if (fits) return asked.page;
        return isFirst ? window.dash_clientside.no_update : 0;
    };

    window.dash_clientside.monitoring.rememberFilters = function (state, level, source, words, pageNow, sort, open) {
        const unless = (value, usual) => (value === usual ? null : value);
        const by = (sort || [])[0];
        page = pageNow || 0;
        opened = open || null;
        monitoring.filters = {
            state: unless(state, "open"), level: unless(level, "all"), asource: unless(source, "all"), q: words,
            page: page > 0 ? page + 1 : null, sort: by ? (by.direction === "desc" ? "-" : "") + by.column_id : null,
            alert: opened,
        };
        if (monitoring.started) monitoring.writeAddress();
        return [state, level, source, words];
    };

    const orderOf = (sort) => JSON.stringify(sort || []);
    /* The table drops its ticks when its order changes: those from before count until the rows have come. */
    function ticked(shown, positions, sort) {
        if (orderOf(sort) === order) chosen = (positions || []).filter((at) => shown[at]).map((at) => shown[at].id);
        return chosen;
    }

    /* DataTable knows rows by position. Ticks and the open row are carried over by id, in one step with the rows, and
       with what the viewer ticked while the rows were on their way. */
    window.dash_clientside.monitoring.showRows = function (rows, done, shown, positions, sort, cell) {
        const none = window.dash_clientside.no_update;
        if (!rows) return [none, none];
        const placeOf = (id) => rows.findIndex((row) => row.id === id);
        const acted = done && done !== doneSeen ? done : [];
        doneSeen = done;
        chosen = ticked(shown, positions, sort).filter((id) => !acted.includes(id));
        order = orderOf(sort);
        const places = chosen.map(placeOf).filter((at) => at >= 0);
        if (acted.includes(opened)) window.dash_clientside.set_props("alert-open", {data: null});
        const open = cell && cell.row_id ? placeOf(cell.row_id) : -1;
        if (cell && open !== cell.row) { // gone from the page (filter, sort): closed, else its cell could not be clicked
            const moved = open >= 0 ? Object.assign({}, cell, {row: open}) : null;
            window.dash_clientside.set_props("alert-table", {active_cell: moved, selected_cells: moved ? [moved] : []});
        }
        monitoring.dressTable(sort);
        return [rows, places];
    };

    /* Buttons say how many rows they will act on, and cannot be pressed without one: the ticked rows, else the
       one that is open. */
    window.dash_clientside.monitoring.showChosen = function (positions, open, shown, sort) {
        ticked(shown || [], positions, sort);
        const ticks = (positions || []).length, count = ticks || (open ? 1 : 0);
        const note = ticks ? ` (${ticks})` : "";
        return ["Acknowledge" + note, "Resolve" + note, count === 0, count === 0];
    };

    /* The row that is clicked is the alert that is open; one that the address named may be on no page. */
    window.dash_clientside.monitoring.openRow = function (cell) {
        const wasRow = isOpenRow;
        isOpenRow = Boolean(cell && cell.row_id);
        if (isOpenRow) return cell.row_id;
        return wasRow ? null : window.dash_clientside.no_update;
    };

    window.dash_clientside.monitoring.closeDetail = function (clicks) {
        if (!clicks) return 0;
        window.dash_clientside.set_props("alert-table", {active_cell: null, selected_cells: []});
        window.dash_clientside.set_props("alert-open", {data: null});
        return clicks;
    };
})();
