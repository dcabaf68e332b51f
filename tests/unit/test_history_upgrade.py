"""Our tables are made beside whatever the host does to its own database at the same time in the same process."""

from __future__ import annotations

import contextlib

import alembic
import sqlalchemy as sa
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from dashboard.history.database import Database
from dashboard.history.place import SQLITE, Place
from dashboard.history.schema import VERSION
from dashboard.history.upgrade import MIGRATIONS, upgrade, version_of


def test_migrations_of_the_host_that_run_meanwhile_stay_at_the_hosts_database(tmp_path):
    """As `flask db upgrade` does: it mounts the console, whose thread makes its tables, and goes on with its own."""
    ours, theirs = Database(Place(SQLITE, path=str(tmp_path / "ours"))), sa.create_engine("sqlite://")
    with contextlib.closing(ours), theirs.begin() as connection:
        environment = EnvironmentContext(Config(), ScriptDirectory(str(MIGRATIONS)))
        with environment, Operations.context(MigrationContext.configure(connection)):
            alembic.op.create_table("one", sa.Column("id", sa.Integer))
            assert upgrade(ours) is True
            alembic.op.create_table("two", sa.Column("id", sa.Integer))
            assert alembic.op.get_bind() is connection
            assert alembic.context.config is environment.config
        assert sa.inspect(connection).get_table_names() == ["one", "two"]
        with ours.reading() as made:
            assert version_of(made) == VERSION
            assert not {"one", "two"} & set(sa.inspect(made).get_table_names())
