"""Routes: which alerts are told to which addresses. Pure.

An address is a URL as Apprise reads it, and nearly always a secret: tokens stand in its path, passwords before its
host. It is kept, and used to send; an answer, a page, a log and a `repr` only ever have what `Target.shown` says.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import orjson

from dashboard.alerts.alert import Alert
from dashboard.alerts.times import iso
from dashboard.events import LEVELS, normal_level

ROUTES_AT_MOST = 50
"""Each open alert is compared with each of them, and each process holds them all."""
URLS_AT_MOST = 10
"""Addresses of one route: a team, not a mailing list; that is one address."""
URL_LIMIT = 2_000
"""Characters of an address: the longest services' own are some 400."""
NAME_LIMIT = 100
NAMES_AT_MOST, NAME_OF_SOURCE_LIMIT = 50, 200
"""Sources or components of one route, and characters of each."""
ID_BYTES = 6


class RouteError(ValueError):
    """A route cannot be as it was asked for; the text says why, for a person, and holds no part of an address."""


class RefusedAddress(RouteError):
    """Nothing may or can be sent to this address."""


@dataclass(frozen=True, slots=True)
class Description:
    """What may be told of an address: `host` is empty where it is none, or where it could be part of the secret."""

    scheme: str
    service: str
    host: str = ""


Describe = Callable[[str], Description]
"""Looks at a URL; raises RefusedAddress where nothing can be sent to it."""


