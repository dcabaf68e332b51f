"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
${imports if imports else ""}

revision, down_revision = ${repr(up_revision)}, ${repr(down_revision)}


def upgrade(op: Operations) -> None:
    ${upgrades if upgrades else "pass"}


def downgrade(op: Operations) -> None:
    ${downgrades if downgrades else "pass"}
