"""The REST API under requests that schemathesis makes up from its OpenAPI document; `make bench` sends more."""

from __future__ import annotations

import pytest

from dashboard.web.openapi.document import OPERATIONS
from tests.made_up_requests import Served, send_to_every_row

EXAMPLES = 8  # of each row


@pytest.fixture
def served(redis_server, tmp_path):
    served = Served(redis_server, str(tmp_path))
    yield served
    served.close()


def test_whatever_is_asked_is_answered_as_described(served):
    tally = send_to_every_row(served, EXAMPLES)
    assert len({name for name, _ in tally.rows}) == len(OPERATIONS)
    assert {200, 400, 404} <= tally.statuses.keys()
    assert tally.statuses[200] > tally.requests / 5
    status = served.session.get(served.address + "/status", timeout=30).json()
    feed = status["feed"]
    assert feed["received"] == feed["accepted"] + feed["duplicates"] + sum(feed["rejected"].values())
    assert served.host.listens()
