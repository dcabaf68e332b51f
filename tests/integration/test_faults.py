"""The rows of the table of faults in `docs/reliability.md`, small, one after the other in one host that outlives them
all; those that end a process of the host have a host each. How quick it is (until it is shown, pages and API, the
host's own) `python -m benchmarks faults` tells."""

from __future__ import annotations

import pytest

from tests.faults import Finding, server_faults
from tests.faults.every import FAULTS
from tests.faults.world import World

OF_A_SERVER = [name for name, fault in FAULTS.items() if fault.options.get("database") == "postgresql"]
OF_A_PROCESS = [fault.name for fault in server_faults.FAULTS]


@pytest.fixture(scope="module")
def world():
    with World(proxied=True, started=False, FAULT_BUSY_S="0.2", MONITORING_DELAYED_AFTER_S="1",
               MONITORING_INACTIVE_AFTER_S="2") as world:
        yield world


@pytest.fixture(scope="module")
def world_with_a_server():
    with World(database="postgresql") as world:
        yield world


@pytest.mark.parametrize("name", [
    name for name in FAULTS if name not in (*OF_A_SERVER, *OF_A_PROCESS)])
def test_fault(world, name):
    if FAULTS[name].options.get("started", True) and not world.ids:
        world.begin()  # the first, whose Redis is not there yet, was not asked for, or failed
    holds(FAULTS[name].run(world, False))


@pytest.mark.parametrize("name", OF_A_SERVER)
def test_fault_of_a_server(world_with_a_server, name):
    holds(FAULTS[name].run(world_with_a_server, False))


@pytest.mark.parametrize("name", OF_A_PROCESS)
def test_fault_of_a_process(name):
    with World(**FAULTS[name].options) as world:
        holds(FAULTS[name].run(world, False))


def holds(found: list[Finding]) -> None:
    assert [each for each in found if not each.ok and not each.timed] == []
    assert len(found) > 3
