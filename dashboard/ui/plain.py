"""Components as the plain data they travel as."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from dash.development.base_component import Component


class Frames(tuple):
    """Components that many pages are shown as they are: what travels is made of them once."""

    @cached_property
    def plain(self) -> list:
        """See `plain`."""
        return [plain(part) for part in self]


def plain(part: Any) -> Any:
    """`part` with every component in it as the dict that Dash would send.

    Dash hands an answer to orjson as it is, but walks through all of it in Python where there is one component in it:
    for the first answer of a page that is some 40,000 numbers, and a third of its time.
    """
    if isinstance(part, Frames):
        return part.plain
    if isinstance(part, Component):
        part = part.to_plotly_json()
    if isinstance(part, dict):
        return {name: plain(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [plain(value) for value in part]
    return part
