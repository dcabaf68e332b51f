"""Whether the body of a callback is one: Dash takes for granted what its own scripts send, and fails at all else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_callback(body: object, known: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether it names a callback of `known` (Dash's `callback_map`) and brings all its inputs and states, each with
    its component, in the places in which they belong. What their values are is the callback's to judge."""
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        return False
    callback = known.get(body["output"])
    return (callback is not None
            and all(_are_components(body.get(kind, []), callback[kind]) for kind in ("inputs", "state"))
            and _is_named(body.get("outputs", []))
            and isinstance(body.get("changedPropIds", []), list)
            and all(isinstance(each, str) for each in body.get("changedPropIds", [])))


def _are_components(sent: object, wanted: list[Any]) -> bool:
    return isinstance(sent, list) and len(sent) == len(wanted) and all(map(_is_named, sent))


def _is_named(sent: object) -> bool:
    """One component, or a list of those that fit a pattern."""
    if isinstance(sent, list):
        return all(_is_named(each) for each in sent)
    return (isinstance(sent, dict) and isinstance(sent.get("property"), str)
            and isinstance(sent.get("id"), (str, dict)))
