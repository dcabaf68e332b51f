"""Each claim of docs/security.md names tests, and they exist."""

from __future__ import annotations

import re

from tests.unit.documents import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TABLES = re.findall(r"^\|[^\n]*\| shown by \|\n\|[-|]+\|\n((?:\|[^\n]*\n)+)", TEXT, re.MULTILINE)
ROWS = [row for table in TABLES for row in table.splitlines()]
NAMED = re.compile(r"`((?:unit|integration|browser)/test_\w+\.py)::(test_\w+)`")


def test_every_claim_names_a_test():
    assert len(TABLES) == 6 and len(ROWS) > 30
    assert [row for row in ROWS if not NAMED.search(row.rpartition(" | ")[2])] == []


def test_every_test_that_is_named_exists():
    named = NAMED.findall(TEXT)
    missing = [(file, name) for file, name in named
               if not re.search(rf"^def {name}\(", (ROOT / "tests" / file).read_text(encoding="utf-8"), re.MULTILINE)]
    assert len(named) > 50 and missing == []
    assert len(named) == len(re.findall(r"`[\w/]+\.py::\w+`", TEXT))


def test_the_readme_leads_to_it():
    assert "(docs/security.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
