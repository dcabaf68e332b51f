"""The first tables: samples, their tiers, and what else happened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision, down_revision = "0001", None

DAY_US = 86_400_000_000
# Each table of rows by time, and how much time one chunk or partition of it holds.
TIMED = {"monitoring_sample": DAY_US, "monitoring_bucket_1m": 7 * DAY_US, "monitoring_bucket_5m": 7 * DAY_US,
         "monitoring_bucket_30m": 7 * DAY_US, "monitoring_bucket_1h": 100 * DAY_US,
         "monitoring_bucket_6h": 100 * DAY_US}


def upgrade(op: Operations) -> None:
    for name in ("monitoring_source", "monitoring_metric"):
        op.create_table(name, sa.Column("id", sa.Integer, primary_key=True),
                        sa.Column("name", sa.String(500), nullable=False, unique=True))
    op.create_table(
        "monitoring_source_metric",
        sa.Column("source_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("metric_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("first_us", sa.BigInteger, nullable=False))
    _timed_tables(op)
    _events(op)


def _timed_tables(op: Operations) -> None:
    """Hypertables where TimescaleDB is in the database, else partitioned tables in PostgreSQL, else plain ones."""
    bind = op.get_bind()
    postgresql = bind.dialect.name == "postgresql"
    timescale = postgresql and bind.execute(
        sa.text("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'")).first() is not None
    partitioned = {"postgresql_partition_by": "RANGE (time)"} if postgresql and not timescale else {}
    for name in TIMED:
        op.create_table(
            name, sa.Column("source_id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("time", sa.BigInteger, primary_key=True, autoincrement=False),
            sa.Column("cells", sa.LargeBinary, nullable=False), **partitioned)
    if timescale:
        for statement in hypertables():
            op.execute(statement)


def hypertables() -> list[str]:
    """What makes hypertables of the tables. Their policies follow the settings, see `dashboard.history.partitions`."""
    statements = [
        "CREATE OR REPLACE FUNCTION monitoring_now_us() RETURNS bigint LANGUAGE sql STABLE AS "
        "$$ SELECT (extract(epoch FROM now()) * 1000000)::bigint $$"]
    for name, span_us in TIMED.items():
        statements += [
            f"SELECT create_hypertable('{name}', 'time', chunk_time_interval => {span_us}::bigint)",
            f"SELECT set_integer_now_func('{name}', 'monitoring_now_us')",
            f"ALTER TABLE {name} SET (timescaledb.compress, timescaledb.compress_segmentby = 'source_id', "
            "timescaledb.compress_orderby = 'time')"]
    return statements


def _events(op: Operations) -> None:
    op.create_table(
        "monitoring_alert",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("alert_id", sa.Text, nullable=False), sa.Column("source", sa.Text, nullable=False),
        sa.Column("level", sa.String(200), nullable=False), sa.Column("component", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False), sa.Column("state", sa.String(20), nullable=False),
        sa.Column("first_us", sa.BigInteger, nullable=False), sa.Column("last_us", sa.BigInteger, nullable=False),
        sa.Column("resolved_us", sa.BigInteger), sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False))
    op.create_index("monitoring_alert_first", "monitoring_alert", ["first_us"])
    op.create_index("monitoring_alert_resolved", "monitoring_alert", ["resolved_us"])
    op.create_table(
        "monitoring_command",
        sa.Column("request_id", sa.String(200), primary_key=True),
        sa.Column("action", sa.String(200), nullable=False), sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False), sa.Column("receivers", sa.Integer, nullable=False),
        sa.Column("answer", sa.String(200)), sa.Column("answer_message", sa.Text),
        sa.Column("answered_us", sa.BigInteger))
    op.create_index("monitoring_command_at", "monitoring_command", ["at_us"])
    op.create_table(
        "monitoring_gap",
        sa.Column("process", sa.String(200), primary_key=True),
        sa.Column("start_us", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("end_us", sa.BigInteger), sa.Column("why", sa.Text, nullable=False))
    op.create_index("monitoring_gap_start", "monitoring_gap", ["start_us"])
    op.create_table(
        "monitoring_event",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("at_us", sa.BigInteger, nullable=False), sa.Column("source", sa.Text, nullable=False),
        sa.Column("kind", sa.String(200), nullable=False), sa.Column("document", sa.Text, nullable=False))
    op.create_index("monitoring_event_at", "monitoring_event", ["at_us"])
    op.create_table(
        "monitoring_annotation",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("source", sa.Text), sa.Column("start_us", sa.BigInteger, nullable=False),
        sa.Column("end_us", sa.BigInteger), sa.Column("text", sa.Text, nullable=False),
        sa.Column("by_whom", sa.Text, nullable=False), sa.Column("at_us", sa.BigInteger, nullable=False))
    op.create_index("monitoring_annotation_start", "monitoring_annotation", ["start_us"])
    op.create_table(
        "monitoring_claim",
        sa.Column("name", sa.String(200), primary_key=True), sa.Column("until_us", sa.BigInteger, nullable=False))


def downgrade(op: Operations) -> None:
    for name in ("claim", "annotation", "event", "gap", "command", "alert"):
        op.drop_table(f"monitoring_{name}")
    for name in TIMED:
        op.drop_table(name)
    for name in ("source_metric", "metric", "source"):
        op.drop_table(f"monitoring_{name}")
