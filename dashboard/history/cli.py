"""`python -m dashboard.history`: looks after the history of a console, running or not.

    python -m dashboard.history check [--repair]
    python -m dashboard.history prune [--shrink]
    python -m dashboard.history export samples.parquet [--tier 1m] [--source S] [--metric M] [--start T] [--end T]
    python -m dashboard.history export alerts.csv --what alerts [--source S] [--start T] [--end T]
    python -m dashboard.history import samples.parquet

Which database: `--database URL`, else MONITORING_DATABASE_URL, else the SQLite file in `--folder` (the host's instance
folder; default: MONITORING_DATA_DIR, else `instance`). Exit code 0: done, 1: problems were found, 2: it could not be.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tqdm import tqdm

from dashboard.events import parse_time
from dashboard.history.answers import RAW, UnknownMetric, UnknownSource
from dashboard.history.checking import check
from dashboard.history.database import TROUBLE, Database, plain_words
from dashboard.history.event_files import KINDS, NoSource, export_events, read_events, take_events
from dashboard.history.exporting import TIER_NAMES, Chosen, export
from dashboard.history.importing import Importer
from dashboard.history.place import Place, place_of
from dashboard.history.retention import Retention
from dashboard.history.store import LATER_VERSION, kept_by
from dashboard.history.table_files import BadFile, read
from dashboard.history.upgrade import LaterVersion, upgrade
from dashboard.settings import SettingError, Settings

DONE, PROBLEMS, CANNOT = 0, 1, 2
DEFAULT_FOLDER = "instance"
FAR_FUTURE = 2.0**32
METRICS = "metrics"


class Refused(Exception):
    """What was asked for cannot be done; the text says why."""


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dashboard.history", description="Looks after the history.")
    parser.add_argument("--database", help="URL of the database; default: MONITORING_DATABASE_URL")
    parser.add_argument("--folder", help="folder of the SQLite file, where no database is named")
    commands = parser.add_subparsers(dest="command", required=True)
    checks = commands.add_parser("check", help="look whether all is in order")
    checks.add_argument("--repair", action="store_true", help="make buckets that are wrong what their samples say")
    prunes = commands.add_parser("prune", help="let go now of what is too old by the settings")
    prunes.add_argument("--shrink", action="store_true", help="give what is free in a SQLite file back to the disk")
    exports = commands.add_parser("export", help="write a part to a file, .csv or .parquet")
    exports.add_argument("file", type=Path)
    exports.add_argument("--what", choices=(METRICS, *KINDS), default=METRICS, help="numbers, or what else is kept")
    exports.add_argument("--tier", choices=TIER_NAMES, default=RAW, help="samples (raw), or buckets of a width")
    exports.add_argument("--source", action="append", help="only this source; may be repeated")
    exports.add_argument("--metric", action="append", help="only this metric; may be repeated")
    exports.add_argument("--start", help="from this time on: ISO 8601 or Unix seconds")
    exports.add_argument("--end", help="up to this time")
    exports.add_argument("--force", action="store_true", help="write over a file that is there")
    imports = commands.add_parser("import", help="take a file in; twice is once")
    imports.add_argument("file", type=Path, nargs="+")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ,
         clock: Callable[[], float] = time.time) -> int:
    """Run one command; its exit code."""
    options = arguments(argv)
    try:
        settings = Settings.from_env(environ, **({"database_url": options.database} if options.database else {}))
        place = place_of(settings, options.folder or environ.get("MONITORING_DATA_DIR", "").strip() or DEFAULT_FOLDER)
        if isinstance(place, str):
            raise Refused(f"There is no history: {place}.")
        _refuse_missing(place, options.command)
        with contextlib.closing(Database(place)) as database:
            return _COMMANDS[options.command](database, settings, options, clock())
    except (SettingError, Refused, BadFile) as problem:
        return _cannot(str(problem))
    except NoSource as problem:
        return _cannot(f"{problem}.")
    except UnknownSource as problem:
        return _cannot(f"There is no source {problem}.")
    except UnknownMetric as problem:
        return _cannot(f"{problem}.")
    except LaterVersion:
        return _cannot(f"{LATER_VERSION}.")
    except OSError as problem:
        return _cannot(f"{problem.filename or 'A file'}: {problem.strerror or type(problem).__name__}.")
    except TROUBLE as problem:
        return _cannot(f"{plain_words(problem)} ({place.words}).")


def _cannot(why: str) -> int:
    print(f"Not done: {why}", file=sys.stderr)
    return CANNOT


def _refuse_missing(place: Place, command: str) -> None:
    """Only an import may begin a file: who mistypes a path is not helped by an empty one that is in order."""
    if place.path and command != "import" and not os.path.exists(place.path):
        raise Refused(f"There is no file {place.path}.")


def _check(database: Database, settings: Settings, options: argparse.Namespace, now: float) -> int:
    with _bar("check", "stretches") as bar:
        found = check(database, kept_by(settings), now, repair=options.repair,
                      progress=lambda done, of: _show(bar, done, of))
    print(database.place.words)
    for table, rows in sorted(found.rows.items()):
        print(f"  {table}: {rows:,} rows")
    print(f"{found.buckets:,} buckets were compared with their samples, {found.wrong:,} differ"
          + (f", {found.repaired:,} were put right." if options.repair else "."))
    for problem in found.problems:
        print(f"Problem: {problem}")
    print("There were problems." if found.problems else "All is in order.")
    return PROBLEMS if found.broken or (found.wrong and not options.repair) else DONE


def _prune(database: Database, settings: Settings, options: argparse.Namespace, now: float) -> int:
    upgrade(database)
    retention = Retention(database, kept_by(settings), settings.history_alerts, settings.history_alerts_days * 86_400)
    with _bar("prune", "rows") as bar:
        rows = retention.all_at_once(now, bar.update)
    print(f"{rows:,} rows were let go of.")
    if options.shrink and database.is_sqlite:
        before = os.path.getsize(database.place.path)
        with database.outside() as connection:
            file = connection.connection.driver_connection
            file.execute("PRAGMA incremental_vacuum").fetchall()  # works for as long as it is asked for more
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        print(f"The file is {(before - os.path.getsize(database.place.path)) / 1e6:,.1f} MB smaller.")
    return DONE


def _export(database: Database, settings: Settings, options: argparse.Namespace, now: float) -> int:
    if options.file.exists() and not options.force:
        raise Refused(f"{options.file} is there already; --force writes over it.")
    start, end = _time(options.start, 0.0), _time(options.end, FAR_FUTURE)
    chosen = Chosen(options.tier, options.source, options.metric, start, end)
    if options.what != METRICS and (options.metric or options.tier != RAW):
        raise Refused(f"--metric and --tier are about numbers, not about {options.what}.")
    upgrade(database)
    if options.what != METRICS:
        with _bar("export", "rows") as bar:
            rows = export_events(database, options.file, options.what, start, end, options.source, bar.update)
        print(f"{rows:,} {options.what} are in {options.file}.")
        return DONE
    with _bar("export", "rows") as bar:
        numbers = export(database, options.file, chosen, lambda done, of: _show(bar, done, of))
    print(f"{numbers:,} numbers are in {options.file}.")
    return DONE


def _import(database: Database, settings: Settings, options: argparse.Namespace, now: float) -> int:
    # All are read before anything is written.
    files = [(path, read_events(path) or read(path)) for path in options.file]
    upgrade(database)
    importer = Importer(database, kept_by(settings), now)
    for path, numbers in files:
        if isinstance(numbers, tuple):
            kind, rows = numbers
            with _bar(path.name, "rows", len(rows)) as bar:
                new = take_events(database, kind, rows, bar.update)
            print(f"{path}: {new:,} new {kind}, {len(rows) - new:,} known already.")
            continue
        with _bar(path.name, "numbers", len(numbers)) as bar:
            outcome = importer.take(numbers, bar.update)
        print(f"{path}: {outcome.samples:,} new samples, {outcome.known:,} known already, "
              f"{outcome.buckets:,} figures of buckets written.")
    return DONE


def _time(text: str | None, otherwise: float) -> float:
    if text is None:
        return otherwise
    value = parse_time(text)
    if value is None:
        raise Refused(f"{text} is no time: ISO 8601 or Unix seconds.")
    return value


def _bar(what: str, unit: str, total: int | None = None) -> tqdm:
    return tqdm(desc=what, unit=f" {unit}", total=total, disable=None, file=sys.stderr)  # None: where nobody looks


def _show(bar: tqdm, done: int, of: int) -> None:
    bar.total = of
    bar.update(done - bar.n)


_COMMANDS = {"check": _check, "prune": _prune, "export": _export, "import": _import}
