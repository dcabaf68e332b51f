"""Health in a message: five shapes of a component, three places for the body, reduced to one report."""

from __future__ import annotations

from typing import Any

from dashboard.event_types import Component, HealthReport
from dashboard.reading.leaves import (
    MAX_NAME,
    bounded,
    complain,
    details,
    identity,
    number,
    optional_text,
    parse_number,
    shown,
)
from dashboard.reading.words import score_status, word_status

MAX_COMPONENTS = 200
SCORE_NAMES = ("overall_score", "overall", "score")
BODY_NAMES = (*SCORE_NAMES, "status", "uptime_seconds", "components", "component")
"""A health body has at least one of them."""
WHOLE_NAMES = ("components", "overall_score", "overall")
"""Any of them makes a report one about the whole producer, even beside `component`."""
ROUNDING = 1e-6
"""A mean of scores can come out as 100.00000000000001; that is 100, not a mistake."""
_NAMES_OF_A_COMPONENT = ("name", "component", "id")
_NOT_DETAILS = frozenset({"status", "score", "details"})


def read_report(body: dict[str, Any], path: str, complaints: list[str]) -> HealthReport:
    """A report about a whole producer. `path` ends with a dot, or is empty."""
    score = None
    for name in SCORE_NAMES:
        if body.get(name) is not None:
            score = read_score(body, name, path, complaints)
            if score is not None:
                break
    return HealthReport(
        score, optional_text(body.get("status"), MAX_NAME), number(body, "uptime_seconds", path, complaints),
        read_components(body.get("components"), f"{path}components", complaints))


def read_score(holder: dict[str, Any], name: str, path: str, complaints: list[str]) -> float | None:
    """A score of 0 to 100, or None with a complaint where it is none."""
    score = number(holder, name, path, complaints)
    if score is None or 0 <= score <= 100:
        return score
    if not -ROUNDING <= score <= 100 + ROUNDING:
        complain(complaints, f"{path}{name}", f"{score:g} is no score of 0 to 100")
        return None
    return min(max(score, 0.0), 100.0)


def read_components(value: Any, path: str, complaints: list[str]) -> tuple[Component, ...]:
    """Components by name, or in a list of objects that carry their name."""
    if value is None:
        return ()
    if isinstance(value, dict):
        named = list(value.items())
    elif isinstance(value, list):
        named = [(_name_in(item), item) for item in value]
    else:
        complain(complaints, path, shown(value))
        return ()
    if len(named) > MAX_COMPONENTS:
        complain(complaints, path, f"{len(named) - MAX_COMPONENTS} components above the limit of {MAX_COMPONENTS}")
        del named[MAX_COMPONENTS:]
    found: dict[str, Component] = {}
    for key, item in named:
        name = identity(key)
        if name and name not in found:
            found[name] = read_component(name, item, path, complaints)
        else:
            complain(complaints, path, "a component is named twice" if name else "a component has no name")
    return tuple(found.values())


def _name_in(item: Any) -> Any:
    if not isinstance(item, dict):
        return None
    return next((item[name] for name in _NAMES_OF_A_COMPONENT if identity(item.get(name))), None)


def read_component(name: str, value: Any, path: str, complaints: list[str]) -> Component:
    """One component in any of its shapes: a word, a number, {score}, {status, details}, {status, numbers…}."""
    if isinstance(value, dict):
        return _component_of_object(name, value, path, complaints)
    figure = parse_number(value)
    if figure is not None:
        score = figure if 0 <= figure <= 100 else read_score({name: figure}, name, f"{path}.", complaints)
        return Component(name, score_status(score), None if score is not None else f"{figure:g}", score)
    if isinstance(value, list):
        complain(complaints, f"{path}.{name}", shown(value))
        return Component(name, "unknown")
    word = optional_text(value, MAX_NAME)
    return Component(name, word_status(word), word)


def _component_of_object(name: str, value: dict[str, Any], path: str, complaints: list[str]) -> Component:
    here = f"{path}.{name}."
    score = read_score(value, "score", here, complaints)
    sent = value.get("status")
    if score is None and (figure := parse_number(sent)) is not None:  # {"status": 85} is a score in the wrong place
        score, sent = read_score({"status": figure}, "status", here, complaints), None
    word = optional_text(sent, MAX_NAME)
    if sent is not None and word is None:
        complain(complaints, f"{here}status", shown(sent))
    status = word_status(word) if word is not None else score_status(score)
    return Component(name, status, word, score, component_details(value, _NOT_DETAILS))


def component_details(value: dict[str, Any], without: frozenset[str]) -> dict[str, Any]:
    """What a component says about itself beside its state: its `details`, and whatever stands next to them."""
    found = details(value.get("details"))
    rest = {key: item for key, item in value.items() if key not in without and key not in found}
    return {**found, **bounded(rest)} if rest else found
