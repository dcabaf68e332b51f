"""One row of the API: method, path, what it takes, what it answers and with which statuses it may refuse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.web.openapi.shapes import BOOLEAN, TEXT, Shape, fields

QUERY, PATH, HEADER = "query", "path", "header"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Parameter:
    """`repeated`: it may be given several times, once for each value; `most`: so often at most, None: without end."""

    name: str
    about: str
    shape: Shape = field(default_factory=lambda: TEXT)
    needed: bool = False
    repeated: bool = False
    where: str = QUERY
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """`name` is that of the view function. `answer`: the fields of a 200 beside `success`; None: it is a file.

    `files`: by media type, the shape of what a 200 holds beside or in place of JSON. `refuses` are statuses beyond
    those that every row knows; `refusal` the fields that a refusal may hold beside `success` and `message`.
    `body_needed` False: an empty body will do.
    """

    method: str
    path: str
    name: str
    group: str
    about: str
    answer: Shape | None = None
    parameters: tuple[Parameter, ...] = ()
    body: Shape | None = None
    body_needed: bool = False
    refuses: tuple[int, ...] = ()
    refusal: Mapping[str, Shape] = field(default_factory=dict)
    files: Mapping[str, Shape] = field(default_factory=dict)
    headers: Mapping[str, Shape] = field(default_factory=dict)
    by_token: bool = False

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def statuses(self) -> tuple[int, ...]:
        """All it may answer with: 200 and its refusals."""
        found = {200, 401, 500, *self.refuses}
        if not self.by_token:
            found.add(403)
        if self.parameters or self.writes:
            found.add(400)
        if self.body is not None:
            found.add(413)
        return tuple(sorted(found))


def answered(properties: Mapping[str, Shape] | None = None, /, **more: Shape) -> Shape:
    """The fields of a 200, `success` among them."""
    return fields({"success": {**BOOLEAN, "const": True}, **(properties or {}), **more})


def in_path(name: str, about: str) -> Parameter:
    """A placeholder of the path."""
    return Parameter(name, about, {"type": "string", "minLength": 1}, needed=True, where=PATH)
