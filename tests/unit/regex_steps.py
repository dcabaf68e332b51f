"""How many steps a regular expression takes: a backtracking matcher that counts, and texts that make it work.

Python's own engine works in the same way and tells no number. Counting in place of a clock makes "grows with the
length" exact: a pattern that backtracks badly takes four times the steps for twice the text, or more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

Go = Callable[[int], bool]
_CLASSES = {ops.CATEGORY_DIGIT: r"\d", ops.CATEGORY_NOT_DIGIT: r"\D", ops.CATEGORY_SPACE: r"\s",
            ops.CATEGORY_NOT_SPACE: r"\S", ops.CATEGORY_WORD: r"\w", ops.CATEGORY_NOT_WORD: r"\W"}
_ONE_OF = {ops.CATEGORY_DIGIT: "5", ops.CATEGORY_SPACE: " ", ops.CATEGORY_WORD: "a", ops.CATEGORY_NOT_WORD: "!",
           ops.CATEGORY_NOT_DIGIT: "a", ops.CATEGORY_NOT_SPACE: "a"}


class Steps:
    """Matches one pattern against one text, and counts."""

    def __init__(self, pattern: re.Pattern, text: str):
        self.tree, self._fitting = _prepared(pattern)
        self.text, self.taken = text, 0
        self.ignore_case = bool(pattern.flags & re.IGNORECASE)

    def run(self, how: str) -> int:
        """The steps of `fullmatch`, `match`, `search`, or of a search for all there are (any other word)."""
        end, start = len(self.text), 0
        ends: list[int] = []

        def over(at: int) -> bool:
            ends.append(at)
            return how != "fullmatch" or at == end

        while start <= end:
            found = self._match(self.tree, 0, start, over)
            if how in ("fullmatch", "match") or (found and how == "search"):
                break
            start = max(start + 1, ends[-1]) if found else start + 1
        return self.taken

    def _match(self, nodes: tuple, index: int, at: int, go: Go) -> bool:
        self.taken += 1
        if index == len(nodes):
            return go(at)
        op, what = nodes[index]

        def then(place: int) -> bool:
            return self._match(nodes, index + 1, place, go)

        if op in (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN):
            return at < len(self.text) and self._fits(op, what, self.text[at]) and then(at + 1)
        if op is ops.BRANCH:
            return any(self._match(tuple(branch), 0, at, then) for branch in what[1])
        if op is ops.SUBPATTERN:
            return self._match(tuple(what[3]), 0, at, then)
        if op is ops.ATOMIC_GROUP:
            return self._once(tuple(what), at, then)
        if op is ops.POSSESSIVE_REPEAT:
            return self._possessive(what, at, then)
        if op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
            return self._repeat(op, *what, 0, at, then)
        if op in (ops.ASSERT, ops.ASSERT_NOT):
            direction, inner = what
            there = self._match(tuple(inner), 0, at if direction > 0 else max(0, at - 1), lambda place: True)
            there = there and (direction > 0 or at > 0)
            return there is (op is ops.ASSERT) and then(at)
        assert op is ops.AT, op
        return self._holds(what, at) and then(at)

    def _repeat(self, op: Any, least: int, most: Any, inner: Any, count: int, at: int, then: Go) -> bool:
        self.taken += 1

        def again() -> bool:
            return count < most and self._match(
                tuple(inner), 0, at,
                lambda place: place != at and self._repeat(op, least, most, inner, count + 1, place, then))

        if op is ops.MIN_REPEAT:
            return (count >= least and then(at)) or again()
        return again() or (count >= least and then(at))

    def _possessive(self, what: Any, at: int, then: Go) -> bool:
        least, most, inner = what
        count = 0
        while count < most:
            ends: list[int] = []
            if not self._match(tuple(inner), 0, at, lambda place, ends=ends: ends.append(place) or True) \
                    or ends[0] == at:
                break
            at, count = ends[0], count + 1
        return count >= least and then(at)

    def _once(self, inner: tuple, at: int, then: Go) -> bool:
        ends: list[int] = []
        return self._match(inner, 0, at, lambda place: ends.append(place) or True) and then(ends[0])

    def _holds(self, what: Any, at: int) -> bool:
        if what in (ops.AT_END, ops.AT_END_STRING):
            return at == len(self.text)
        if what in (ops.AT_BEGINNING, ops.AT_BEGINNING_STRING):
            return at == 0
        sides = [0 <= place < len(self.text) and _is("\\w", self.text[place]) for place in (at - 1, at)]
        return (sides[0] != sides[1]) is (what is ops.AT_BOUNDARY)

    def _fits(self, op: Any, what: Any, letter: str) -> bool:
        place = op, id(what) if op is ops.IN else what, letter
        fits = self._fitting.get(place)
        if fits is None:
            letters = {letter, letter.lower(), letter.upper()} if self.ignore_case else {letter}
            fits = self._fitting[place] = any(
                _fits(op, what if not isinstance(what, list) else tuple(what), each) for each in letters)
        return fits


@cache
def _prepared(pattern: re.Pattern) -> tuple[tuple, dict[tuple, bool]]:
    """The pattern as a tree, and which of its places is known to take which letter: the same for all texts."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    flags = pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    return tuple(parser.parse(source, flags)), {}


