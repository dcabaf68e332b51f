"""All faults that can be run, by name."""

from __future__ import annotations

from tests.faults import (
    Fault,
    database_faults,
    load_faults,
    producer_faults,
    redis_faults,
    server_faults,
    viewer_faults,
)

MODULES = (redis_faults, database_faults, producer_faults, load_faults, server_faults, viewer_faults)
FAULTS: dict[str, Fault] = {fault.name: fault for module in MODULES for fault in module.FAULTS}
