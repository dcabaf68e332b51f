"""Where Redis is, as the settings say it: one server, the master that Sentinels know, or a cluster. Opens nothing.

    redis://[user:password@]host:6379/0                rediss://… with TLS, unix://…
    redis+sentinel://[user:password@]h1:26379,h2:26379/NAME[/0]     rediss+sentinel://…
    redis+cluster://[user:password@]h1:6379,h2:6379                 rediss+cluster://…

Options of the connection follow a question mark. User and password are those of Redis; the Sentinels' own are the
options `sentinel_username` and `sentinel_password`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import redis
from redis.connection import parse_url
from redis.crc import key_slot

from dashboard.settings import Settings

SERVER, SENTINEL, CLUSTER = "server", "sentinel", "cluster"
DEFAULT_PORTS = {SENTINEL: 26379, CLUSTER: 6379}
LARGEST_PORT = 65535

_SEVERAL = re.compile(r"(rediss?)\+(sentinel|cluster)://(?:([^/?#]*)@)?([^/?#@]*)([^?#]*)(?:\?([^#]*))?")
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:\s]+))(?::(\d{1,5}))?")

Place = tuple[str, int]
"""Host and port."""


class AddressError(ValueError):
    """The Redis URL cannot be read. The text never holds the URL, since a password may be in it."""


UNREADABLE = "The Redis URL cannot be read"
NO_HOST = "The Redis URL names no host and port that could be one"
NO_MASTER = "The Redis URL names no master: redis+sentinel://host:26379/NAME/0"
ONE_DATABASE = "A Redis cluster has no database but 0: the Redis URL must not name one"
MANY_SLOTS = "In a Redis cluster the key prefix needs braces, as {monitoring} has: they keep all keys on one server"


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """`hosts` are the server, the Sentinels, or nodes of the cluster; empty for the unix socket at `path`.

    `options` and `sentinel_options` go to redis-py's connections; passwords are among them.
    """

    kind: str
    hosts: tuple[Place, ...]
    options: Mapping[str, Any] = field(repr=False)
    sentinel_options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    master: str = ""
    slot: int = 0

    @property
    def tls(self) -> bool:
        return issubclass(self.options.get("connection_class", redis.Connection), redis.SSLConnection)

    @property
    def text(self) -> str:
        """For screens and logs: never user or password."""
        if not self.hosts:
            return f"unix://{self.options['path']}"
        scheme = ("rediss" if self.tls else "redis") + ("" if self.kind == SERVER else f"+{self.kind}")
        hosts = ",".join(map(place_text, self.hosts))
        database = f"/{self.options.get('db', 0)}"
        path = {SERVER: database, SENTINEL: f"/{self.master}{database}", CLUSTER: ""}[self.kind]
        return f"{scheme}://{hosts}{path}"


def place_text(place: Place) -> str:
    """Host and port, as they stand in a URL."""
    host, port = place
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def read_address(settings: Settings) -> RedisAddress:
    """The address that the settings name. Raises AddressError."""
    url = settings.redis_url
    if not url:
        return RedisAddress(SERVER, ((settings.redis_host, settings.redis_port),), {
            "host": settings.redis_host, "port": settings.redis_port, "db": settings.redis_db,
            "password": settings.redis_password})
    if _is_cut_short(url):
        raise AddressError(UNREADABLE)
    several = _SEVERAL.fullmatch(url)
    if several is None:
        return _one_server(url)
    scheme, kind, secret, hosts, path, query = several.groups()
    places = tuple(_place(text.strip(), DEFAULT_PORTS[kind]) for text in hosts.split(","))
    questions = parse_qsl(query or "")
    own = {name.removeprefix("sentinel_"): text for name, text in questions if name.startswith("sentinel_")}
    master, database = _path(kind, path)
    rest = urlencode([(name, text) for name, text in questions if not name.startswith("sentinel_")])
    options = _parsed(f"{scheme}://{secret + '@' if secret else ''}host/{database}?{rest}")
    for name in ("host", "port", "path"):
        options.pop(name, None)
    if kind == CLUSTER:
        return _cluster(places, options, settings.key_prefix)
    tls = {name: value for name, value in options.items() if name == "connection_class" or name.startswith("ssl_")}
    if not own.keys() <= {"username", "password"}:
        raise AddressError(UNREADABLE)
    return RedisAddress(SENTINEL, places, options, tls | own, master)


def _is_cut_short(url: str) -> bool:
    """An `@` behind the host and in no option's value: what would be taken for the host begins a password.

    A unix socket has no host: its path may hold one, unless a password that goes on up to there could be meant.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    options = [option.partition("=")[0] for option in parts.query.split("&")]
    whole = not parts.netloc or (parts.netloc.endswith("@") and "@/" not in parts.path)
    path = "" if parts.scheme == "unix" and whole else parts.path
    return any("@" in text for text in (path, parts.fragment, *options))


def _one_server(url: str) -> RedisAddress:
    options = _parsed(url)
    if "path" in options:
        return RedisAddress(SERVER, (), options)
    return RedisAddress(SERVER, ((options.get("host", "localhost"), options.get("port", 6379)),), options)


def _cluster(places: tuple[Place, ...], options: dict[str, Any], key_prefix: str) -> RedisAddress:
    if options.pop("db", 0) != 0:
        raise AddressError(ONE_DATABASE)
    slot = key_slot(f"{key_prefix}:a".encode())
    if slot != key_slot(f"{key_prefix}:b".encode()):
        raise AddressError(MANY_SLOTS)
    return RedisAddress(CLUSTER, places, options, slot=slot)


def _parsed(url: str) -> dict[str, Any]:
    try:
        return dict(parse_url(url))
    except (ValueError, TypeError):
        raise AddressError(UNREADABLE) from None


def _path(kind: str, path: str) -> tuple[str, str]:
    """The master's name and the number of the database."""
    parts = [unquote(part) for part in path.strip("/").split("/")]
    master = parts.pop(0) if kind == SENTINEL else ""
    if kind == SENTINEL and not master:
        raise AddressError(NO_MASTER)
    database = "".join(parts[:1]) or "0"
    if len(parts) > 1 or not database.isdecimal():
        raise AddressError(UNREADABLE)
    return master, database


def _place(text: str, default_port: int) -> Place:
    found = _HOST.fullmatch(text)
    port = int(found[3] or default_port) if found else 0
    if not 1 <= port <= LARGEST_PORT:
        raise AddressError(NO_HOST)
    return found[1] or unquote(found[2]), port
