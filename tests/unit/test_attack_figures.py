"""How many there are of what docs/security.md says was attacked: counted where the tests take them from."""

from __future__ import annotations

import re

from tests.hostile import MARKUP
from tests.integration.test_stored_markup import OURS
from tests.unit.attacks import attacked
from tests.unit.mounted_console import METHODS, host, paths
from tests.unit.test_injection import READS
from tests.unit.test_login_next import ELSEWHERE
from tests.unit.test_mount_guard import UNUSUAL


def told(beginning: str) -> list[int]:
    """The numbers that stand in what was measured of the row that begins so."""
    return [int(number) for number in re.findall(r"\d+", attacked(beginning)[1])]


def test_every_path_and_method(monkeypatch):
    assert told("Every rule of the page and of REST") == [len(paths(host(monkeypatch, False))), len(METHODS),
                                                          len(UNUSUAL)]


def test_payloads_of_markup():
    assert told("Markup payloads in every field of every event")[0] == len(MARKUP)
    assert told("The same, in every field of every event") == [len(MARKUP), len({row.name for row in READS} - {*OURS})]


def test_places_elsewhere():
    assert told("Redirect payloads") == [len([target for target in ELSEWHERE if target])]
