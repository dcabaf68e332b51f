"""What was told to a group, to bytes and back."""

import orjson
import pytest

from dashboard.notifications.group_states import dump_state, field_of, group_of, load_state
from dashboard.notifications.grouping import GroupState, Told


def test_a_state_comes_back_as_it_was():
    state = GroupState({"0" * 16: Told("0" * 16 + "-0001", 2, 1_800_000_000.25)}, 1_800_000_001.5)
    assert load_state(dump_state(state)) == state
    assert load_state(dump_state(GroupState())) == GroupState()


def test_of_a_version_before_no_alert_has_a_time_of_its_own():
    before = orjson.dumps({"version": 1, "told_at": 5.0, "told": {"a": ["a-1", 3]}})
    assert load_state(before) == GroupState({"a": Told("a-1", 3, None)}, 5.0)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"version": 2}', b'{"version": 1, "told_at": 1, "told": [1]}',
                                  b'{"version": 1, "told_at": 1, "told": {"a": [1]}}'])
def test_what_cannot_be_read_is_a_value_error(data):
    with pytest.raises(ValueError):
        load_state(data)


def test_a_source_may_hold_a_slash():
    assert group_of(field_of(("route", "a/b"))) == ("route", "a/b")
