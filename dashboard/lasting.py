"""What lives as long as the process is left out of garbage collections.

A full collection looks at every object there is while everybody waits. Most there are have been loaded with this
console (Dash, Plotly, pandas, SQLAlchemy) and never go away, so that the host's own requests would wait for it, too.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

_done_in: int | None = None  # the process


@contextmanager
def nothing_collected() -> Iterator[None]:
    """No collection in between, where there would be some: for what makes many objects that stay.

    Python collects whenever there are some hundreds of new ones, and looks each time at those that are there: to load
    the console takes a sixth less without.
    """
    were_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if were_on:
            gc.enable()


def leave_out_what_lasts() -> None:
    """Collect once, and let no later collection look at what is left (`gc.freeze`). Once a process.

    Once, since whatever becomes garbage in a circle afterwards is not found any more: of what exists at the start
    that is next to nothing, of what requests make it would be a leak. `gc.unfreeze()` undoes it.
    """
    global _done_in
    if _done_in == os.getpid() or not hasattr(gc, "freeze"):
        return
    _done_in = os.getpid()
    gc.collect()
    gc.freeze()
