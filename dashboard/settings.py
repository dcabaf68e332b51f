"""Every option of the console: its default, its unit, its environment variable and what it is for.

`Settings()` holds the defaults, `Settings.from_env()` reads the environment. Each field carries its
documentation as data, so that the README's table can be tested against it.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


class SettingError(ValueError):
    """A setting has a value that cannot be used; the text names the setting, never a secret value."""


_PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~/-]*)?")
# What a field may hold, by the words of its annotation. A bool is an int to Python, but no number of anything.
_MEANT = {
    "bool": ("True or False", lambda value: isinstance(value, bool)),
    "int": ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "float": ("a number", lambda value: isinstance(value, (int, float)) and not isinstance(value, bool)
              and math.isfinite(value)),
    "str": ("a text", lambda value: isinstance(value, str)),
    "str | None": ("a text or None", lambda value: value is None or isinstance(value, str)),
}


def _option(default: Any, env: str, about: str, minimum: float | None = None, secret: bool = False,
            maximum: float | None = None) -> Any:
    return field(
        default=default,
        metadata={"env": env, "about": about, "minimum": minimum, "maximum": maximum, "secret": secret},
        repr=not secret,
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The options of one mounted console. Immutable; times in seconds unless the name says otherwise.

    Raises:
        SettingError: a value of the wrong kind, a number out of its bounds, or a prefix that is no absolute path.
    """

    redis_url: str | None = _option(
        None, "REDIS_URL",
        "Redis by URL: `redis://`, `rediss://` (TLS), `unix://`, or several servers: `redis+sentinel://`, "
        "`redis+cluster://`. Wins over the parts below.", secret=True)
    redis_host: str = _option("127.0.0.1", "REDIS_HOST", "Redis host, where no URL is given.")
    redis_port: int = _option(6379, "REDIS_PORT", "Redis port, where no URL is given.", 1)
    redis_db: int = _option(0, "REDIS_DB", "Redis database number, where no URL is given.", 0)
    redis_password: str | None = _option(
        None, "REDIS_PASSWORD", "Redis password, where no URL is given.", secret=True)
    channel: str = _option(
        "tickstock:monitoring", "REDIS_MONITORING_CHANNEL", "Pub/sub channel the events arrive on.")
    control_channel: str = _option(
        "tickstock:monitoring:control", "MONITORING_CONTROL_CHANNEL", "Channel the commands go out on.")
    key_prefix: str = _option(
        "{monitoring}", "MONITORING_KEY_PREFIX",
        "Prefix of every Redis key; the braces keep all keys in one cluster slot.")
    page_prefix: str = _option("/admin/monitoring", "MONITORING_PAGE_PREFIX", "Where the page is mounted.")
    api_prefix: str = _option("/api/admin/monitoring", "MONITORING_API_PREFIX", "Where the REST API is mounted.")
    login_url: str = _option(
        "/login", "MONITORING_LOGIN_URL",
        "Where the page sends a visitor who is not signed in, if the host's Flask-Login names no `login_view`; of a "
        "host under a path, with that path.")
    store_token: str | None = _option(
        None, "MONITORING_STORE_TOKEN",
        "Shared secret of `POST /store-event` (header `X-Monitoring-Token`). Without it the endpoint answers 404.",
        secret=True)
    interval_ms: int = _option(5000, "MONITORING_INTERVAL_MS", "Time between two updates of an open page.", 500)
    ring_rows: int = _option(
        43_200, "MONITORING_RING_ROWS", "Samples kept in memory for each source (24 h at 2 s).", 10)
    ring_metrics: int = _option(512, "MONITORING_RING_METRICS", "Metrics kept in memory for each source.", 1)
    ring_sources: int = _option(32, "MONITORING_RING_SOURCES", "Sources kept in memory.", 1)
    delayed_after_s: float = _option(
        30.0, "MONITORING_DELAYED_AFTER_S", "A source silent for longer is shown as delayed.", 1)
    inactive_after_s: float = _option(
        60.0, "MONITORING_INACTIVE_AFTER_S", "A source silent for longer is shown as inactive.", 1)
    raw_messages: int = _option(500, "MONITORING_RAW_MESSAGES", "Raw messages kept for inspection.", 1)
    journal: bool = _option(
        True, "MONITORING_JOURNAL",
        "Record what is heard in Redis, and read back what was missed. `0` if Redis may not hold events.")
    journal_hours: float = _option(
        24.0, "MONITORING_JOURNAL_HOURS", "What is older leaves the journal.", 0.01)
    journal_events: int = _option(
        100_000, "MONITORING_JOURNAL_EVENTS", "Events the journal holds at most (24 h of two sources at 2 s).", 100)
    journal_mb: float = _option(
        64.0, "MONITORING_JOURNAL_MB",
        "MiB of events the journal holds at most; with them, Redis needs about 300 bytes an event.", 1)
    acknowledge_s: float = _option(
        1800.0, "MONITORING_ACKNOWLEDGE_S",
        "An acknowledgement ends after that long, unless the person who makes it chooses otherwise.", 1)
    alerts_kept: int = _option(
        10_000, "MONITORING_ALERTS_KEPT",
        "Resolved alerts kept in Redis, at most 40,000; open ones are always kept.", 1,
        maximum=40_000)  # of the 50,000 that a process holds, the others are for open ones
    alerts_kept_days: float = _option(
        30.0, "MONITORING_ALERTS_KEPT_DAYS", "Resolved alerts older than this are dropped from Redis.", 0.01)
    notifications: bool = _option(
        True, "MONITORING_NOTIFICATIONS", "Let this process send notifications. `0`: it leaves that to the others.")
    notify_group_s: float = _option(
        10.0, "MONITORING_NOTIFY_GROUP_S",
        "News is gathered that long before it is told; what is over by then is not told.", 0)
    notify_interval_s: float = _option(
        60.0, "MONITORING_NOTIFY_INTERVAL_S", "Messages about one source to one route are at least that far apart.", 1)
    notify_repeat_s: float = _option(
        14_400.0, "MONITORING_NOTIFY_REPEAT_S",
        "What is open and not acknowledged is told again after that long; 0: never.", 0)
    public_url: str | None = _option(
        None, "MONITORING_PUBLIC_URL",
        "Address of the application as people reach it, such as `https://host`, for links in notifications.")
    database_url: str | None = _option(
        None, "MONITORING_DATABASE_URL",
        "Where the history is kept: `postgresql://…`, `sqlite:///…`, or `off`. Without it a SQLite file in the host's "
        "instance folder.", secret=True)
    history_raw_hours: float = _option(
        48.0, "MONITORING_HISTORY_RAW_HOURS", "The history keeps every sample for so many hours.", 1)
    history_minute_days: float = _option(
        30.0, "MONITORING_HISTORY_MINUTE_DAYS", "It keeps a figure a minute for so many days.", 1)
    history_hour_days: float = _option(
        730.0, "MONITORING_HISTORY_HOUR_DAYS", "It keeps a figure an hour for so many days.", 1)
    history_alerts: int = _option(
        100_000, "MONITORING_HISTORY_ALERTS", "Resolved alerts, with their timelines, kept in the history.", 1)
    history_alerts_days: float = _option(
        30.0, "MONITORING_HISTORY_ALERTS_DAYS",
        "Resolved alerts older than this are dropped from the history.", 0.01)
    title: str = _option("Monitoring", "MONITORING_TITLE", "Name of the page, in its strip and its browser tab.")
    home_url: str = _option(
        "/", "MONITORING_HOME_URL",
        "Where the page's title leads: back to the application around it, `/` to its root under whatever path it lies.")
    assets_folder: str | None = _option(
        None, "MONITORING_ASSETS_FOLDER",
        "Folder of the page's own CSS and scripts, where the package does not find it beside itself.")
    start_listener: bool = _option(
        True, "MONITORING_START", "Start the feed by itself. `0` for commands and tests that only need the app.")

    def __post_init__(self) -> None:
        if isinstance(self.assets_folder, os.PathLike):
            object.__setattr__(self, "assets_folder", os.fspath(self.assets_folder))
        for option in fields(self):
            value = getattr(self, option.name)
            minimum, maximum = option.metadata["minimum"], option.metadata["maximum"]
            meant, fits = _MEANT[str(option.type)]
            if not fits(value):
                raise SettingError(f"{option.name} must be {meant}")
            if minimum is not None and not value >= minimum:
                raise SettingError(f"{option.name} must be at least {minimum:g}")
            if maximum is not None and not value <= maximum:
                raise SettingError(f"{option.name} must be at most {maximum:,.0f}")
        for name in ("page_prefix", "api_prefix"):
            value = getattr(self, name)
            if not value.startswith("/") or len(value.strip("/")) == 0 or any(c in value for c in "<>?#\\ "):
                raise SettingError(f"{name} must be an absolute path such as /admin/monitoring")
            object.__setattr__(self, name, "/" + value.strip("/"))
        if self.public_url is not None:
            if not _PUBLIC_URL.fullmatch(self.public_url):
                raise SettingError("public_url must be an address such as https://host, without user and query")
            object.__setattr__(self, "public_url", self.public_url.rstrip("/"))
        if self.page_prefix == self.api_prefix:
            raise SettingError("page_prefix and api_prefix must differ")
        if self.inactive_after_s < self.delayed_after_s:
            raise SettingError("inactive_after_s must not be below delayed_after_s")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Read the settings from `environ` (default: the process's); `overrides` win.

        An empty variable counts as not set. Raises SettingError where a number cannot be read.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for option in fields(cls):
            text = environ.get(option.metadata["env"], "").strip()
            if text:
                values[option.name] = _read(option.name, str(option.type), text)
        return cls(**(values | overrides))


def _read(name: str, kind: str, text: str) -> Any:
    if kind == "bool":
        return text.lower() not in ("0", "false", "no", "off")
    if kind in ("int", "float"):
        try:
            return int(text) if kind == "int" else float(text)
        except ValueError:
            raise SettingError(f"{name} must be a number") from None
    return text
