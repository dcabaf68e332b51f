/* What the address says of the table: filters, page, sort and the alert that is open. */
(function () {
    "use strict";
    const monitoring = window.monitoring;

    function pageOf(address) {
        const page = Math.floor(Number(address.get("page"))) - 1;
        return page > 0 && Number.isSafeInteger(page) ? page : 0;
    }

    function sortOf(address, sorts) {
        const sort = /^(-?)([a-z]+)$/.exec(address.get("sort") || "");
        return sort && sorts.includes(sort[2]) ? [{column_id: sort[2], direction: sort[1] ? "desc" : "asc"}] : null;
    }

    /* What the table will ask for at first: the values of its filters, its page and its sort. */
    monitoring.tableAsked = (address, {filters, sorts}) => [
        ...filters.map(([name, , usual]) => address.get(name) || usual), pageOf(address), sortOf(address, sorts) || []];

    /* A page waits for the filters of the address, which lead to the first. */
    function beginPage(address, set) {
        const {filters} = monitoring.table;
        const page = pageOf(address);
        if (!page) return;
        set("alert-table", {page_count: page + 1}); // else the table would not have it
        const wanted = filters.map(([name, , usual]) => address.get(name) || usual);
        if (filters.some(([, , usual], at) => wanted[at] !== usual)) {
            monitoring.askedTable = {filters: JSON.stringify(wanted), page};
        } else set("alert-table", {page_current: page});
    }

    monitoring.onBegin((address, set) => {
        const {filters, sorts} = monitoring.table;
        filters.forEach(([name, id]) => { if (address.get(name)) set(id, {value: address.get(name)}); });
        beginPage(address, set);
        const sort = sortOf(address, sorts);
        if (sort) set("alert-table", {sort_by: sort});
        if (address.get("alert")) set("alert-open", {data: address.get("alert")});
    });
})();
