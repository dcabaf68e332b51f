"""What all tests have in common."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.remembered_rules import remember
from tests.unmeasured import not_measured

# A console that a test starts must not leave a history behind in the checkout. Who tests the history names a place.
os.environ["MONITORING_DATABASE_URL"] = "off"

# How long an example takes is the machine's affair: busy cores must not fail a test of what is true.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

remember()


@pytest.fixture
def uncovered() -> Iterator[None]:
    """For what is done thousands of times, and what other tests do once."""
    with not_measured():
        yield
