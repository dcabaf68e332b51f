"""No regular expression of ours takes more than its share of time: steps grow with the length of the text, not faster.

Found by reading the source, so that a new one takes part by itself.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest

from tests.unit.attacks import attacked
from tests.unit.documents import ROOT
from tests.unit.regex_steps import Steps, texts

FILES = [ROOT / "app.py", *sorted((ROOT / "dashboard").rglob("*.py"))]
CALLS = ("fullmatch", "match", "search", "sub", "subn", "split", "findall", "finditer")
ANY = re.compile(r"\bre\.\w+\(")
USE = re.compile(rf"\b(\w+)\.({'|'.join(CALLS)})\(")
SHORT, LONG = 24, 48  # repetitions
GROWTH_AT_MOST = 2.6
"""Steps for LONG over those for SHORT: 2 where they grow as the text does, 4 where they grow with its square."""


class Found(NamedTuple):
    where: str
    pattern: re.Pattern
    how: str


def expressions() -> Iterator[Found]:
    """Every pattern in the source with how it is used; of one whose use is not seen, the worst is thought.

    Only files that hold one are read as a tree: every process that runs tests does this before its first one.
    """
    sources = {path: path.read_text() for path in FILES}
    uses: dict[str, set[str]] = {}
    for source in sources.values():
        for name, how in USE.findall(source):
            uses.setdefault(name, set()).add(how)
    for path, source in sources.items():
        if not ANY.search(source):
            continue
        nodes = list(ast.walk(ast.parse(source)))
        names = {id(node.value): node.targets[0].id for node in nodes
                 if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)}
        for node in nodes:
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                    and isinstance(node.func.value, ast.Name) and node.func.value.id == "re"):
                continue
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            compiled = eval(ast.unparse(ast.Call(  # noqa: S307 (the constant in our own source)
                ast.Attribute(ast.Name("re"), "compile"), [node.args[0], *flags(node)], [])))
            if node.func.attr != "compile":
                yield Found(where, compiled, node.func.attr)
                continue
            for how in uses.get(names.get(id(node), ""), {"findall"}):
                yield Found(where, compiled, how)


def flags(node: ast.Call) -> list[ast.expr]:
    given = [keyword.value for keyword in node.keywords if keyword.arg == "flags"]
    place = 1 if node.func.attr == "compile" else 2  # type: ignore[attr-defined]
    return given or ([node.args[place]] if len(node.args) > place and node.func.attr in (
        "compile", "fullmatch", "match", "search") else [])  # type: ignore[attr-defined]


EXPRESSIONS = list(expressions())


def steps(found: Found, text: str) -> int:
    return Steps(found.pattern, text).run("findall" if found.how not in ("fullmatch", "match", "search") else found.how)


@pytest.fixture(autouse=True)
def deep_enough():
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(before)


@cache
def growth(found: Found) -> tuple[float, str]:
    """The worst ratio of steps, and the text that shows it."""
    ratios = [(steps(found, long) / max(steps(found, short), 50), long)
              for short, long in zip(texts(found.pattern, SHORT), texts(found.pattern, LONG), strict=True)]
    return max(ratios)


def test_the_document_tells_the_worst_of_them():
    what, measured = attacked("Steps of each of the")
    assert f"the {len(EXPRESSIONS)} ways" in what
    worst = max(growth(found)[0] for found in EXPRESSIONS)
    assert measured.startswith(f"{worst:.1f} times at most; {GROWTH_AT_MOST} are allowed")


def test_all_of_them_are_looked_at():
    assert len(EXPRESSIONS) >= 20
    counted = sum(len(re.findall(r"\bre\.(?:compile|" + "|".join(CALLS) + r")\(", path.read_text())) for path in FILES)
    assert len({found.where for found in EXPRESSIONS}) <= counted <= len(EXPRESSIONS) + 1


@pytest.mark.parametrize("found", EXPRESSIONS, ids=lambda found: f"{found.where} {found.how}")
def test_twice_the_text_takes_about_twice_the_steps(found):
    ratio, text = growth(found)
    assert ratio <= GROWTH_AT_MOST, (found.pattern.pattern, text)


@pytest.mark.parametrize("pattern", [r"(a+)+b", r"(a|aa)+b", r"[0-9]+\.?[0-9]*x", r"(\w+\s?)*:", r"a*a*b"])
def test_a_pattern_that_backtracks_is_noticed(pattern):
    found = Found("here", re.compile(pattern), "fullmatch")
    letter = "1" if "0-9" in pattern else "a"
    assert steps(found, letter * 12) / steps(found, letter * 6) > GROWTH_AT_MOST


@pytest.mark.parametrize(("pattern", "text", "how"), [
    (r"a(b|c)*d", "abcbcd", "fullmatch"), (r"a(b|c)*d", "abcbce", "fullmatch"), (r"[^x]+?y", "aay", "match"),
    (r"(?<!\w)@(?=\w)", "@a", "match"), (r"\b\d{2,3}\b", "123", "fullmatch"), (r'"[^"]*+"', '"ab"', "fullmatch"),
    (r"(?>a|ab)c", "abc", "fullmatch"), (r"\d+$", "12x", "match"), (r"(?i:AB)", "AB", "fullmatch")])
def test_the_counter_finds_what_the_engine_finds(pattern, text, how):
    compiled = re.compile(pattern)
    counter = Steps(compiled, text)
    ends: list[int] = []
    found = counter._match(counter.tree, 0, 0, lambda at: ends.append(at) or (how == "match" or at == len(text)))
    assert found is (getattr(compiled, how)(text) is not None)