@dataclass(frozen=True, slots=True)
class Target:
    """One address of a route. `id` names it for whoever must not see it."""

    id: str
    url: str = field(repr=False)
    scheme: str
    service: str
    host: str = ""

    @property
    def shown(self) -> str:
        """Scheme and host, or scheme alone: all that anybody is told."""
        return f"{self.scheme}://{self.host or '…'}"

    def to_json(self) -> dict[str, str | None]:
        return {"id": self.id, "service": self.service, "scheme": self.scheme, "host": self.host or None,
                "shown": self.shown}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Alerts of `levels`, `sources` and `components` (empty: any) are told to `targets`. Times are Unix seconds.

    `revision` rises with each change of the route, so that nobody overwrites what they have not seen.
    """

    id: str
    name: str
    levels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    enabled: bool = True
    created_by: str
    created_at: float
    changed_by: str
    changed_at: float
    revision: int = 1

    def takes(self, source: str, component: str, rank: int) -> bool:
        """Whether an alert of these is for this route. A level nobody agreed on counts by its rank, as everywhere."""
        if not self.enabled or (self.levels and rank not in [LEVELS[level] for level in self.levels]):
            return False
        if self.sources and source not in self.sources:
            return False
        return not self.components or component.casefold() in [name.casefold() for name in self.components]

    def matches(self, alert: Alert) -> bool:
        """Whether the alert is for this route, whatever its state."""
        return self.takes(alert.source, alert.component, alert.rank)

    def target(self, target_id: str) -> Target | None:
        return next((target for target in self.targets if target.id == target_id), None)

    def to_json(self) -> dict[str, Any]:
        """As REST gives it: without any URL."""
        return {"id": self.id, "name": self.name, "enabled": self.enabled, "levels": list(self.levels),
                "sources": list(self.sources), "components": list(self.components),
                "targets": [target.to_json() for target in self.targets],
                "created_by": self.created_by, "created_at": iso(self.created_at),
                "changed_by": self.changed_by, "changed_at": iso(self.changed_at), "revision": self.revision}


def new_id() -> str:
    """A name nobody can guess wrongly: of a route, of an address."""
    return secrets.token_hex(ID_BYTES)


def read_route(body: Mapping[str, Any], *, describe: Describe, by: str, now: float,
               before: Route | None = None) -> Route:
    """The route that a JSON body asks for; with `before`, what the body does not name stays as it was.

    Keys: `name`, `levels`, `sources`, `components`, `enabled`, and `urls`, a list of URLs or, for an address the route
    has already, of {`id`}. Raises RouteError in words for a person, which never hold a URL.
    """
    route = before or Route(id=new_id(), name="", created_by=by, created_at=now, changed_by=by, changed_at=now,
                            revision=0)
    changes: dict[str, Any] = {}
    if "name" in body or before is None:
        changes["name"] = _name(body.get("name"))
    if "levels" in body:
        changes["levels"] = _levels(body["levels"])
    for field_name in ("sources", "components"):
        if field_name in body:
            changes[field_name] = _names(body[field_name], field_name)
    if "enabled" in body:
        if not isinstance(body["enabled"], bool):
            raise RouteError("enabled is true or false")
        changes["enabled"] = body["enabled"]
    if "urls" in body or before is None:
        changes["targets"] = _targets(body.get("urls"), route.targets, describe)
    return replace(route, **changes, changed_by=by, changed_at=now, revision=route.revision + 1)


def _name(value: Any) -> str:
    if not isinstance(value, str) or not _printed(value):
        raise RouteError("name is a text and is needed")
    if len(_printed(value)) > NAME_LIMIT:
        raise RouteError(f"name has at most {NAME_LIMIT} characters")
    return _printed(value)


def _levels(value: Any) -> tuple[str, ...]:
    levels = [value] if isinstance(value, str) else value or []
    if not isinstance(levels, list) or not all(isinstance(level, str) for level in levels):
        raise RouteError("levels is a list of names")
    names = {normal_level(level)[0] for level in levels}
    if names - LEVELS.keys():
        raise RouteError(f"levels are among {', '.join(LEVELS)}")
    return tuple(level for level in LEVELS if level in names)


def _names(value: Any, field_name: str) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise RouteError(f"{field_name} is a list of names")
    found = tuple(dict.fromkeys(printed for name in names if (printed := _printed(name))))
    if len(found) > NAMES_AT_MOST or any(len(name) > NAME_OF_SOURCE_LIMIT for name in found):
        raise RouteError(f"{field_name} are at most {NAMES_AT_MOST} names of at most {NAME_OF_SOURCE_LIMIT} characters")
    return found


def _targets(value: Any, before: tuple[Target, ...], describe: Describe) -> tuple[Target, ...]:
    urls = [value] if isinstance(value, str) else value
    if not isinstance(urls, (list, type(None))):
        raise RouteError("urls is a list of addresses")
    if not urls:
        raise RouteError("A route has one address at least")
    if len(urls) > URLS_AT_MOST:
        raise RouteError(f"A route has at most {URLS_AT_MOST} addresses")
    found: dict[str, Target] = {}
    for number, each in enumerate(urls, 1):
        target = _target(each, number, before, describe)
        found.setdefault(target.url, target)
    return tuple(found.values())


def _target(value: Any, number: int, before: tuple[Target, ...], describe: Describe) -> Target:
    if isinstance(value, Mapping):
        known = next((target for target in before if target.id == value.get("id")), None)
        if known is None:
            raise RouteError(f"Address {number}: the route has no address of that id any more")
        return known
    if not isinstance(value, str) or not value.strip():
        raise RouteError(f"Address {number} is a URL, or the id of one the route has")
    url = value.strip()
    if len(url) > URL_LIMIT:
        raise RouteError(f"Address {number} is longer than {URL_LIMIT} characters")
    same = next((target for target in before if target.url == url), None)
    if same is not None:
        return same
    try:
        described = describe(url)
    except RefusedAddress as refused:
        raise RouteError(f"Address {number}: {refused}") from None
    return Target(new_id(), url, described.scheme, described.service, described.host)


def _printed(text: str) -> str:
    """One line without control characters and without half a surrogate pair."""
    whole = text.encode("utf-8", "replace").decode()
    return " ".join("".join(each if each.isprintable() else " " for each in whole).split())


def added(routes: Iterable[Route], new: Route) -> None:
    """Check that there is room for a new route. Raises RouteError."""
    if sum(route.id != new.id for route in routes) >= ROUTES_AT_MOST:
        raise RouteError(f"There are {ROUTES_AT_MOST} routes already: remove one first")


def dump_route(route: Route) -> bytes:
    """As Redis keeps it, addresses and all: strict JSON."""
    return orjson.dumps({"version": 1, "route": asdict(route)}, option=orjson.OPT_SORT_KEYS)


def load_route(data: bytes) -> Route:
    """What `dump_route` wrote. Raises ValueError, whose text holds nothing of the data."""
    try:
        tree = orjson.loads(data)
        if tree["version"] != 1:
            raise ValueError("a route of a later version")
        row = tree["route"]
        lists = {name: tuple(row[name]) for name in ("levels", "sources", "components")}
        return Route(**row | lists | {"targets": tuple(Target(**target) for target in row["targets"])})
    except (TypeError, KeyError, AttributeError, orjson.JSONDecodeError) as error:
        raise ValueError(type(error).__name__) from None
