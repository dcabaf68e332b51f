"""What goes out on the control channel: commands of an admin to the producer, and what became of its alerts.

Contract section 2. Each message says what, who, when, and carries a `request_id` a producer may answer to.
"""

from __future__ import annotations

import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
import redis

from dashboard.feed.connection import AddressError, connect, listeners_elsewhere, plain_words
from dashboard.settings import Settings

FIELD_LIMIT = 200
"""Characters of a field of a command: the names of components and types are far shorter."""
COMMANDS_KEPT = 50
"""Sent commands a process remembers, for its page's log."""
SOCKET_TIMEOUT_S = 0.8
"""A person waits for the answer; a Redis that needs longer is not in order."""


@dataclass(frozen=True, slots=True)
class Action:
    """A command an admin may send, after a question. `fields` are the names of what it must be told besides."""

    name: str
    title: str
    description: str
    fields: tuple[str, ...] = ()


ACTIONS: dict[str, Action] = {action.name: action for action in (
    Action("FORCE_HEALTH_CHECK", "Health check",
           "Asks the producer to check its health now and to publish the result."),
    Action("CLEAR_CACHE", "Clear cache",
           "Empties the producer's caches. It is slower until they have filled again."),
    Action("FORCE_GC", "Free memory",
           "Runs the producer's garbage collection. It may stand still for a moment."),
    Action("RESTART_WORKERS", "Restart workers",
           "Ends the producer's workers and starts new ones. What they are doing now is begun again."),
    Action("RELOAD_PATTERNS", "Reload patterns",
           "Reads the pattern definitions anew. Detection pauses meanwhile."),
    Action("ENABLE_COMPONENT", "Enable component",
           "Switches on a component of the producer, named by type and name.", ("type", "name")),
)}
"""Every command an admin may send, in the order of the page."""

ALERT_ACKNOWLEDGED, ALERT_RESOLVED = "ALERT_ACKNOWLEDGED", "ALERT_RESOLVED"
"""What the alert store tells the producer; nobody sends these by hand."""


class UnknownAction(ValueError):
    """There is no such command."""


class Unreachable(Exception):
    """Redis could not be reached in time, or refused; the text says it for a person and holds no secret."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that left: its `request_id`, and how many subscribers received it (0: nobody is listening)."""

    request_id: str
    receivers: int


@dataclass(frozen=True, slots=True)
class SentCommand:
    """A command that left this process. `at` in Unix seconds."""

    action: str
    requested_by: str
    at: float
    request_id: str
    receivers: int


class Commands:
    """Sends commands. Opens no socket before the first; usable from many threads."""

    def __init__(self, settings: Settings, connect: Callable[..., redis.Redis] = connect,
                 clock: Callable[[], float] = time.time, *,
                 elsewhere: Callable[[Settings, str, float], int] = listeners_elsewhere):
        self._settings, self._elsewhere = settings, elsewhere
        self._connect = connect
        self._clock = clock
        self._client: redis.Redis | None = None
        self._recent: deque[SentCommand] = deque(maxlen=COMMANDS_KEPT)

    @property
    def recent(self) -> tuple[SentCommand, ...]:
        """The last commands sent from this process, oldest first."""
        return tuple(self._recent)

    def send(self, action: str, requested_by: str, **fields: str) -> Sent:
        """Send a command of ACTIONS with exactly the `fields` it asks for.

        Raises:
            UnknownAction: it is none of ACTIONS.
            ValueError: a field is missing, empty, too long, or none of the action's.
            Unreachable: Redis could not be reached, or refused; nobody has received it.
        """
        if action not in ACTIONS:
            raise UnknownAction("There is no such action")
        wanted = ACTIONS[action].fields
        for name in wanted:
            _check_field(name, fields.get(name))
        if set(fields) - set(wanted):
            raise ValueError(f"{ACTIONS[action].title} takes no {', '.join(sorted(set(fields) - set(wanted)))}")
        sent = self._publish(action, requested_by, {name: fields[name].strip() for name in wanted})
        self._recent.append(SentCommand(action, requested_by, self._clock(), sent.request_id, sent.receivers))
        return sent

    def tell(self, notice: str, requested_by: str, **fields: str) -> Sent:
        """Tell the producer what a person did with its alert: ALERT_ACKNOWLEDGED or ALERT_RESOLVED.

        Raises Unreachable.
        """
        if notice not in (ALERT_ACKNOWLEDGED, ALERT_RESOLVED):
            raise UnknownAction("There is no such notice")
        return self._publish(notice, requested_by, fields)

    def reset_after_fork(self) -> None:
        """Let go of connections that belong to the parent process."""
        self._client = None

    def _publish(self, action: str, requested_by: str, fields: dict[str, str]) -> Sent:
        request_id = uuid.uuid4().hex
        moment = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds")
        message = {"action": action, "request_id": request_id, "timestamp": moment.replace("+00:00", "Z"),
                   "requested_by": requested_by} | fields
        message = {name: printable(text) for name, text in message.items()}
        try:
            if self._client is None:
                self._client = self._connect(self._settings, socket_timeout_s=SOCKET_TIMEOUT_S)
            channel = self._settings.control_channel
            receivers = int(self._client.publish(channel, orjson.dumps(message)))
            if not receivers:  # of a cluster this was one node alone
                receivers = self._elsewhere(self._settings, channel, SOCKET_TIMEOUT_S)
        except (redis.RedisError, AddressError, OSError) as error:
            raise Unreachable(why_unreachable(error)) from error
        return Sent(request_id, receivers)


def printable(text: str) -> str:
    """`text` with a question mark for each half of a surrogate pair, which a browser may send and UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()


def why_unreachable(error: BaseException) -> str:
    """Why a command or a transition did not get through, in words for an admin."""
    if isinstance(error, redis.exceptions.ReadOnlyError):
        return "Redis is a replica and takes no changes"
    if isinstance(error, redis.exceptions.OutOfMemoryError):
        return "Redis has no memory left and takes no changes"
    if isinstance(error, redis.exceptions.NoPermissionError):
        return "The Redis user may not do this"
    if isinstance(error, redis.ResponseError) and not isinstance(error, redis.AuthenticationError):
        text = str(error)
        if "READONLY" in text:
            return "Redis is a replica and takes no changes"
        if "OOM" in text or "MISCONF" in text:
            return "Redis takes no changes: it has no memory or disk left"
        if plain_words(error) == "Redis refused the subscription":
            return "Redis refused the command"
    return plain_words(error)


def _check_field(name: str, value: str | None) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is missing")
    if len(value.strip()) > FIELD_LIMIT:
        raise ValueError(f"{name} has at most {FIELD_LIMIT} characters")
