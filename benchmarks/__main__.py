"""`python -m benchmarks [names]`: runs all modules of this folder that have `rows()`, or the named ones.

`python -m benchmarks faults --only redis-hung [redis-slow …]`: these rows alone, of a module that has them by name.
`python -m benchmarks api growth --write docs/figures.md README.md`: the figures go into the tables of these documents.

Prints one table at the end; exits with 1 where a target was missed or a benchmark broke, with 2 for an unknown name.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import traceback
from pathlib import Path
from time import perf_counter

from benchmarks import Row
from benchmarks.written import today, with_figures

HEADINGS = Row("what", "figure", "target", True)


def main(arguments: list[str]) -> int:
    folder = str(Path(__file__).parent)
    names = sorted(module.name for module in pkgutil.iter_modules([folder]) if not module.name.startswith("_"))
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"some of {', '.join(names)}")
    parser.add_argument("--only", nargs="+", default=[], help="rows by name")
    parser.add_argument("--write", nargs="+", type=Path, default=[], help="documents with tables of these rows")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.names if name not in names]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are: {', '.join(names)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    on = today()
    for name in chosen.names or names:
        rows += _run(name, chosen.only)
    print(table(rows))
    write(chosen.write, rows, on)
    return 0 if all(row.ok for row in rows) else 1


def write(documents: list[Path], rows: list[Row], on: str) -> None:
    """Put the figures into the documents; says which have no line in any of them."""
    homeless = [row.what for row in rows]
    for document in documents:
        text, left = with_figures(document.read_text(encoding="utf-8"), rows, on)
        document.write_text(text, encoding="utf-8")
        homeless = [what for what in homeless if what in left]
    for what in homeless if documents else ():
        print(f"no line for: {what}", file=sys.stderr)


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
