"""The promises of the journal at a size that takes seconds; `python -m benchmarks journal` keeps them in full."""

from __future__ import annotations

from tests.journal_scenarios import (
    Counted,
    frozen,
    killed_with_our_publisher,
    one_connection_killed,
    random_kills,
    restarts,
)
from tests.journal_script import dumps_of_one_and_four
from tests.script_faults import ALL, EMPTIED, ONE, faults_of

LATE_S = 10.0
"""What a machine with more to do than it can may be late; the figures that were promised are those of the benchmark."""



def nothing_lost(counted: Counted) -> bool:
    return (counted.missing, counted.twice, counted.duplicates) == (0, 0, 0)


def test_four_processes_and_random_kills_miss_nothing():
    counted = random_kills(processes=4, events=4_000, kills=20, rate=1_000.0)
    assert nothing_lost(counted)
    assert counted.kills == 20 < counted.killed


def test_a_process_that_is_alone_can_lose_one_connection_again_and_again():
    counted = one_connection_killed(events=4_000, kills=20, rate=2_000.0)
    assert nothing_lost(counted)
    assert counted.gaps == counted.filled == 0
    assert counted.kills == counted.killed == 20


def test_a_frozen_redis_is_noticed_and_loses_nothing():
    counted, noticed_s = frozen(5.0, 1_000)
    assert nothing_lost(counted)
    assert counted.gaps == 1 and 0 < noticed_s < LATE_S


def test_what_our_publisher_was_told_is_accepted_is_nowhere_lost():
    accepted, lost, lost_later = killed_with_our_publisher(kills=3, seconds_each=0.5)
    assert accepted > 0
    assert (lost, lost_later) == (0, 0)


def test_every_restart_of_redis_leaves_one_gap_of_its_length():
    again_s, errors_s = restarts(3)
    assert len(again_s) == len(errors_s) == 3
    assert max(errors_s) < LATE_S and max(again_s) < LATE_S


def test_one_process_and_four_tell_the_same_bytes():
    told = dumps_of_one_and_four(1_500, 500.0)
    assert len(told.hashes) == 5 and told.size > 100_000
    assert len(set(told.hashes)) == 1
    assert told.happened == faults_of(1_500)
    assert (told.happened[ONE], told.happened[ALL], told.happened[EMPTIED]) == (7, 1, 1)
