/* The alert table before its own code is there: the rows of the first answer, as the table will draw them, where it will
   draw them. */
(function () {
    "use strict";
    const monitoring = window.monitoring;

    function cell(tag, text, styles) {
        const made = document.createElement(tag), words = document.createElement("span");
        Object.assign(made.style, ...styles);
        words.textContent = text;
        made.append(words);
        return made;
    }

    /* What the table's conditions give a column: in every row, or in those of a tone. */
    const stylesOf = (conditions, column, query) => conditions.filter(({if: {column_id: id, filter_query: wanted}}) =>
        id === column && wanted === query).map(({if: condition, ...style}) => style);

    function rowOf(box, cells) {
        const row = document.createElement("tr");
        row.append(box, ...cells);
        return row;
    }

    function box() {
        const made = document.createElement("td"), input = document.createElement("input");
        input.type = "checkbox";
        made.append(input);
        return made;
    }

    /* The table with its head; `fill` puts in what a first answer says of it. */
    monitoring.firstRows = function ({id, columns, style_cell_conditional: widths, style_data_conditional: tones}) {
        const place = document.createElement("div"), table = document.createElement("table"), pages = document.createElement("div");
        const styles = (column, ...more) => [{}, ...stylesOf(widths, column, undefined), ...more];
        const head = () => rowOf(document.createElement("th"), columns.map(({id: column, name}) => cell("th", name, styles(column))));
        place.id = id;
        table.className = "dash-spreadsheet first-rows";
        pages.className = "first-pages";
        table.append(head());
        place.append(table);
        place.fill = ({rows, page, pages: count}) => {
            table.replaceChildren(head(), ...rows.map((row) => rowOf(box(), columns.map(({id: column}) =>
                cell("td", row[column], styles(column, ...stylesOf(tones, column, `{tone} = "${row.tone}"`)))))));
            pages.textContent = `${page} / ${count}`;
            if (count > 1) place.append(pages);
        };
        return place;
    };
})();
