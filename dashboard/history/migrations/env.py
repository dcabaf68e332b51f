"""Alembic's way in. Always run by `dashboard.history.upgrade`, which brings the connection and holds the lock."""

from __future__ import annotations

from alembic import context

from dashboard.history.schema import VERSION_TABLE, metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata,
                  version_table=VERSION_TABLE)
with context.begin_transaction():
    context.run_migrations()
