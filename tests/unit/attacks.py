"""What docs/security.md says was attacked, and how that went."""

from __future__ import annotations

from tests.unit.documents import ROOT, table_rows

SECURITY = ROOT / "docs" / "security.md"
HEADING = "what | measured"


def attacked(beginning: str) -> tuple[str, str]:
    """What, and what was measured, of the row that begins so."""
    (row,) = (row for row in table_rows(SECURITY, HEADING) if row[0].startswith(beginning))
    return row[0], row[1]
