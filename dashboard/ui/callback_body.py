"""Whether the body of a callback is one: Dash takes for granted what its own scripts send, and fails at all else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_callback(body: object, known: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether it names a callback of `known` (Dash's `callback_map`) and brings all its inputs, states and outputs,
    each with its component, in the places in which they belong. What their values are is the callback's to judge."""
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        return False
    callback = known.get(body["output"])
    return (callback is not None
            and all(_are_components(body.get(kind, []), callback[kind]) for kind in ("inputs", "state"))
            and _are_outputs(body.get("outputs"), body["output"])
            and isinstance(body.get("changedPropIds", []), list)
            and all(isinstance(each, str) for each in body.get("changedPropIds", [])))


def _are_components(sent: object, wanted: list[Any]) -> bool:
    return isinstance(sent, list) and len(sent) == len(wanted) and all(map(_is_named, sent))


def _are_outputs(sent: object, names: str) -> bool:
    """As many as Dash's name for all of them has: `out.data` of one alone, `..out.data...other.data..` of several."""
    if not names.startswith(".."):
        return _is_output(sent, names)
    wanted = names[2:-2].split("...")
    return isinstance(sent, list) and len(sent) == len(wanted) and all(map(_is_output, sent, wanted))


def _is_output(sent: object, name: str) -> bool:
    """The component of that name; of a pattern any, or a list. Behind an `@` Dash tells apart who writes to one."""
    if not _is_named(sent) or name.startswith("{"):
        return _is_named(sent)
    return isinstance(sent, dict) and f"{sent['id']}.{sent['property']}".split("@")[0] == name.split("@")[0]


def _is_named(sent: object) -> bool:
    """One component, or a list of those that fit a pattern."""
    if isinstance(sent, list):
        return all(_is_named(each) for each in sent)
    return (isinstance(sent, dict) and isinstance(sent.get("property"), str)
            and isinstance(sent.get("id"), (str, dict)))
