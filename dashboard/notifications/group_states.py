"""What was told to each group, as the bytes that Redis keeps. Pure."""

from __future__ import annotations

import orjson

from dashboard.notifications.grouping import GroupName, GroupState, Told


def field_of(group: GroupName) -> str:
    """The field of a group: route ids hold no slash, a source may hold anything."""
    return f"{group[0]}/{group[1]}"


def group_of(field: str) -> GroupName:
    route_id, _, source = field.partition("/")
    return route_id, source


def dump_state(state: GroupState) -> bytes:
    """Compact, since a group may have told of ten thousand alerts."""
    return orjson.dumps({"version": 1, "told_at": state.told_at,
                         "told": {identity: [told.key, told.rank, told.at] for identity, told in state.told.items()}})


def load_state(data: bytes) -> GroupState:
    """What `dump_state` wrote. Raises ValueError."""
    try:
        tree = orjson.loads(data)
        if tree["version"] != 1:
            raise ValueError("a group of a later version")
        return GroupState({identity: Told(*row) for identity, row in tree["told"].items()}, tree["told_at"])
    except (TypeError, KeyError, AttributeError, orjson.JSONDecodeError) as error:
        raise ValueError(type(error).__name__) from None
