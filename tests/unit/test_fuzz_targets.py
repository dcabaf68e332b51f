"""The targets of `make fuzz` hold for what they begin with and for what hypothesis makes up; without atheris."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fuzzing
from tests.hostile import FORMULAS, LINES, MARKUP, STATEMENTS
from tests.unit.login_world import ELSEWHERE

NAMES = [module.name for module in pkgutil.iter_modules(fuzzing.__path__) if not module.name.startswith("_")]
HOSTILE = [text for text in (*MARKUP, *LINES, *STATEMENTS, *FORMULAS, *ELSEWHERE) if text]


def test_there_are_some():
    assert {"events", "filter_line"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_target_holds(name):
    target = importlib.import_module(f"fuzzing.{name}")
    for data in (*target.SEEDS, *(text.encode("utf-8", "surrogateescape") for text in HOSTILE)):
        target.look_at(data)

    @settings(max_examples=100, deadline=None, database=None)
    @given(st.one_of(st.binary(max_size=120), st.lists(
        st.sampled_from([piece for seed in target.SEEDS for piece in (seed, seed[:9], seed[-9:])]), max_size=4).map(
            b"".join)))
    def look(data: bytes) -> None:
        target.look_at(data)

    look()
