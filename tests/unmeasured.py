"""Coverage, and where it is left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from itertools import count
from typing import Any

from coverage import Coverage

FIRST = 30
"""Examples that are measured of each test that makes them up: the others run the same lines."""


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


@contextmanager
def measured_at_first(made_up: Any) -> Iterator[None]:
    """Without coverage from the example FIRST on; `made_up` is what hypothesis keeps at a test."""
    measured, test, numbers = Coverage.current(), made_up.inner_test, count()
    if measured is None:
        yield
        return

    @wraps(test)
    def counted(*arguments: object, **named: object) -> None:
        if next(numbers) == FIRST:
            measured.stop()
        test(*arguments, **named)

    made_up.inner_test = counted
    try:
        yield
    finally:
        made_up.inner_test = test
        measured.stop()
        measured.start()
