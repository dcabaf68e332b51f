"""Figures into the tables of the documents: `python -m benchmarks NAMES --write docs/figures.md README.md`.

A table that has a column "measured" takes part. A line of it is told by its first cell: by the name in code marks at
its beginning, as faults have one, else by all of it. What is not measured this time stays as it is, and so does the day
on which it was.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from benchmarks import Row

MEASURED, TARGET, ON = "measured", "target", "on"
CELLS = re.compile(r"(?<!\\)\|")
NAME = re.compile(r"`([\w-]+)` ")
AT_REST = 0.3
"""Load of the last minute below which a machine does nothing else that counts: what runs on it at all takes some."""


def today(load: float | None = None) -> str:
    """What a figure's column "on" says: the day in UTC, and whether the machine had other work (asked for before)."""
    load = os.getloadavg()[0] if load is None else load
    return f"{datetime.now(UTC):%Y-%m-%d}" + ("" if load < AT_REST else ", beside other work")


def with_figures(text: str, rows: Sequence[Row], on: str) -> tuple[str, list[str]]:
    """The document with these figures in its tables, and what was measured that no table has a line for."""
    found = {_key(row.what): row for row in rows}
    lines, columns, written = text.split("\n"), None, set()
    for place, line in enumerate(lines):
        if not line.startswith("|"):
            columns = None
            continue
        cells = cells_of(line)
        if columns is None:
            columns = {name: number for number, name in enumerate(cells)}
        elif MEASURED in columns and (key := _key(cells[0])) in found:
            lines[place] = _line(cells, columns, found[key], on)
            written.add(key)
    return "\n".join(lines), [row.what for key, row in found.items() if key not in written]


def _line(cells: list[str], columns: dict[str, int], row: Row, on: str) -> str:
    cells = list(cells)
    cells[columns[MEASURED]] = row.figure
    if TARGET in columns:
        cells[columns[TARGET]] = row.target
        cells[columns[""]] = ("reached" if row.target != "told" else "") if row.ok else "missed"
    if ON in columns:
        cells[columns[ON]] = on
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def cells_of(line: str) -> list[str]:
    """The cells of a line of a table."""
    return [cell.strip() for cell in CELLS.split(line.strip()[1:-1])]


def _key(cell: str) -> str:
    name = NAME.match(cell)
    return name[1] if name else cell
