"""Werkzeug's functions that build addresses, made once in a process for each rule.

Most tests of the API have a host of their own, with the same fifty rules. For each of them Werkzeug writes two
functions as syntax trees and compiles them: 35 of the 47 ms that such a host takes. They depend on the rule alone.
"""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import Rule


def remember() -> None:
    """From now on, in this process."""
    make, made = Rule._compile_builder, {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if rule.defaults:  # their values stand in the function
            return make(rule, append_unknown)
        key = rule.rule, tuple(rule._trace), append_unknown
        if key not in made:
            made[key] = make(rule, append_unknown)
        return made[key]

    Rule._compile_builder = remembered
