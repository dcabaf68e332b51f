"""Numbers by name, as a message brings them. Thousands of messages have the names of one another, and share them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, KeysView, Mapping

from msgspec import Struct


class NamedNumbers(Struct, eq=False):
    """A mapping of two tuples, as long as each other, that nobody changes. It is made far more quickly than a dict, and
    most are only ever read in a row; what is looked up by name makes the dict then. A name stands there once.
    """

    names: tuple[str, ...] = ()
    numbers: tuple[float, ...] = ()
    _by_name: dict[str, float] | None = None

    @classmethod
    def of(cls, values: Mapping[str, float]) -> NamedNumbers:
        """The same names and numbers; of themselves where they are such already."""
        return values if type(values) is cls else cls(tuple(values), tuple(values.values()))

    @property
    def by_name(self) -> dict[str, float]:
        """As a dict, which nobody changes either."""
        if self._by_name is None:
            self._by_name = dict(zip(self.names, self.numbers, strict=True))
        return self._by_name

    def and_also(self, name: str, number: float) -> NamedNumbers:
        """With one more, whose name is not among these."""
        return NamedNumbers(self.names + (name,), self.numbers + (number,))

    def has_names_of(self, other: NamedNumbers) -> bool:
        """Whether every name of `other` is among these."""
        return self.names is other.names or self.by_name.keys() >= other.by_name.keys()

    def keys(self) -> KeysView[str]:
        return self.by_name.keys()

    def values(self) -> tuple[float, ...]:
        return self.numbers

    def items(self) -> Iterable[tuple[str, float]]:
        return zip(self.names, self.numbers, strict=True)

    def __getitem__(self, name: str) -> float:
        return self.by_name[name]

    def get(self, name: str, default: float | None = None) -> float | None:
        return self.by_name.get(name, default)

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __eq__(self, other: object) -> bool:
        return self.by_name == (other.by_name if isinstance(other, NamedNumbers) else other)

    __hash__ = None


Mapping.register(NamedNumbers)
