"""The table of faults in `docs/reliability.md`: each at the figures that were promised, in a world of its own.

`python -m benchmarks faults --only NAME` runs one. The console begins with a day behind it. Beside the host stands one
without the console, whose page is asked for in turn with the other's. The figures of a line are the cell "measured" of
its row, where `--write docs/reliability.md` puts them; each finding goes, with its target, to the error output as soon
as it is there.
"""

from __future__ import annotations

import sys
import time
import traceback

from benchmarks import Row
from benchmarks.stored import KEPT_HOURS, store_days
from tests.faults import Fault, Finding
from tests.faults.every import FAULTS
from tests.faults.probe import SOURCE
from tests.faults.world import World


def rows(*only: str) -> list[Row]:
    """A line for each fault. Raises KeyError for one there is not."""
    return [_row(FAULTS[name]) for name in only or FAULTS]


def _row(fault: Fault) -> Row:
    try:
        # What is counted in the database must not leave it meanwhile for its age.
        with World(compared=True, past=a_day, MONITORING_HISTORY_RAW_HOURS=str(KEPT_HOURS), **fault.options) as world:
            found = fault.run(world, True)
    except Exception as error:  # the others are still to be run
        traceback.print_exc()
        found = [Finding(f"broke: {type(error).__name__}", "", "runs", False)]
    for each in found:
        print(f"  {fault.name}: {each.what} {each.figure} ({each.target}){'' if each.ok else ' MISSED'}",
              file=sys.stderr, flush=True)
    missed = [each for each in found if not each.ok]
    return Row(f"`{fault.name}` {fault.what}", measured(found),
               "; ".join(f"{each.what} {each.target}" for each in missed) or "all of its row", not missed)


def a_day(url: str) -> None:
    """Of 37 metrics every five seconds, until now."""
    store_days(url, 1, 1, time.time(), SOURCE)


def measured(found: list[Finding]) -> str:
    """The figures in a line: what took time and what was counted; of what holds or does not only what does not."""
    told = (f"{each.what} {each.figure}{'' if each.ok else ' (missed)'}" for each in found
            if not each.ok or each.timed or each.target != "yes")
    return "; ".join(dict.fromkeys(told))
