"""The gaps of a process, less what others heard meanwhile."""

from __future__ import annotations

import pytest

from dashboard.feed.coverage import NOBODY, Gap, Heard
from dashboard.feed.gaps import DECIDED_AFTER_S, GAPS_KEPT, Gaps

LATER = 10_000.0


@pytest.fixture
def gaps():
    """Listens since 1000; away from 1100 to 1110 and from 1200 to 1230."""
    gaps = Gaps()
    gaps.close(1000.0)
    for start, end, why in ((1100.0, 1110.0, "killed"), (1200.0, 1230.0, "frozen")):
        gaps.open(start, why)
        gaps.close(end)
    return gaps


def test_own_gaps_are_shown_until_somebody_tells_he_listened(gaps):
    assert gaps.shown == gaps.own == (Gap(1100, 1110, "killed"), Gap(1200, 1230, "frozen"))
    assert gaps.filled == 0


def test_a_gap_that_others_heard_goes_and_one_they_heard_in_part_shrinks(gaps):
    gaps.fill([Heard(900, 1210), Heard(1225, 1300)], {}, LATER)
    assert gaps.shown == (Gap(1210, 1225, "frozen"),)
    assert gaps.filled == 1
    gaps.fill([Heard(900, 1300)], {}, LATER)
    assert (gaps.shown, gaps.filled) == ((), 2)


def test_an_open_gap_stays_as_it_is(gaps):
    gaps.open(1300.0, "refused")
    gaps.fill([Heard(900, 1400)], {}, LATER)
    assert gaps.shown == (Gap(1300, None, "refused"),)
    gaps.open(1350.0, "another reason")
    assert gaps.own[-1] == Gap(1300, None, "refused")


def test_from_before_its_start_it_shows_what_nobody_heard(gaps):
    gaps.fill([Heard(500, 600, "Redis was killed"), Heard(700, 800), Heard(1000, 2000)], {}, LATER)
    assert gaps.shown == (Gap(600, 700, "Redis was killed"), Gap(800, 1000, NOBODY))


def test_before_own_spans_were_told_they_count_already(gaps):
    gaps.fill([Heard(500, 990)], {}, LATER)
    assert gaps.shown[0] == Gap(990, 1000, NOBODY)
    assert len(gaps.shown) == 3


def test_whether_anybody_listened_until_a_moment_ago_is_not_decided_yet(gaps):
    told = [Heard(500, 995)]
    gaps.fill(told, {}, 1000.0 + DECIDED_AFTER_S - 1)
    assert gaps.shown == gaps.own
    gaps.fill(told, {}, 1000.0 + DECIDED_AFTER_S)
    assert gaps.shown[0] == Gap(995, 1000, NOBODY)


def test_a_start_without_redis_is_a_gap_from_the_start():
    gaps = Gaps()
    gaps.open(1000.0, "refused")
    gaps.close(1010.0)
    assert gaps.spans(1020.0) == [Heard(1010, 1020)]
    gaps.fill([Heard(800, 900, "killed"), Heard(1005, 1020)], {}, LATER)
    assert gaps.shown == (Gap(900, 1000, "killed"), Gap(1000, 1005, "refused"))


def test_spans_are_what_lies_between_the_gaps(gaps):
    assert gaps.spans(1300.0) == [Heard(1000, 1100, "killed"), Heard(1110, 1200, "frozen"), Heard(1230, 1300)]
    gaps.open(1299.0, "refused")
    assert gaps.spans(1400.0)[-1] == Heard(1230, 1299, "refused")
    assert Gaps().spans(1000.0) == []


def test_what_may_yet_be_filled_is_not_written_down(gaps):
    assert gaps.decided(1230.0 + DECIDED_AFTER_S) == gaps.own
    assert gaps.decided(1230.0) == gaps.own[:1]
    gaps.fill([Heard(900, 1150)], {}, LATER)
    gaps.open(1300.0, "refused")
    assert gaps.decided(LATER) == (Gap(1200, 1230, "frozen"),)


def test_times_are_told_to_the_millisecond():
    gaps = Gaps()
    gaps.close(1000.00049)
    gaps.open(1100.12349, "lost")
    gaps.close(1101.98751)
    assert gaps.own == (Gap(1100.123, 1101.988, "lost"),)


def test_a_gap_noticed_later(gaps):
    gaps.add(Gap(1240.0, 1240.5, "silent"))
    assert gaps.shown[-1] == Gap(1240, 1240.5, "silent")
    gaps.open(1300.0, "refused")
    gaps.add(Gap(1290.0, 1291.0, "silent"))  # the open one is what is to be told
    assert gaps.own[-1] == Gap(1300, None, "refused")


def test_gaps_are_bounded_and_what_was_let_go_of_is_not_claimed_as_heard():
    gaps = Gaps()
    gaps.close(0.0)
    for number in range(GAPS_KEPT + 100):
        gaps.open(10.0 * number + 5, "lost")
        gaps.close(10.0 * number + 6)
    assert len(gaps.own) == len(gaps.shown) == GAPS_KEPT
    spans = gaps.spans(10_000.0)
    assert spans[0] == Heard(996.0, 1005.0, "lost")
    assert len(spans) == GAPS_KEPT + 1
