"""What the README says beside the settings' names: their meaning, other variables, make's targets, the tree."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from dashboard.settings import Settings
from tests.unit.documents import ROOT, table_rows

README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
ROWS = {row[0].strip("`"): row for row in table_rows(README, "variable | field")}
OTHER_READERS = ("app.py", "dashboard/standalone/*.py", "dashboard/agent.py", "dashboard/extension.py")
VARIABLE = re.compile(r"""environ(?:\.get\(|\[)"([A-Z][A-Z_]+)\"""")
# Set by Flask and Werkzeug themselves, to say in what kind of process this is.
NOT_OURS = {"FLASK_DEBUG", "WERKZEUG_RUN_MAIN"}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("option", fields(Settings), ids=lambda option: option.name)
def test_a_setting_means_what_the_code_says(option):
    assert ROWS[option.metadata["env"]][3] == option.metadata["about"]


def test_settings_stand_in_the_order_of_the_code():
    assert list(ROWS) == [option.metadata["env"] for option in fields(Settings)]


def test_variables_that_others_read_are_documented():
    files = [file for pattern in OTHER_READERS for file in ROOT.glob(pattern)]
    read = {name for file in files for name in VARIABLE.findall(file.read_text(encoding="utf-8"))} - NOT_OURS
    assert {"HOST", "PORT", "MONITORING_ADMIN_USER", "MONITORING_DATA_DIR", "MONITORING_PROXIES"} <= read
    assert [name for name in sorted(read) if f"`{name}`" not in TEXT] == []


def test_variables_of_the_makefile_are_documented():
    names = {*re.findall(r"^([A-Z]+) \?=", MAKEFILE, re.MULTILINE),
             *(name for line in re.findall(r"^export (.+)$", MAKEFILE, re.MULTILINE) for name in line.split())}
    assert [name for name in sorted(names) if f"`{name}`" not in TEXT] == []


def test_every_target_of_the_makefile_is_named():
    targets = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[1].split()
    assert [name for name in targets if "environment" not in name and f"make {name}" not in TEXT] == []


def test_the_tree_names_what_exists():
    tree = next(block for block in re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL) if block.startswith("app.py"))
    assert [name for line in tree.splitlines() if not (ROOT / (name := line.split()[0])).exists()] == []
