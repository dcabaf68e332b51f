"""What all tests have in common."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator, Iterator

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

from tests.schedule import Mixed
from tests.unmeasured import FIRST_CASES, load_console, measured_at_first, not_measured

# A console that a test starts must not leave a history behind in the checkout. Who tests the history names a place.
os.environ["MONITORING_DATABASE_URL"] = "off"

# How long an example takes is the machine's affair: busy cores must not fail a test of what is true.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

_cases: Counter[str] = Counter()  # of each test, those that were begun


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """To look for the tests loads everything: of that only the console itself is measured."""
    if session.config.getoption("dist", "no") != "no":  # others look for them, each of the processes for itself
        return (yield)
    load_console()
    with not_measured():
        from tests.remembered import remember  # not for whoever only hands out the tests: it loads Dash

        remember()
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Of many cases of a test the first are measured."""
    test = item.nodeid.partition("[")[0]
    _cases[test] += 1
    if _cases[test] <= FIRST_CASES:
        return (yield)
    with not_measured():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Of made-up examples the first are measured, too."""
    if not is_hypothesis_test(getattr(item, "obj", None)):
        return (yield)
    with measured_at_first(item.obj.hypothesis):
        return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Mixed | None:
    return Mixed(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture
def uncovered() -> Iterator[None]:
    """For what is done thousands of times, and what other tests do once."""
    with not_measured():
        yield
