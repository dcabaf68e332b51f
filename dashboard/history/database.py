"""The way to the database: connections that write alone, connections that read a snapshot, and its errors in words.

Who writes holds the only lock there is: SQLite's own (`BEGIN IMMEDIATE`), or an advisory one in PostgreSQL. So what is
read in a writing transaction is still so when it is written, whichever process does it. Readers wait for nobody.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, create_engine, event, exc, text
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from dashboard.history.place import SQLITE, Place
from dashboard.history.statements import AS_ONE

WRITE_LOCK = 0x6D6F6E69746F72  # "monitor": the key of the advisory lock, the same in every process
BUSY_S = 5.0
"""How long a writer waits for another one. Theirs take milliseconds; who holds it longer is not one of us."""
READ_LIMIT_S = 5.0
"""A person waits for what is read."""
LOCKED_READ_S = 0.1
"""How long a reader waits for a lock that keeps readers out: none of ours does for longer, and what memory holds is
told at once."""
PAUSE_AT_MOST_S = 0.1
"""SQLite looks at a lock every 100 ms at least."""
WRITE_LIMIT_S = 30.0
CONNECT_LIMIT_S = 3
READERS, READERS_MOST = 4, 20
"""Connections of one process for reading: as many as threads usually serve, and at most; further ones wait their turn.
An answer about all sources keeps one from its first question to its last, and 16 threads may be at it at once."""
PAGE_BYTES = 8_192
"""Of a SQLite file: three events of 200 metrics, or three buckets of 50, fill a page nearly whole."""
WAL_BYTES = 64 * 1024 * 1024
"""To what SQLite cuts its log back after a burst."""
ALIVE_WITHIN_MS = 5_000
"""A PostgreSQL host that is gone without a word is given up after that."""


class Readable(Protocol):
    """What can be read: a database, or one as it was at a moment."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection on which all is of one moment."""


class Database:
    """One database. Opens nothing before it is asked for a connection; usable from many threads."""

    def __init__(self, place: Place):
        self.place = place
        self.timescale = False
        """Whether the samples lie in hypertables; known once the database was opened."""
        self._wrote_until, self._wrote_for_s = 0.0, 0.0
        self._writer = _engine(place, reading=False)
        self._reader = _engine(place, reading=True)

    @property
    def is_sqlite(self) -> bool:
        return self.place.kind == SQLITE

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other writer of any process shares; it is committed where the block ends well."""
        self._let_others_in()
        with self._writer.begin() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITE_LOCK})
            began = time.monotonic()
            yield connection
        self._wrote_until = time.monotonic()
        self._wrote_for_s = self._wrote_until - began

    def _let_others_in(self) -> None:
        """Between two transactions in a row leave SQLite alone for as long as the first one took.

        Who waits for its lock only looks now and then, and would never find it free beside an import.
        """
        if self.is_sqlite:
            time.sleep(max(0.0, min(PAUSE_AT_MOST_S, self._wrote_until + self._wrote_for_s - time.monotonic())))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A snapshot: all that is read in it is of one moment."""
        with self._reader.begin() as connection:
            yield connection

    @contextmanager
    def beside(self) -> Iterator[Connection]:
        """A transaction beside those that write: for what locks a table, and not for what reads and then writes."""
        with self._writer.begin() as connection:
            yield connection

    @contextmanager
    def outside(self) -> Iterator[Connection]:
        """A connection that commits each statement by itself, for the few that take no transaction."""
        with self._writer.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        """Close what is open; it may be used again."""
        self._writer.dispose()
        self._reader.dispose()

    def abandon(self) -> None:
        """In a forked child: forget the parent's connections without a word to the other end."""
        self._writer.dispose(close=False)
        self._reader.dispose(close=False)


def _engine(place: Place, reading: bool) -> Engine:
    size, most = (READERS, READERS_MOST) if reading else (1, 3)
    # What is stored does not belong in a log: parameters are left out of errors.
    options: dict[str, Any] = {"poolclass": QueuePool, "pool_size": size, "max_overflow": most - size,
                               "pool_timeout": READ_LIMIT_S, "hide_parameters": True}
    if place.kind == SQLITE:
        engine = create_engine("sqlite+pysqlite://", creator=lambda: _open_file(place.path, reading), **options)
        event.listen(engine, "begin", _begin_snapshot if reading else _begin_alone)
        event.listen(engine, "connect", _note_encoding)
        return engine
    limit_s, lock_s = (READ_LIMIT_S, LOCKED_READ_S) if reading else (WRITE_LIMIT_S, BUSY_S)
    engine = create_engine(
        place.url, pool_pre_ping=True, isolation_level="REPEATABLE READ" if reading else "READ COMMITTED",
        connect_args={"connect_timeout": CONNECT_LIMIT_S, "application_name": "monitoring",
                      "tcp_user_timeout": ALIVE_WITHIN_MS, "keepalives_idle": 5, "keepalives_interval": 2,
                      "keepalives_count": 2, "prepare_threshold": None, "client_encoding": "utf8"},
        **options)  # else the driver speaks the database's own encoding, of which SQL_ASCII is none: it gives bytes
    limits = f"SET LOCAL statement_timeout = {round(limit_s * 1_000)}; SET LOCAL lock_timeout = {round(lock_s * 1_000)}"

    # Behind a pooler another transaction may find another session: nothing is prepared, and limits are of one alone.
    @event.listens_for(engine, "begin")
    def limit(connection: Connection) -> None:
        connection.exec_driver_sql(limits)

    return engine


