/* A table of alerts asks again when alerts changed. While the viewer is at work in it (rows ticked, a note begun,
   a detail open, a later page turned to) its rows are refreshed in place and new alerts wait behind a button.
   `monitoring.table` says what a page's table can be asked, and how it differs:
   keeps: ticks of other pages stay, and what is open stays open until it is closed. */
(function () {
    "use strict";
    const monitoring = window.monitoring;
    const AGES_MS = 60000; // ages in the table are in minutes
    let revision = null, stampedAt = 0, number = 0, isHeld = false;
    let chosen = [], order = null, doneSeen = null, asked = null, isFiltered = false;
    let page = 0, opened = null, isOpenRow = false, pageBegun = false;
    const busy = [], keeps = () => monitoring.table.keeps;

    /* Further signs of work. */
    monitoring.atWorkWhen = (test) => busy.push(test);

    function atWork() {
        const note = document.getElementById("resolve-notes");
        return page > 0 || (keeps() && chosen.length > 0) || Boolean(
            document.querySelector("#alert-table input[type=checkbox]:checked")
            || (note && note.value) || monitoring.isDetailShown()) || busy.some((test) => test());
    }

    function stamp(hold) {
        stampedAt = Date.now();
        isHeld = hold;
        window.dash_clientside.set_props("alerts-stamp", {
            data: {number: ++number, hold, zone: monitoring.view.zone || monitoring.zoneName("browser")},
        });
    }

    monitoring.inAddress(() => monitoring.filters || {});

    /* The zone of its times changed: the table is asked for again with the next answer. */
    monitoring.alertsOutdated = () => { revision = null; };
    monitoring.askTable = () => stamp(atWork());
    monitoring.openAlert = () => opened;

    monitoring.onAnswer((live) => {
        const isOver = isHeld && !atWork(); // the work is done: what waits comes by itself
        if (live.alertsRevision === revision && Date.now() - stampedAt < AGES_MS && !isOver) return;
        revision = live.alertsRevision;
        stamp(atWork());
    });

    window.dash_clientside.monitoring.showNewAlerts = function (clicks) {
        if (clicks) stamp(false);
        return clicks || 0;
    };

    /* A filter leads to the first page; but for those that came with the address, and with a page of their own. */
    window.dash_clientside.monitoring.firstPage = function (...values) {
        const clicks = values.pop(), begun = monitoring.askedTable, now = JSON.stringify(values);
        const fits = begun && !clicks && now === begun.filters;
        const isFirst = !pageBegun;
        pageBegun = true;
        isFiltered = isFiltered || (asked !== null && asked !== now);
        asked = now;
        if (fits) monitoring.askedTable = null;
        if (fits) return begun.page;
        return isFirst ? window.dash_clientside.no_update : 0;
    };

    /* The values of the filters, then page, sort and open alert. A filter that was emptied is a space in the address:
       without anything there it would be the usual one again. */
    window.dash_clientside.monitoring.rememberFilters = function (...values) {
        const [pageNow, sort, open] = values.splice(-3), by = (sort || [])[0];
        page = pageNow || 0;
        opened = open || null;
        monitoring.filters = {
            page: page > 0 ? page + 1 : null, sort: by ? (by.direction === "desc" ? "-" : "") + by.column_id : null,
            alert: opened,
        };
        monitoring.table.filters.forEach(([name, , usual], at) => {
            monitoring.filters[name] = values[at] === usual ? null : values[at] || " ";
        });
        if (monitoring.started) monitoring.writeAddress();
        return values;
    };

    const orderOf = (sort, pageNow) => JSON.stringify([sort || [], (keeps() && pageNow) || 0]);
    /* The table drops its ticks when its order or page changes: those from before count until the rows have come. */
    monitoring.ticked = function (positions, shown, sort, pageNow) {
        if (orderOf(sort, pageNow) !== order) return chosen;
        const ticks = (positions || []).filter((at) => shown[at]).map((at) => shown[at].id);
        const elsewhere = keeps() ? chosen.filter((id) => !shown.some((row) => row.id === id)) : [];
        chosen = elsewhere.concat(ticks);
        return chosen;
    };
    monitoring.setTicks = function (ids, rows) {
        chosen = ids;
        const places = rows.map((row, at) => (ids.includes(row.id) ? at : -1)).filter((at) => at >= 0);
        window.dash_clientside.set_props("alert-table", {selected_rows: places});
    };

    /* DataTable knows rows by position. Ticks and the open row are carried over by id, in one step with the rows, and
       with what the viewer ticked while the rows were on their way. */
    window.dash_clientside.monitoring.showRows = function (rows, done, positions, cell, shown, sort, pageNow) {
        const none = window.dash_clientside.no_update;
        if (!rows) return [none, none];
        const placeOf = (id) => rows.findIndex((row) => row.id === id);
        const acted = done && done !== doneSeen ? done : [];
        doneSeen = done;
        chosen = monitoring.ticked(positions, shown || [], sort, pageNow).filter((id) => !acted.includes(id));
        if (isFiltered) chosen = chosen.filter((id) => placeOf(id) >= 0); // another filter, another choice
        isFiltered = false;
        order = orderOf(sort, pageNow);
        const places = chosen.map(placeOf).filter((at) => at >= 0);
        if (!keeps() && acted.includes(opened)) window.dash_clientside.set_props("alert-open", {data: null});
        const open = cell && cell.row_id ? placeOf(cell.row_id) : -1;
        if (cell && open !== cell.row) { // gone from the page (filter, sort): closed, else its cell could not be clicked
            const moved = open >= 0 ? Object.assign({}, cell, {row: open}) : null;
            window.dash_clientside.set_props("alert-table", {active_cell: moved, selected_cells: moved ? [moved] : []});
        }
        monitoring.shownRows = rows;
        monitoring.dressTable(sort);
        return [rows, places];
    };

    /* Buttons say how many rows they will act on, and cannot be pressed without one: the ticked rows, else the
       one that is open. */
    window.dash_clientside.monitoring.showChosen = function (positions, open, shown, sort, pageNow) {
        monitoring.ticked(positions, shown || [], sort, pageNow);
        const ticks = (positions || []).length, count = ticks || (open ? 1 : 0);
        const note = ticks ? ` (${ticks})` : "";
        return ["Acknowledge" + note, "Resolve" + note, count === 0, count === 0];
    };

    /* The row that is clicked is the alert that is open; one that the address named may be on no page. */
    window.dash_clientside.monitoring.openRow = function (cell) {
        const wasRow = isOpenRow;
        isOpenRow = Boolean(cell && cell.row_id);
        if (isOpenRow) return cell.row_id;
        return wasRow && !keeps() ? null : window.dash_clientside.no_update;
    };
})();
