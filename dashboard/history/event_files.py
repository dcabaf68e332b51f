"""What is kept beside metrics as a file: alerts with their timelines, commands, gaps, annotations … in CSV or Parquet.

A row of the file is a row of the table, its times as moments (UTC, to the microsecond). Nothing that is there already
is written over, but an alert of which the file knows more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from sqlalchemy import BigInteger, Connection, Integer, Table, func, select, tuple_

from dashboard.alerts.documents import Unreadable, load_alert
from dashboard.history import schema
from dashboard.history.alert_rows import write_alert_rows
from dashboard.history.cells import to_us
from dashboard.history.database import Database
from dashboard.history.statements import chunks, insert
from dashboard.history.table_files import BadFile, ending_of
from dashboard.spreadsheet import quoted, unquoted

PORTION_ROWS = 500
"""Of one read or transaction: 2 MB of alerts."""
_KINDS = {"alerts": (schema.alert, "first_us"), "commands": (schema.command, "at_us"), "gaps": (schema.gap, "start_us"),
          "listening": (schema.listening, "since_us"), "events": (schema.event, "at_us"),
          "annotations": (schema.annotation, "start_us")}
"""By name: the table, and the time that decides whether a row lies in a window."""
KINDS = tuple(_KINDS)
_MOMENT = pa.timestamp("us", tz="UTC")


class NoSource(ValueError):
    """Rows of this kind are about no source."""


def export_events(database: Database, path: Path, kind: str, start: float, end: float,
                  sources: Sequence[str] | None = None, progress: Callable[[int], Any] = lambda done: None) -> int:
    """Write the rows of a kind from `start` to `end` (Unix s), of these sources (None: all); how many there are.

    Raises NoSource, BadFile, OSError, and what the database raises.
    """
    table, time = _KINDS[kind]
    wanted = [table.c[time].between(to_us(start), to_us(end))]
    if sources is not None:
        if "source" not in table.c:
            raise NoSource(f"{kind} are about no source")
        wanted.append(table.c.source.in_(sources))
    is_csv, rows = ending_of(path) == ".csv", 0
    wide = pa.schema([(_shown(column.name), _type(column)) for column in table.c])
    with (pyarrow.csv.CSVWriter if is_csv else pyarrow.parquet.ParquetWriter)(str(path), wide) as writer:
        for portion in _portions(database, table, wanted):
            columns = [_cells([row[place] for row in portion], field.type, is_csv) for place, field in enumerate(wide)]
            writer.write_table(pa.Table.from_arrays(columns, schema=wide))
            rows += len(portion)
            progress(len(portion))
    return rows


def read_events(path: Path) -> tuple[str, list[dict[str, Any]]] | None:
    """(kind, rows) of a file; None where its columns are those of no kind. Raises BadFile, OSError."""
    found = _read_table(path)
    kind = next((kind for kind, (table, _) in _KINDS.items() if _has(table, found.schema.names)), None)
    return None if kind is None else (kind, _rows(path, found, _KINDS[kind][0]))


def take_events(database: Database, kind: str, rows: list[dict[str, Any]],
                progress: Callable[[int], Any] = lambda done: None) -> int:
    """Take rows in; how many of them are new. Twice is once. Raises what the database raises."""
    table, new = _KINDS[kind][0], 0
    for portion in chunks(rows, PORTION_ROWS):
        with database.writing() as connection:
            before = _count(connection, table)
            if table is schema.alert:
                write_alert_rows(connection, portion)
            else:
                connection.execute(insert(connection, table).on_conflict_do_nothing(), portion)
            new += _count(connection, table) - before
        progress(len(portion))
    return new


def _portions(database: Database, table: Table, wanted: list[Any]) -> Iterator[Sequence[Any]]:
    keys, after = list(table.primary_key), None
    while True:
        more = [] if after is None else [tuple_(*keys) > tuple_(*after)]
        with database.reading() as connection:  # one snapshot of all would keep SQLite from tidying its log
            portion = connection.execute(
                select(table).where(*wanted, *more).order_by(*keys).limit(PORTION_ROWS)).all()
        if not portion:
            return
        yield portion
        after = [getattr(portion[-1], key.name) for key in keys]


def _shown(name: str) -> str:
    return name.removesuffix("_us")


def _type(column: Any) -> pa.DataType:
    if column.name.endswith("_us"):
        return _MOMENT
    return pa.int64() if isinstance(column.type, (BigInteger, Integer)) else pa.string()


def _cells(values: list[Any], kind: pa.DataType, is_csv: bool) -> pa.Array:
    if is_csv and kind == pa.string():
        values = [None if value is None else quoted(value) for value in values]
    return pa.array(values, kind) if kind != _MOMENT else pa.array(values, pa.int64()).cast(_MOMENT)


def _read_table(path: Path) -> pa.Table:
    try:
        if ending_of(path) == ".parquet":
            return pyarrow.parquet.read_table(str(path))
        names = pyarrow.csv.open_csv(str(path)).schema.names
        types = {_shown(column.name): _type(column) for table, _ in _KINDS.values() if _has(table, names)
                 for column in table.c}
        return pyarrow.csv.read_csv(
            str(path), parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=False))
    except pa.ArrowInvalid as error:
        raise BadFile(f"{path.name}: {str(error).splitlines()[0]}") from None


def _has(table: Table, names: Sequence[str]) -> bool:
    return set(names) == {_shown(column.name) for column in table.c}


def _rows(path: Path, found: pa.Table, table: Table) -> list[dict[str, Any]]:
    columns: dict[str, list[Any]] = {}
    for column in table.c:
        try:
            values = found.column(_shown(column.name)).cast(_type(column))
        except pa.ArrowInvalid as error:
            raise BadFile(f"{path.name}: {_shown(column.name)}: {str(error).splitlines()[0]}") from None
        if values.null_count and not column.nullable:
            raise BadFile(f"{path.name}: a row has no {_shown(column.name)}.")
        values = values.cast(pa.int64()) if _type(column) == _MOMENT else values
        columns[column.name] = values.to_pylist()
    if path.suffix.lower() == ".csv":
        for column in table.c:
            if _type(column) == pa.string():
                columns[column.name] = [None if cell is None else unquoted(cell) for cell in columns[column.name]]
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    if table is schema.alert:
        _check_alerts(path, rows)
    return rows


def _check_alerts(path: Path, rows: list[dict[str, Any]]) -> None:
    for number, row in enumerate(rows, 1):
        try:
            load_alert(row["document"].encode())
        except Unreadable:
            raise BadFile(f"{path.name}: row {number} is no alert that this version can read.") from None


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
