"""`python -m benchmarks [names]`: runs all modules of this folder that have `rows()`, or the named ones.

`python -m benchmarks faults --only redis-hung [redis-slow …]`: these rows alone, of a module that has them by name.

Prints one table at the end; exits with 1 where a target was missed or a benchmark broke, with 2 for an unknown name.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import traceback
from pathlib import Path
from time import perf_counter

from benchmarks import Row

HEADINGS = Row("what", "figure", "target", True)


def main(arguments: list[str]) -> int:
    folder = str(Path(__file__).parent)
    names = sorted(module.name for module in pkgutil.iter_modules([folder]) if not module.name.startswith("_"))
    arguments, only = _split(arguments)
    unknown = [name for name in arguments if name not in names]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are: {', '.join(names)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in arguments or names:
        rows += _run(name, only)
    print(table(rows))
    return 0 if all(row.ok for row in rows) else 1


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """The modules, and the rows that alone are wanted."""
    if "--only" not in arguments:
        return arguments, []
    place = arguments.index("--only")
    return arguments[:place], arguments[place + 1:]


def _run(name: str, only: list[str]) -> list[Row]:
    began = perf_counter()
    try:
        module = importlib.import_module(f"benchmarks.{name}")
        if not hasattr(module, "rows"):
            return []
        print(f"{name} …", end=" ", file=sys.stderr, flush=True)
        rows = module.rows(*only)
    except Exception as error:  # one broken benchmark must not hide the figures of the others
        traceback.print_exc()
        rows = [Row(name, f"broke: {type(error).__name__}", "runs", False)]
    print(f"{perf_counter() - began:.1f} s", file=sys.stderr)
    return rows


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table, ready to be pasted."""
    cells = [(row.what, row.figure, row.target, "ok" if row.ok else "MISSED") for row in rows]
    cells.insert(0, (HEADINGS.what, HEADINGS.figure, HEADINGS.target, ""))
    widths = [max(len(line[column]) for line in cells) for column in range(4)]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
             for line in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
