"""The page as its scripts ask for it: the body of a tick, and what of an answer a page keeps for its next question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dashboard.ui import ids


def tick_body(dependencies: Sequence[Mapping[str, Any]], question: Mapping[str, Any]) -> dict[str, Any]:
    """The body of `_dash-update-component` for one tick, by what `_dash-dependencies` says of the callbacks."""
    return callback_body(dependencies, ids.TICK, question)


def callback_body(dependencies: Sequence[Mapping[str, Any]], asked: str, question: Any,
                  held: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """The same for the callback whose first input is the store `asked`. `held`: what other components have that it
    brings, by their ids; of one that is not named it is nothing."""
    found = next(each for each in dependencies
                 if [(given["id"], given["property"]) for given in each["inputs"][:1]] == [(asked, "data")]
                 and each["clientside_function"] is None)
    output = found["output"]
    outputs = [name.rpartition(".") for name in output.strip(".").split("...")]
    described = [{"id": component, "property": prop} for component, _, prop in outputs]
    values = {**held, asked: question}
    return {
        "output": output,
        "outputs": described if output.startswith("..") else described[0],  # as Dash has it, of one output alone
        "inputs": [_sent(each, values) for each in found["inputs"]],
        "state": [_sent(each, values) for each in found["state"]],
        "changedPropIds": [f"{asked}.data"],
        "parsedChangedPropsIds": [f"{asked}.data"],
    }


def _sent(component: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": component["id"], "property": component["property"], "value": values.get(component["id"])}


HELD = ("epoch", "cursor", "last", "structure")  # goes back with the next question, as assets/60-draw.js has it


class PageState:
    """What an open page holds between ticks."""

    def __init__(self, range_name: str = "15m", zone: str = "UTC", source: str | None = None):
        self.range_name, self.zone, self.source = range_name, zone, source
        self.held: dict[str, Any] = {"cursor": 0}
        self.revisions: dict[str, str] = {}
        self.asked = 0

    def question(self) -> dict[str, Any]:
        self.asked += 1
        return self.held | {"asked": self.asked, "source": self.source, "range": self.range_name, "zone": self.zone,
                            "revisions": self.revisions}

    def take(self, live: Mapping[str, Any]) -> None:
        self.source = self.source or live["source"]
        self.held |= {name: live[name] for name in HELD if name in live}
        self.revisions = self.revisions | live["revisions"]
