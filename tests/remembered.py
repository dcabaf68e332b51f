"""What every host has made anew, made once in a process: most tests have a host of their own.

Of Werkzeug, the functions that build addresses: for each rule it writes two as syntax trees and compiles them, which
takes most of the time of a host of the API. They depend on the rule alone.

Of Dash, the search for its hooks in all that is installed: it means to do so once, and does not note that it did,
so that each page does.

Of hypothesis, which characters UTF-8 can write: it tries each there is, for ten seconds. It keeps what it found in a
file, which a fresh clone has not, so that each process would look for itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from dash._hooks import HooksManager
from hypothesis.internal import charmap
from hypothesis.internal.intervalsets import IntervalSet
from werkzeug.routing import Rule


def remember() -> None:
    """From now on, in this process."""
    _rules()
    _characters()
    HooksManager.register_setuptools()
    HooksManager._registered = True


def _rules() -> None:
    make, made = Rule._compile_builder, {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if rule.defaults:  # their values stand in the function
            return make(rule, append_unknown)
        key = rule.rule, tuple(rule._trace), append_unknown
        if key not in made:
            made[key] = make(rule, append_unknown)
        return made[key]

    Rule._compile_builder = remembered


def _characters() -> None:
    find, utf_8 = charmap.intervals_from_codec, (IntervalSet([(0, 0xD7FF), (0xE000, sys.maxunicode)]), IntervalSet([]))
    charmap.intervals_from_codec = lambda name: utf_8 if name == "utf-8" else find(name)
