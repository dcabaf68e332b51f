"""The table of faults in `docs/reliability.md`: each at the figures that were promised, in a world of its own.

`python -m benchmarks faults --only NAME` runs one. Beside the host stands one without the console, whose page is asked
for in turn with the other's.
"""

from __future__ import annotations

import sys
import traceback

from benchmarks import Row
from tests.faults import Fault, Finding
from tests.faults.every import FAULTS
from tests.faults.world import World


def rows(*only: str) -> list[Row]:
    """A line for each fault. Raises KeyError for one there is not."""
    return [_row(FAULTS[name]) for name in only or FAULTS]


def _row(fault: Fault) -> Row:
    try:
        with World(compared=True, **fault.options) as world:
            found = fault.run(world, True)
    except Exception as error:  # the others are still to be run
        traceback.print_exc()
        found = [Finding(f"broke: {type(error).__name__}", "", "runs", False)]
    for each in found:
        print(f"  {fault.name}: {each.what} {each.figure} ({each.target}){'' if each.ok else ' MISSED'}",
              file=sys.stderr, flush=True)
    return Row(f"`{fault.name}` {fault.what}", _joined(found, "figure"), _joined(found, "target"),
               all(each.ok for each in found))


def _joined(found: list[Finding], column: str) -> str:
    return "; ".join(f"{each.what} {getattr(each, column)}" for each in found)
