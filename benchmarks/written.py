"""Figures into the tables of the documents: `python -m benchmarks NAMES --write README.md`.

A table that has a column "measured" takes part. A line of it is told by its first cell: by the name in code marks at
its beginning, as faults have one, else by all of it. What is not measured this time stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from benchmarks import Row

MEASURED, TARGET = "measured", "target"
LATER = r"(\*)"
"""In a document that explains it: this figure is not of the first run of all, but was measured later."""
CELLS = re.compile(r"(?<!\\)\|")
NAME = re.compile(r"`([\w-]+)` ")


def with_figures(text: str, rows: Sequence[Row]) -> tuple[str, list[str]]:
    """The document with these figures in its tables, and what was measured that no table has a line for."""
    found = {_key(row.what): row for row in rows}
    lines, columns, has_mark = text.split("\n"), None, f"\n{LATER} " in text
    for place, line in enumerate(lines):
        if not line.startswith("|"):
            columns = None
            continue
        cells = _cells(line)
        if columns is None:
            columns = {name: number for number, name in enumerate(cells)}
        elif MEASURED in columns and (row := found.pop(_key(cells[0].removesuffix(f" {LATER}")), None)):
            lines[place] = _line(cells, columns, row, has_mark)
    return "\n".join(lines), [row.what for row in found.values()]


def _line(cells: list[str], columns: dict[str, int], row: Row, has_mark: bool) -> str:
    cells = list(cells)
    cells[columns[MEASURED]] = row.figure
    if TARGET in columns:
        cells[0] = f"{row.what} {LATER}" if has_mark else row.what
        cells[columns[TARGET]] = row.target
        cells[columns[""]] = ("reached" if row.target != "told" else "") if row.ok else "missed"
    return "| " + " | ".join(cells).rstrip() + " |"


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in CELLS.split(line.strip()[1:-1])]


def _key(cell: str) -> str:
    name = NAME.match(cell)
    return name[1] if name else cell
