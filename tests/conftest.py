"""What all tests have in common."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.schedule import Mixed

# A console that a test starts must not leave a history behind in the checkout. Who tests the history names a place.
os.environ["MONITORING_DATABASE_URL"] = "off"

# How long an example takes is the machine's affair: busy cores must not fail a test of what is true.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_collection(session: pytest.Session) -> None:
    """Not where others look for the tests, each of the processes for itself: it loads Dash."""
    if session.config.getoption("dist", "no") == "no":
        from tests.remembered import remember

        remember()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Mixed | None:
    return Mixed(config, log) if config.getoption("dist") == "loadfile" else None
