"""The tables, as SQLAlchemy Core. What is here is what the migrations make; a test compares the two.

All names begin with `monitoring_`, since the database may be shared. Times are whole microseconds since 1970.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

from dashboard.history.steps import FAST, TIERS, Tier

VERSION = "0003"
"""The newest migration: the database is brought there before it is used."""
VERSION_TABLE = "monitoring_version"
ID_CHARS = 200
NAME_CHARS = 500

metadata = MetaData()


def _names(name: str, *more: Column) -> Table:
    return Table(name, metadata, Column("id", Integer, primary_key=True),
                 Column("name", String(NAME_CHARS), nullable=False, unique=True), *more)


def _timed(name: str) -> Table:
    """Rows of one source in the order of time, each with the cells of all its metrics (`dashboard.history.cells`)."""
    return Table(name, metadata, Column("source_id", Integer, primary_key=True, autoincrement=False),
                 Column("time", BigInteger, primary_key=True, autoincrement=False),
                 Column("cells", LargeBinary, nullable=False))


source = _names("monitoring_source", Column("fast_us", BigInteger))
"""`fast_us`: from when on it has buckets of the tier FAST; none where it never sent that fast."""
metric = _names("monitoring_metric")
source_metric = Table(
    "monitoring_source_metric", metadata,
    Column("source_id", Integer, primary_key=True, autoincrement=False),
    Column("metric_id", Integer, primary_key=True, autoincrement=False),
    Column("first_us", BigInteger, nullable=False))
"""Since when a source has sent a metric."""

sample = _timed("monitoring_sample")
fast_bucket = _timed(f"monitoring_bucket_{FAST.name}")
buckets = {tier.name: _timed(f"monitoring_bucket_{tier.name}") for tier in TIERS}
"""The table of each tier that all sources have."""


def bucket(tier: Tier) -> Table:
    """The table of a tier, FAST too."""
    return fast_bucket if tier == FAST else buckets[tier.name]


alert = Table(
    "monitoring_alert", metadata,
    Column("key", String(ID_CHARS), primary_key=True),
    Column("alert_id", Text, nullable=False), Column("source", Text, nullable=False),
    Column("level", String(ID_CHARS), nullable=False), Column("component", Text, nullable=False),
    Column("message", Text, nullable=False), Column("state", String(20), nullable=False),
    Column("first_us", BigInteger, nullable=False), Column("last_us", BigInteger, nullable=False),
    Column("resolved_us", BigInteger), Column("revision", BigInteger, nullable=False),
    Column("document", Text, nullable=False))
Index("monitoring_alert_first", alert.c.first_us)
Index("monitoring_alert_resolved", alert.c.resolved_us)

command = Table(
    "monitoring_command", metadata,
    Column("request_id", String(ID_CHARS), primary_key=True),
    Column("action", String(ID_CHARS), nullable=False), Column("requested_by", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False), Column("receivers", Integer, nullable=False),
    Column("answer", String(ID_CHARS)), Column("answer_message", Text), Column("answered_us", BigInteger))
Index("monitoring_command_at", command.c.at_us)

gap = Table(
    "monitoring_gap", metadata,
    Column("process", String(ID_CHARS), primary_key=True),
    Column("start_us", BigInteger, primary_key=True, autoincrement=False),
    Column("end_us", BigInteger), Column("why", Text, nullable=False))
Index("monitoring_gap_start", gap.c.start_us)

listening = Table(
    "monitoring_listening", metadata,
    Column("process", String(ID_CHARS), primary_key=True),
    Column("since_us", BigInteger, primary_key=True, autoincrement=False),
    Column("until_us", BigInteger, nullable=False))
"""When a process listened without a break; the last row of one that runs is a few seconds behind."""
Index("monitoring_listening_until", listening.c.until_us)

event = Table(
    "monitoring_event", metadata,
    Column("key", String(ID_CHARS), primary_key=True),
    Column("at_us", BigInteger, nullable=False), Column("source", Text, nullable=False),
    Column("kind", String(ID_CHARS), nullable=False), Column("document", Text, nullable=False))
"""What else happened and shows a past moment: a source's status, and its health where it changed."""
Index("monitoring_event_at", event.c.at_us)

annotation = Table(
    "monitoring_annotation", metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column("source", Text), Column("start_us", BigInteger, nullable=False), Column("end_us", BigInteger),
    Column("text", Text, nullable=False), Column("by_whom", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False))
Index("monitoring_annotation_start", annotation.c.start_us)

claim = Table(
    "monitoring_claim", metadata,
    Column("name", String(ID_CHARS), primary_key=True), Column("until_us", BigInteger, nullable=False))
"""Work that one process does for all, and until when it is done."""
