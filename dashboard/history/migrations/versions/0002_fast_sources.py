"""Buckets of five seconds for sources that send more than once a second."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision, down_revision = "0002", "0001"

TABLE, DAY_US = "monitoring_bucket_5s", 86_400_000_000


def upgrade(op: Operations) -> None:
    op.add_column("monitoring_source", sa.Column("fast_us", sa.BigInteger))
    bind = op.get_bind()
    postgresql = bind.dialect.name == "postgresql"
    # As the tables of 0001 are: the extension may have come after them.
    timescale = postgresql and bind.execute(sa.text(
        "SELECT 1 FROM pg_extension WHERE extname = 'timescaledb' AND NOT EXISTS (SELECT 1 FROM pg_class "
        "WHERE oid = to_regclass('monitoring_sample') AND relkind = 'p')")).first() is not None
    partitioned = {"postgresql_partition_by": "RANGE (time)"} if postgresql and not timescale else {}
    op.create_table(
        TABLE, sa.Column("source_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("time", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("cells", sa.LargeBinary, nullable=False), **partitioned)
    if timescale:
        op.execute(f"SELECT create_hypertable('{TABLE}', 'time', chunk_time_interval => {DAY_US}::bigint)")
        op.execute(f"SELECT set_integer_now_func('{TABLE}', 'monitoring_now_us')")
        op.execute(f"ALTER TABLE {TABLE} SET (timescaledb.compress, timescaledb.compress_segmentby = 'source_id', "
                   "timescaledb.compress_orderby = 'time')")


def downgrade(op: Operations) -> None:
    op.drop_table(TABLE)
    op.drop_column("monitoring_source", "fast_us")
