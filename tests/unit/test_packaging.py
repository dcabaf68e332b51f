"""What is installed is what is written: no package and no asset is left behind."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASSETS = [file for file in (ROOT / "assets").rglob("*") if file.is_file()]
SETUP = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]


def test_every_package_is_named():
    folders = {file.parent for file in (ROOT / "dashboard").rglob("*.py")}
    found = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert set(SETUP["packages"]) == found | {"dashboard.assets"}


def test_every_asset_is_of_a_kind_that_is_packed():
    assert {file.suffix for file in ASSETS} == {".css", ".js"}
    assert {len(file.relative_to(ROOT / "assets").parts) for file in ASSETS} <= {1, 2}  # as package-data has them


def test_no_third_party_file_is_committed_with_the_assets():
    assert not [file.name for file in ASSETS if ".min." in file.name]


def test_assets_are_one_idea_each():
    assert not [file.name for file in ASSETS if len(file.read_text().splitlines()) > 150]
