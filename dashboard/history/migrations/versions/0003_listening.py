"""When each process listened, so that a time in which nobody did is told from one in which nothing was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision, down_revision = "0003", "0002"

TABLE = "monitoring_listening"


def upgrade(op: Operations) -> None:
    op.create_table(
        TABLE, sa.Column("process", sa.String(200), primary_key=True),
        sa.Column("since_us", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("until_us", sa.BigInteger, nullable=False))
    op.create_index(f"{TABLE}_until", TABLE, ["until_us"])


def downgrade(op: Operations) -> None:
    op.drop_table(TABLE)
