"""Where the history is kept, by settings: a file beside the host's other data, a database by URL, or nowhere. Pure."""

from __future__ import annotations

import os.path
from dataclasses import dataclass

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
        host = self.url.partition("://")[2].partition("?")[0].rpartition("@")[2]
        return f"PostgreSQL, {host}" if host.strip("/") else "PostgreSQL"


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
    return Place(POSTGRESQL, url=f"postgresql+psycopg://{rest}")