def _open_file(path: str, reading: bool) -> sqlite3.Connection:
    if not reading:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    elif not os.path.exists(path):
        raise sqlite3.OperationalError("unable to open database file")  # a reader must not make an empty one
    # Transactions are begun by SQLAlchemy's event below: the driver's own way begins them too late to keep others out.
    connection = sqlite3.connect(path, timeout=READ_LIMIT_S if reading else BUSY_S, isolation_level=None,
                                 check_same_thread=False)
    try:
        if reading:
            connection.execute("PRAGMA query_only = ON")
        else:
            connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # these two count only for a file that is new
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES}")
    except BaseException:
        connection.close()
        raise
    return connection


def _note_encoding(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    """Another program may have made the file, with texts of another kind."""
    record.info[AS_ONE] = connection.execute("PRAGMA encoding").fetchone()[0] == "UTF-8"


def _begin_alone(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_snapshot(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


# What a person can do something about, by SQLite's name of the error (its beginning), or PostgreSQL's SQLSTATE.
_SQLITE_WORDS = {
    "SQLITE_FULL": "The disk is full",
    "SQLITE_BUSY": "The file is locked by another program",
    "SQLITE_LOCKED": "The file is locked by another program",
    "SQLITE_READONLY": "The file cannot be written to",
    "SQLITE_CANTOPEN": "The file cannot be opened",
    "SQLITE_PERM": "The file may not be opened",
    "SQLITE_CORRUPT": "The file is damaged",
    "SQLITE_NOTADB": "The file is no SQLite database",
    "SQLITE_IOERR": "The disk reports an error",
}
_FORGETFUL = ("SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")
_FORGETFUL_ERRNOS = (errno.EIO, errno.EROFS, errno.ESTALE, errno.ENODEV)
_POSTGRESQL_WORDS = {
    "53100": "The database's disk is full",
    "53300": "The database takes no more connections",
    "55P03": "The database is locked by another program",
    "57014": "The database did not answer in time",
    "57P01": "The database is shutting down",
    "57P03": "The database is starting up",
    "25006": "The database takes no changes",
    "22P05": "The database cannot hold this text: its encoding is not UTF8",
    "28P01": "The database refused the password",
    "28000": "The database refused the user",
    "3D000": "There is no such database",
    "42501": "The database user may not do this",
}
# Without a code the client library says why there is no connection in a text that names hosts and users.
_UNREACHABLE_WORDS = (
    ("password", "The database refused the password"),
    ("no such file", "The database is not running"),
    ("refused", "The database is not running, or refuses connections"),
    ("does not exist", "There is no such database or user"),
    ("starting up", "The database is starting up"),
    ("shutting down", "The database is shutting down"),
    ("timeout", "The database did not answer in time"),
    ("timed out", "The database did not answer in time"),
    ("resolve", "The database's host is not known"),
    ("name or service", "The database's host is not known"),
)


def plain_words(error: BaseException) -> str:
    """Why the database cannot be used, in words for an admin that hold no secret."""
    cause: Any = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        name = _sqlite_name(cause)
        return next((words for known, words in _SQLITE_WORDS.items() if name.startswith(known)),
                    f"The database reports an error ({name or type(cause).__name__})")
    if isinstance(error, exc.TimeoutError):
        return "The database is busy: all connections are in use"
    if isinstance(cause, OSError):
        return f"The folder cannot be used ({cause.strerror or type(cause).__name__})"
    state = getattr(cause, "sqlstate", None)
    if state:
        return _POSTGRESQL_WORDS.get(state, f"The database reports an error ({state})")
    if isinstance(error, exc.DBAPIError) and type(cause).__name__ in ("OperationalError", "ConnectionTimeout"):
        return _unreachable(str(cause))
    return f"The database cannot be used ({type(cause).__name__})"


def may_have_forgotten(error: BaseException) -> bool:
    """Whether a SQLite file may lack what was written last: of a disk in trouble the kernel gives up what it had not
    put there yet, and what comes back is the file of some seconds before."""
    cause: Any = getattr(error, "orig", None) or error
    if isinstance(cause, OSError):
        return cause.errno in _FORGETFUL_ERRNOS
    return isinstance(cause, sqlite3.Error) and _sqlite_name(cause).startswith(_FORGETFUL)


def _sqlite_name(cause: sqlite3.Error) -> str:
    if "unable to open" in str(cause):
        return "SQLITE_CANTOPEN"
    return getattr(cause, "sqlite_errorname", None) or ""


def _unreachable(said: str) -> str:
    said = said.lower()
    return next((words for part, words in _UNREACHABLE_WORDS if part in said), "The database cannot be reached")


TROUBLE = (exc.SQLAlchemyError, sqlite3.Error, OSError)
"""What reading and writing may raise when the database is not in order."""
