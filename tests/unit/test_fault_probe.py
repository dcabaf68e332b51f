"""What is asked for while a fault lasts, and what counts as a read that failed."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from dashboard.web.openapi.document import OPERATIONS
from tests.faults import probe
from tests.faults.probe import Answered, Probe


@pytest.fixture
def asked(monkeypatch):
    """A probe that asks nobody, beside a host without the console."""
    monkeypatch.setattr(probe, "Person", lambda host: SimpleNamespace(host=host))
    return Probe(SimpleNamespace(host="ours", bare="bare", ids={"alert": "there"}), full=True)


def findings(asked, *answers: Answered, **options):
    asked.answers = list(answers)
    return {each.what: each for each in asked.findings(**options)}


def answered(kind: str, status: int = 200, taken_s: float = 0.01, address: str = "/x", at_s: float = 0.0) -> Answered:
    return Answered(kind, address, status, at_s, taken_s)


def test_every_address_that_reads_is_asked_for():
    asked = {path.partition("?")[0] for path in (*probe.READS, *probe.OF_ONE.values())}
    assert asked == {re.sub(r"\{\w+\}", "{}", each.path) for each in OPERATIONS if each.method == "GET"}


def test_what_is_there_may_not_be_unknown(asked):
    unknown = findings(asked, answered("API", 404), answered("API", 404, address="/alerts/there"))
    assert unknown["reads that failed"].figure == "/alerts/there 404"
    assert unknown["404 of what was not heard yet, or is away"].figure == "/x"
    assert findings(asked, answered("API", 404, address="/silences/nobodys"))["reads that failed"].ok
    assert not findings(asked, answered("API", 503))["reads that failed"].ok


def test_what_broke_off_while_nobody_was_there_is_told_by_itself(asked):
    broken = (answered("API", 0, at_s=5.0), answered("API"))
    assert findings(asked, *broken, outages=[(4.0, 6.0)])["reads that failed"].figure == "0 of 1"
    assert findings(asked, *broken)["reads that failed"].figure == "/x 0"


def test_what_a_process_that_had_just_begun_did_not_know_is_told(asked):
    early = answered("API", 404, address="/alerts/there", at_s=5.0)
    found = findings(asked, early, outages=[(4.0, 6.0)])
    assert found["reads that failed"].ok and found["not known yet to a process that had just begun"].figure == "1"
    assert not findings(asked, early, outages=[(7.0, 8.0)])["reads that failed"].ok


@pytest.mark.parametrize(("own_s", "slow_s", "median_ok", "p99_ok"), [
    (0.004, 0.030, True, True), (0.009, 0.030, False, True), (0.004, 0.036, True, False)])
def test_the_hosts_own_page_is_held_against_the_same_without_us(asked, own_s, slow_s, median_ok, p99_ok):
    found = findings(asked, *(answered("own", taken_s=own_s) for _ in range(97)),
                     *(answered("own", taken_s=slow_s) for _ in range(3)),
                     *(answered("bare", taken_s=0.004) for _ in range(97)),
                     *(answered("bare", taken_s=0.010) for _ in range(3)))
    assert found["the host's own page ÷ without us, median"].ok is median_ok
    assert found["the host's own page ÷ without us, p99"].ok is p99_ok


def test_what_was_asked_for_while_the_fault_lasted_is_held_to_the_same(asked):
    asked.lasted_until_s = 5.0
    found = findings(asked, answered("API", taken_s=0.31, at_s=4.0), *(answered("API", at_s=6.0) for _ in range(200)))
    assert found["API, p99"].ok
    assert not found["API while it lasted (1), p99"].ok
    assert found["pages while it lasted"].figure == "none was asked for"