def _fits(op: Any, what: Any, letter: str) -> bool:
    if op is ops.ANY:
        return letter != "\n"
    if op is ops.LITERAL:
        return ord(letter) == what
    if op is ops.NOT_LITERAL:
        return ord(letter) != what
    if op is ops.RANGE:
        return what[0] <= ord(letter) <= what[1]
    if op is ops.CATEGORY:
        return _is(_CLASSES[what], letter)
    assert op is ops.IN, op
    negated = what[0][0] is ops.NEGATE
    return any(_fits(*each, letter) for each in what[negated:]) is not negated


@cache
def _is(pattern: str, letter: str) -> bool:
    return re.fullmatch(pattern, letter) is not None


def texts(pattern: re.Pattern, repeats: int) -> Iterator[str]:
    """Texts of `repeats` repetitions that give the pattern hope, and none at the end."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = parser.parse(source, pattern.flags & ~re.UNICODE)
    letters = sorted(set(_letters(tree)))
    beginning = _shortest(tree)
    pumps = [*letters, *(a + b for a in letters for b in letters if a != b)][:40]
    for pump in [*pumps, beginning or "a"]:
        for start in ("", beginning):
            for end in ("", "\x01", "!"):
                yield start + pump * repeats + end


def _letters(tree: Any) -> Iterator[str]:
    """A letter for each place of the pattern."""
    for op, what in tree:
        if op is ops.LITERAL:
            yield chr(what)
        elif op is ops.NOT_LITERAL:
            yield "a"
        elif op is ops.RANGE:
            yield chr(what[0])
        elif op is ops.CATEGORY:
            yield _ONE_OF[what]
        elif op is ops.ANY:
            yield "a"
        elif op is ops.IN:
            yield from list(_letters([each for each in what if each[0] is not ops.NEGATE]))[:3]
        elif op is ops.BRANCH:
            for branch in what[1]:
                yield from _letters(branch)
        elif op is ops.SUBPATTERN:
            yield from _letters(what[3])
        elif op in (ops.ASSERT, ops.ASSERT_NOT):
            yield from _letters(what[1])
        elif op is ops.ATOMIC_GROUP:
            yield from _letters(what)
        elif op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
            yield from _letters(what[2])


def _shortest(tree: Any) -> str:
    """A text the pattern begins to match, with one letter for each place that must be there."""
    found = ""
    for op, what in tree:
        if op in (ops.LITERAL, ops.NOT_LITERAL, ops.IN, ops.ANY):
            found += next(_letters([(op, what)]), "a")
        elif op is ops.BRANCH:
            found += _shortest(what[1][0])
        elif op is ops.SUBPATTERN:
            found += _shortest(what[3])
        elif op is ops.ATOMIC_GROUP:
            found += _shortest(what)
        elif op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
            found += _shortest(what[2]) * what[0]
    return found
