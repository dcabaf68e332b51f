"""The README tells every setting as the code has it."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from dashboard.settings import Settings

README = Path(__file__).resolve().parents[2] / "README.md"
OPTIONS = fields(Settings)


def rows() -> dict[str, list[str]]:
    """Cells of each row of a table, by the variable named in its first cell that holds one."""
    found = {}
    for line in README.read_text().splitlines():
        if not line.startswith("|"):
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        name = next((match[1] for cell in cells if (match := re.fullmatch(r"`([A-Z][A-Z0-9_]+)`", cell))), None)
        if name is not None:
            found[name] = cells
    return found


def written(default: object) -> set[str]:
    """The ways to write a default."""
    if default is None:
        return {"", "–", "-", "none", "not set", "unset"}
    if isinstance(default, bool):
        return {"`1`", "1"} if default else {"`0`", "0"}
    if isinstance(default, (int, float)):
        texts = {f"{default:g}", str(default), f"{default:,}", str(int(default))}
    else:
        texts = {str(default)}
    return {form for text in texts for form in (text, f"`{text}`")}


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_the_table_names_every_setting_with_variable_and_default(option):
    cells = rows().get(option.metadata["env"])
    assert cells is not None, f"no row for {option.metadata['env']}"
    assert any(option.name in cell for cell in cells), f"{option.name} is not named in {cells}"
    assert {cell.lower() for cell in cells} & {form.lower() for form in written(option.default)}, cells


def test_the_table_names_no_setting_there_is_not():
    known = {option.metadata["env"] for option in OPTIONS}
    app_alone = {"MONITORING_ADMIN_USER", "MONITORING_ADMIN_PASSWORD"}  # read by app.py, not by the package
    told = {name for name, cells in rows().items() if any(f"`{option.name}`" in cells for option in OPTIONS)}
    assert told <= known | app_alone
