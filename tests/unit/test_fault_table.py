"""The table of faults in `docs/reliability.md` is that of the faults which are run, and names tests that exist."""

from __future__ import annotations

import re

import pytest

from tests.faults.every import FAULTS
from tests.unit.documents import ROOT, table_rows

ROWS = {row[0].partition(" ")[0].strip("`"): row for row in table_rows(ROOT / "docs" / "reliability.md", "fault")}
TEST = re.compile(r"`(test_\w+\.py)::(test_\w+)(?:\[([\w-]+)\])?`")
FILES: dict[str, str] = {}
for path in (ROOT / "tests").glob("*/test_*.py"):  # a name may stand in more than one folder
    FILES[path.name] = FILES.get(path.name, "") + path.read_text(encoding="utf-8")


def test_every_fault_has_its_row():
    assert set(ROWS) == set(FAULTS)


@pytest.mark.parametrize("name", ROWS)
def test_a_row_is_whole_and_names_tests_that_exist(name):
    fault, seen, kept, recovers, measured, on, tests = ROWS[name]
    assert all(cell not in ("", "-", "…") for cell in (fault, seen, kept, recovers, measured, on))
    found = TEST.findall(tests)
    assert found and len(found) == tests.count("::")
    for file, test, parameter in found:
        assert f"def {test}(" in FILES[file], f"{file} has no {test}"
        assert not parameter or (file == "test_faults.py" and parameter in FAULTS)
    assert {(test, parameter) for _, test, parameter in found} & {
        (f"test_fault{of}", name) for of in ("", "_of_a_server", "_of_a_process")}
