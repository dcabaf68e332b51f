"""Intervals: what was listened to by anybody, and what of a gap is left."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboard.feed.coverage import NOBODY, Gap, Heard, holes, uncovered, union

moments = st.integers(0, 40)
spans = st.lists(st.tuples(moments, moments).map(lambda pair: Heard(float(min(pair)), float(max(pair)))), max_size=8)


def seconds(intervals) -> set[int]:
    """The whole seconds inside; all times here are whole."""
    return {at for since, until in intervals for at in range(int(since), int(until))}


def heard(found) -> set[int]:
    return seconds((span.since, span.until) for span in found)


@given(spans)
def test_a_union_holds_the_same_seconds_disjoint_and_in_order(found):
    joined = union(found)
    assert heard(joined) == heard(found)
    assert all(one.until < other.since for one, other in zip(joined, joined[1:], strict=False))


@given(spans, moments, moments)
def test_what_is_left_of_a_gap_is_what_nobody_heard(found, one, other):
    gap = Gap(float(min(one, other)), float(max(one, other)), "lost")
    left = uncovered(gap, union(found))
    assert seconds((piece.start, piece.end) for piece in left) == seconds([(gap.start, gap.end)]) - heard(found)
    assert all(piece.why == "lost" for piece in left)


@given(spans)
def test_holes_are_what_lies_between(found):
    joined = union(found)
    between = seconds((gap.start, gap.end) for gap in holes(joined, 100.0))
    everything = seconds([(joined[0].since, joined[-1].until)]) if joined else set()
    assert between == everything - heard(found)


def test_the_last_to_end_says_why():
    joined = union([Heard(0, 10, "killed"), Heard(5, 12, "frozen"), Heard(20, 30)])
    assert joined == [Heard(0, 12, "frozen"), Heard(20, 30)]
    assert holes(joined, 100.0) == [Gap(12, 20, "frozen")]
    assert holes([Heard(0, 10), Heard(20, 30)], 100.0) == [Gap(10, 20, NOBODY)]
    assert holes([Heard(0, 10), Heard(20, 30)], 15.0) == []
    assert union([Heard(0, 10, ""), Heard(5, 10, "killed")]) == [Heard(0, 10, "killed")]


def test_a_moment_without_length_stays_until_somebody_heard_it():
    assert uncovered(Gap(5, 5, "replaced"), [Heard(6, 9)]) == [Gap(5, 5, "replaced")]
    assert uncovered(Gap(5, 5, "replaced"), [Heard(4, 9)]) == []


def test_a_span_without_length_does_not_part_a_gap():
    assert uncovered(Gap(5, 9, "lost"), [Heard(4, 6), Heard(7, 7)]) == [Gap(6, 9, "lost")]


def test_rounding_leaves_no_slivers():
    assert uncovered(Gap(5.0, 6.0, "lost"), [Heard(5.0004, 5.9996)]) == []
    assert union([Heard(0, 5.0), Heard(5.0005, 6)]) == [Heard(0, 6)]
    assert union([Heard(7, 5)]) == []
