"""Coverage, and where it is left out: it takes as much again of whatever is measured."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from importlib import import_module
from itertools import count
from typing import Any

from coverage import Coverage

import dashboard

FIRST = 10
"""Examples that are measured of each test that makes them up: the others run the same lines."""
FIRST_CASES = 3
"""Of a test with a list of cases, those that are measured, for the same reason."""
LIBRARIES = ("apprise", "dash", "dash_bootstrap_components", "flask_login", "flask_wtf", "pandas", "psutil", "pyarrow",
             "redis", "sqlalchemy", "tsdownsample")
"""What takes long to load of what the console is made of."""
PROGRAMS = ("__main__", "migrations")  # what does something when it is loaded

_without: list[Coverage] = []  # the measurement that is stopped, once for each that wants it to be


@contextmanager
def not_measured() -> Iterator[None]:
    """Without coverage, until the outermost of those that want it so is left."""
    measured = _without[-1] if _without else Coverage.current()
    if measured is None:
        yield
        return
    if not _without:
        measured.stop()
    _without.append(measured)
    try:
        yield
    finally:
        _without.pop()
        if not _without:
            measured.start()


@contextmanager
def measured_at_first(made_up: Any) -> Iterator[None]:
    """Without coverage from the example FIRST on; `made_up` is what hypothesis keeps at a test."""
    test, numbers = made_up.inner_test, count()
    with ExitStack() as rest:

        @wraps(test)
        def counted(*arguments: object, **named: object) -> None:
            if next(numbers) == FIRST:
                rest.enter_context(not_measured())
            test(*arguments, **named)

        made_up.inner_test = counted
        try:
            yield
        finally:
            made_up.inner_test = test


def load_console() -> None:
    """Load all that is measured, and of what it is made of the greater part without measuring."""
    if Coverage.current() is None:
        return
    with not_measured():
        for name in LIBRARIES:
            import_module(name)
    for module in pkgutil.walk_packages(dashboard.__path__, "dashboard."):
        if not any(part in module.name for part in PROGRAMS):
            import_module(module.name)
