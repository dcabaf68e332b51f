"""A mapping like any other, but that it shares its names."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from dashboard.named_numbers import NamedNumbers

values = st.dictionaries(st.sampled_from("abcd"), st.floats(allow_nan=False), max_size=4)


@given(values, values)
def test_it_is_what_the_dict_is(one, other):
    made = NamedNumbers.of(one)
    assert isinstance(made, Mapping)
    assert NamedNumbers.of(made) is made
    assert (made == one, made == other, made == NamedNumbers.of(other)) == (True, one == other, one == other)
    assert (dict(made), list(made), len(made), bool(made)) == (one, list(one), len(one), bool(one))
    assert (list(made.items()), list(made.values()), made.keys()) == (
        list(one.items()), list(one.values()), one.keys())
    assert [name in made for name in "abcd"] == [name in one for name in "abcd"]
    assert [made.get(name, 7.0) for name in "abcd"] == [one.get(name, 7.0) for name in "abcd"]
    assert [name for name in dir(Mapping) if not name.startswith("_") and not hasattr(made, name)] == []
    assert all(made[name] == number for name, number in one.items())
    assert made.has_names_of(NamedNumbers.of(other)) == (one.keys() >= other.keys())
    assert NamedNumbers(made.names, made.numbers).has_names_of(made)


def test_one_more():
    made = NamedNumbers.of({"a": 1.0})
    assert made.and_also("b", 2.0) == {"a": 1.0, "b": 2.0}
    assert made == {"a": 1.0}
