"""Brings the database to the tables this version knows. Runs by itself when the history is opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from dashboard.history.database import Database
from dashboard.history.schema import VERSION, VERSION_TABLE, metadata

if TYPE_CHECKING:
    from alembic.config import Config

HAS_HYPERTABLES = """
    SELECT 1 FROM pg_extension WHERE extname = 'timescaledb' AND NOT EXISTS (
      SELECT 1 FROM pg_class WHERE oid = to_regclass('monitoring_sample') AND relkind = 'p')"""
"""Tables that were partitioned before the extension came stay so: they can become no hypertables."""
MIGRATIONS = Path(__file__).parent / "migrations"


class LaterVersion(Exception):
    """The database was made by a later version of the console, and is left alone."""


def version_of(connection: Connection) -> str | None:
    """The version of the tables; None where there are none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    asked = f"SELECT version_num FROM {VERSION_TABLE}"  # nosec B608 # noqa: S608 - a constant
    return connection.execute(text(asked)).scalar()


def upgrade(database: Database) -> bool:
    """Run the migrations that are missing, under the writers' lock: of N processes one does it. True where it was us.

    Raises:
        LaterVersion
        sqlalchemy.exc.SQLAlchemyError, sqlite3.Error, OSError: the database cannot be used.
    """
    with database.writing() as connection:
        version = version_of(connection)
        changed = version != VERSION
        if changed:
            if version is not None and version > VERSION:
                raise LaterVersion(version)
            _migrate(connection)
        if not database.is_sqlite:
            database.timescale = connection.execute(text(HAS_HYPERTABLES)).first() is not None
    return changed


def _migrate(connection: Connection) -> None:
    """Not by Alembic's commands: what they set (`alembic.op`, `alembic.context`) there is once in a process, where at
    this moment the host may change its own database (`flask db upgrade`), or another console its own."""
    from alembic.migration import MigrationContext  # nearly never needed, and slow to import
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(config_of(connection))
    context = MigrationContext.configure(connection, opts={
        "version_table": VERSION_TABLE, "target_metadata": metadata,
        "fn": lambda revision, _: scripts._upgrade_revs("head", revision)})
    with context.begin_transaction():
        context.run_migrations(op=Operations(context))


def config_of(connection: Connection) -> Config:
    """Alembic's configuration for our migrations over this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
