"""Alembic's way in for its own commands, of which `dashboard.history.upgrade` needs none."""

from __future__ import annotations

from alembic import context
from alembic.operations import Operations

from dashboard.history.schema import VERSION_TABLE, metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata,
                  version_table=VERSION_TABLE)
with context.begin_transaction():
    context.run_migrations(op=Operations(context.get_context()))
