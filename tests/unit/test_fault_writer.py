"""Who clicks again, under a fault, until he is told."""

from __future__ import annotations

import pytest
import requests

from tests.faults.writer import MADE_BEFORE, again

BROKEN_OFF = requests.ConnectionError()


@pytest.mark.parametrize("told", [200, MADE_BEFORE, 500])
@pytest.mark.parametrize("before", [(), (404,), (503, 503), (BROKEN_OFF, 404, 503)])
def test_clicks_until_it_is_made_or_cannot_be(monkeypatch, before, told):
    monkeypatch.setattr("tests.servers.time.sleep", lambda _: None)
    answers = iter((*before, told))

    def ask() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert again(ask) == told
