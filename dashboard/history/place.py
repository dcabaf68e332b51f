"""Where the history is kept, by settings: a file beside the host's other data, a database by URL, or nowhere. Pure."""

from __future__ import annotations

import os.path
from dataclasses import dataclass

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from dashboard.settings import SettingError, Settings

FILE_NAME = "monitoring-history.sqlite3"
OFF_WORDS = ("off", "none", "no", "false", "0")
SQLITE, POSTGRESQL = "sqlite", "postgresql"
_POSTGRESQL_SCHEMES = ("postgres", "postgresql", "postgresql+psycopg")
SCHEMES = ("sqlite", *_POSTGRESQL_SCHEMES)

NOT_WANTED = "Switched off by MONITORING_DATABASE_URL"
NO_FOLDER = "No folder and no MONITORING_DATABASE_URL is given"


@dataclass(frozen=True, slots=True)
class Place:
    """`kind` is "sqlite" or "postgresql". `path` is the file of the first, `url` the address of the second."""

    kind: str
    path: str = ""
    url: str = ""

    def __repr__(self) -> str:
        return f"Place({self.words})"  # the URL may hold a password

    @property
    def words(self) -> str:
        """Where it is, for an admin: no secret in it."""
        if self.kind == SQLITE:
            return f"SQLite, {self.path}"
        where = _host_and_database(self.url)
        return f"PostgreSQL, {where}" if where.strip("/") else "PostgreSQL"


def place_of(settings: Settings, folder: str | None) -> Place | str:
    """Where the history is kept; `folder` is the host's instance folder. A text says why it is nowhere.

    Raises SettingError where the URL is of a kind that is not known, without repeating it.
    """
    url = (settings.database_url or "").strip()
    if url.lower() in OFF_WORDS:
        return NOT_WANTED
    if not url:
        return Place(SQLITE, path=os.path.join(folder, FILE_NAME)) if folder else NO_FOLDER
    scheme, mark, rest = url.partition("://")
    if not mark or scheme.lower() not in SCHEMES:
        raise SettingError("database_url must begin with sqlite:///, postgresql:// or postgres://, or be off")
    if scheme.lower() == "sqlite":
        path = rest.removeprefix("/").partition("?")[0]
        if not path or path == ":memory:" or not rest.startswith("/"):
            raise SettingError("database_url of SQLite must name a file: sqlite:///relative or sqlite:////absolute")
        return Place(SQLITE, path=os.path.abspath(path))
    url = f"postgresql+psycopg://{rest}"
    try:
        make_url(url)
    except (ArgumentError, ValueError):  # the text of either may hold a part of the URL
        raise SettingError("database_url of PostgreSQL cannot be read: in a user or password write : / ? @ % as "
                           "%3A %2F %3F %40 %25") from None
    return Place(POSTGRESQL, url=url)


def _host_and_database(url: str) -> str:
    """As SQLAlchemy takes the URL apart, which is where it connects to; nothing where that is not beyond doubt.

    A password need not be escaped as long as SQLAlchemy finds its end. But at a second `@`, or at one in an option,
    it may not have: then what it takes for the host may be the rest of a secret.
    """
    read = make_url(url)
    where = f"{read.host or ''}{f':{read.port}' if read.port else ''}/{read.database or ''}"
    before = url.rpartition("@")[0]
    in_doubt = "@" in before or "=" in before.partition("?")[2] or "@" in where
    return "" if in_doubt else where
