"""Every row of the table of faults in `docs/reliability.md`, small, one after the other in one host that outlives
them all. How quick it is (until it is shown, pages and API, the host's own) `python -m benchmarks faults` tells."""

from __future__ import annotations

import pytest

from tests.faults import Finding
from tests.faults.every import FAULTS
from tests.faults.world import World

ANOTHER_WORLD = "database-down"  # of a server, which can be stopped


@pytest.fixture(scope="module")
def world():
    with World(proxied=True, started=False, FAULT_BUSY_S="0.2", MONITORING_DELAYED_AFTER_S="1",
               MONITORING_INACTIVE_AFTER_S="2") as world:
        yield world


@pytest.mark.parametrize("name", [name for name in FAULTS if name != ANOTHER_WORLD])
def test_fault(world, name):
    holds(FAULTS[name].run(world, False))


def test_a_database_that_is_down():
    with World(**FAULTS[ANOTHER_WORLD].options) as world:
        holds(FAULTS[ANOTHER_WORLD].run(world, False))


def holds(found: list[Finding]) -> None:
    assert [each for each in found if not each.ok and not each.timed] == []
    assert len(found) > 3
