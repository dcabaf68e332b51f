"""One transition for each of several alerts, and what a person is told of it. Knows no page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dashboard.alerts.alert import NotAllowed, UnknownAlert
from dashboard.alerts.transition import Transition
from dashboard.commands import Unreachable
from dashboard.ui.times import clock

REASONS_TOLD = 3  # different ones: who else was quicker, and when


@dataclass
class Outcome:
    """What became of it: transitions made, alerts that did not allow theirs, and keys it did not get to.

    `failed` holds the key whose transition could not be made, and all after it: what keeps one from Redis keeps all
    of them, and each would wait for it anew. `why` says it for a person.
    """

    changed: list[Transition] = field(default_factory=list)
    refused: list[tuple[str, NotAllowed | UnknownAlert]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    why: str = ""


def change_each(change: Callable[[str], Transition], keys: Sequence[str]) -> Outcome:
    """Make `change` for one alert after the other."""
    outcome = Outcome()
    for place, key in enumerate(keys):
        try:
            outcome.changed.append(change(key))
        except (NotAllowed, UnknownAlert) as refused:
            outcome.refused.append((key, refused))
        except (Unreachable, ValueError) as refused:
            outcome.failed, outcome.why = list(keys[place:]), str(refused)
            break
    return outcome


def told(outcome: Outcome, zone: str, one: str = "Done", several: str = "changed", *, by: str = "",
         tells_producer: bool = True) -> str:
    """The sentences for whoever clicked (`by`): `one` says that a single alert was changed, `several` that many were.

    `tells_producer`: it is a transition that the producer has a message for.
    """
    parts = []
    if outcome.changed:
        count = len(outcome.changed)
        parts.append(one if count == 1 else f"{count:,} {several}")
        receivers = [made.receivers for made in outcome.changed] if tells_producer else []
        if any(number is None for number in receivers):
            parts.append("The producer could not be told")
        elif receivers and not any(receivers):
            parts.append("Nobody is listening on the control channel")
    reasons = list(dict.fromkeys(_reason(refused, zone, by) for _, refused in outcome.refused))
    parts += reasons[:REASONS_TOLD]
    if len(reasons) > REASONS_TOLD:
        parts.append(f"And {len(reasons) - REASONS_TOLD} other reasons")
    if outcome.failed:
        left = len(outcome.failed)
        parts.append(f"Not changed: {outcome.why}" if not outcome.changed or left == 1
                     else f"{left:,} not changed: {outcome.why}")
    return ". ".join(parts) + "." if parts else ""


def _reason(refused: NotAllowed | UnknownAlert, zone: str, by: str) -> str:
    """Who was first, when, and with what."""
    if isinstance(refused, UnknownAlert):
        return "One of them is no longer there"
    whose = f" by {refused.by}" if refused.by else ""
    at = f" at {clock(refused.at, zone)}" if refused.at is not None else ""
    quicker = "Not changed" if by and refused.by == by else "Somebody was quicker"
    return f"{quicker}: already {refused.what}{whose}{at}"
