"""`make lint` says what it looked at: a finding fails, and advisories that cannot be had are told and fail nothing."""

from __future__ import annotations

import re
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FINDING = {"id": "PYSEC-1", "fix_versions": ["9.9"], "aliases": [], "description": ""}


@pytest.fixture
def audit():
    return SourceFileLoader("audit", str(ROOT / "setup" / "audit")).load_module()


def answering(audit, monkeypatch, answer, *arguments):
    """`answer` gets the packages that are asked for."""
    monkeypatch.setattr(audit, "ask", answer)
    return audit.main([*arguments])


def whole(packages, **findings):
    return [{"name": name, "version": version, "vulns": findings.get(name, [])} for name, version in packages.items()]


def unknown(packages):
    return [{"name": name, "skip_reason": f"Dependency not found: {name}"} for name in packages]


@pytest.mark.parametrize("answer", [lambda packages: None, unknown], ids=["no network", "a mirror"])
def test_without_advisories_it_says_so_and_does_not_fail(audit, monkeypatch, capsys, answer):
    assert answering(audit, monkeypatch, answer) == 0
    said = capsys.readouterr().out
    assert "NOT CHECKED" in said and said.count("=" * 70) == 2 and len(said.splitlines()) > 5
    assert f"these {len(audit.closure()) - len(audit.HELD_BACK)} dependencies" in said


def test_whoever_has_a_network_can_have_it_fail(audit, monkeypatch, capsys):
    assert answering(audit, monkeypatch, lambda packages: None, "--strict") == 1
    assert "NOT CHECKED" in capsys.readouterr().out
    assert answering(audit, monkeypatch, whole, "--strict") == 0
    assert answering(audit, monkeypatch, lambda packages: [
        *whole({"flask": "3"}), *unknown(packages.keys() - {"flask"})], "--strict") == 1


def test_what_it_does_not_understand_is_no_check(audit, monkeypatch):
    assert answering(audit, monkeypatch, whole, "--stict") == 2


def test_a_finding_fails_and_is_named(audit, monkeypatch, capsys):
    assert answering(audit, monkeypatch, lambda packages: whole(packages, redis=[FINDING])) == 1
    said = capsys.readouterr().out
    assert re.search(r"redis \S+: PYSEC-1, fixed in 9\.9", said) and "1 findings" in said


def test_no_finding_passes_and_what_was_left_out_is_named(audit, monkeypatch, capsys):
    def all_but_numpy(packages):
        return [*whole({name: version for name, version in packages.items() if name != "numpy"}),
                *unknown({name: "" for name in packages if name == "numpy"})]

    assert answering(audit, monkeypatch, all_but_numpy) == 0
    said = capsys.readouterr().out
    assert "0 findings" in said and "numpy" in said and "NOT" not in said


def test_it_looks_at_what_a_server_runs_on_and_all_that_comes_with_it(audit):
    found = audit.closure()
    assert {"flask", "werkzeug", "jinja2", "dash", "redis", "sqlalchemy", "apprise", "requests",
            "psycopg-binary"} <= found.keys()
    assert not {"pytest", "selenium", "playwright", "schemathesis"} & found.keys()
    assert all(re.fullmatch(r"[0-9].*", version) for version in found.values())


def test_the_list_is_what_would_be_asked_for(audit, monkeypatch, capsys):
    monkeypatch.setattr(audit, "ask", lambda packages: pytest.fail("it asked"))
    assert audit.main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert dict(line.split("==") for line in lines) == {
        name: version for name, version in audit.closure().items() if name not in audit.HELD_BACK}


def test_what_an_environment_begins_with_is_asked_for_in_a_newer_version(audit):
    """Python 3.11 brings setuptools 65.5.0, and whoever asks for no version is content with it."""
    assert re.search(r"^setuptools>=78\.1\.1$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert "setuptools" in audit.closure()


def test_an_answer_that_is_none_is_no_answer(audit, monkeypatch):
    monkeypatch.setattr(audit, "sys", type("Sys", (), {"executable": "/bin/false"}))
    assert audit.ask({"flask": "3.1"}) is None


def test_make_lint_runs_all_three():
    recipe = (ROOT / "Makefile").read_text().partition("\nlint:")[2].partition("\n\n")[0]
    assert "ruff check ." in recipe and "bandit" in recipe and "setup/audit" in recipe
    assert '"S"' in (ROOT / "pyproject.toml").read_text().partition("select = ")[2].partition("\n")[0]
