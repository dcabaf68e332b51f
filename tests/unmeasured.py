"""Coverage, and where it is left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from coverage import Coverage


@contextmanager
def not_measured() -> Iterator[None]:
    """Without coverage, which takes as much again of whatever is measured."""
    measured = Coverage.current()
    if measured is not None:
        measured.stop()
    try:
        yield
    finally:
        if measured is not None:
            measured.start()
