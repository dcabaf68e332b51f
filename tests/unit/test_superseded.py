"""Events taken in together leave what they leave one by one, though most of them are passed over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboard.sources import SourceBoard
from dashboard.superseded import superseded
from tests.unit.messages import RECEIVED, health, status, update

report = st.fixed_dictionaries({}, optional={
    "overall": st.sampled_from([50, 80.5]), "status": st.sampled_from(["ok", "warn"]),
    "uptime_seconds": st.sampled_from([5, 9]), "components": st.sampled_from([{"db": "ok"}, {"db": "down"}])})
tree = st.dictionaries(st.sampled_from("abc"), st.sampled_from([1.5, 2, True, "word"]), max_size=3)
fields = st.fixed_dictionaries({"source": st.sampled_from(["one", "two"])}, optional={
    "health_score": report, "trends": st.just({"a": "increasing"}), "recommendations": st.just(["rest"])})
moments = st.integers(0, 30)
heard = st.one_of(
    st.builds(lambda second, late, tree, more: update(
        {"x": 1.0, **tree}, RECEIVED + second + late, timestamp=RECEIVED + second, **more),
        moments, st.sampled_from([0, 0.5, 40]), tree, fields),
    st.builds(lambda second: status("RUNNING", RECEIVED + second), moments),
    st.builds(lambda second: health(RECEIVED + second, timestamp=RECEIVED + second, overall_score=second), moments))


def board():
    return SourceBoard(max_sources=8, clock=lambda: RECEIVED + 100)


@given(st.lists(heard, max_size=12))
def test_together_is_the_same_as_one_by_one(events):
    one, together = board(), board()
    for event in events:
        one.apply(event)
    together.apply_all(events)
    assert together.names() == one.names()
    assert [together.get(name) for name in one.names()] == [one.get(name) for name in one.names()]


def at(second, tree, **more):
    return update(tree, RECEIVED + second, timestamp=RECEIVED + second, **more)


def test_only_the_last_of_a_flood_counts():
    flood = [at(second, {"a": second}, health_score=80) for second in range(5)]
    assert superseded(flood) == [True] * 4 + [False]
    assert superseded(flood[::-1]) == [False] * 5  # of one that came late nothing is said here


def test_what_says_something_of_its_own_stays():
    later = at(9, {"a": 1})
    for own in (at(1, {"b": 1}), at(1, {"a": 1, "fact": True}), at(1, {"a": 1}, trends={}),
                at(1, {"a": 1}, recommendations=[]), at(1, {"a": 1}, health_score=5), at(1, {"a": 1}, source="other"),
                status("RUNNING", RECEIVED + 1)):
        assert superseded([own, later]) == [False, False], own
