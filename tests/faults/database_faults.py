"""The database in every bad state: the page says so, everything else goes on, and it is written when it is back."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable

import psycopg

from tests.faults import Fault, Finding, exactly, is_so, told, within
from tests.faults.redis_faults import lasting
from tests.faults.world import World
from tests.integration.history_process import Process

SEEN_WITHIN_S = 4.0  # samples are gathered for two seconds
LOCK_SEEN_WITHIN_S = 9.0  # a writer waits five seconds for another one
BACK_WITHIN_S = 7.0  # between two tries lie five seconds at most
UPDATES = 3_000  # more than the file has room for as it is
PAGE_SAYS = "The history is not written since"
CHANGES_NOTHING = 503
REFUSE = """CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"""
REFUSED = "CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION no_room()"


def stored(world: World) -> int:
    """Samples in the database."""
    reader = Process(world.database_url)
    try:
        return reader.stored()
    finally:
        reader.store.database.close()


def settled(world: World) -> None:
    world.until(lambda: (told := world.status()["history"])["state"] == "ready" and told["behind_s"] == 0,
                "all samples in the database")


def through(world: World, full: bool, reasons: tuple[str, ...], begin: Callable[[], object],
            end: Callable[[], object], within_s: float = SEEN_WITHIN_S) -> list[Finding]:
    """The same for every one of them: it begins, it is told, it lasts, it ends, and nothing is missing."""
    settled(world)
    before = stored(world)
    begin()
    world.publish_updates(UPDATES)
    found = [exactly("events lost", world.nothing_lost())]

    def known() -> bool:
        history = world.status()["history"]
        return history["state"] == "down" and history["reason"] in reasons

    found.append(within("told by /status and on the page after", world.until(known, f"one of {reasons}"), within_s))
    found.append(is_so("on the page", PAGE_SAYS in world.page()))
    found += lasting(world, full, 20)
    written = world.person.post(f"{world.person.api}/annotations", {"text": "a deploy"})
    said = written.json()["message"]
    found.append(is_so("an annotation is refused, in words", written.status_code == CHANGES_NOTHING and said in {
        f"Not changed: {reason}." for reason in reasons}, said))
    end()
    found.append(within("written again after", world.until(
        lambda: world.status()["history"]["state"] == "ready", "the database"), BACK_WITHIN_S))
    settled(world)
    return [*found, exactly("samples missing in the database", before + UPDATES - stored(world)),
            exactly("samples given up", world.status()["history"]["dropped"])]


def down(world: World, full: bool) -> list[Finding]:
    return through(world, full, ("The database is not running", "The database is shutting down"),
                   world.postgres.stop, world.postgres.start)


def locked(world: World, full: bool) -> list[Finding]:
    with contextlib.closing(sqlite3.connect(world.database_file, isolation_level=None)) as other:
        return through(world, full, ("The file is locked by another program",),
                       lambda: other.execute("BEGIN EXCLUSIVE"), lambda: other.execute("ROLLBACK"), LOCK_SEEN_WITHIN_S)


def tables(world: World) -> list[str]:
    """All tables of the console in PostgreSQL."""
    with psycopg.connect(world.database_url) as other:
        return [name for name, in other.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]


def tables_locked(world: World, full: bool) -> list[Finding]:
    """As a migration or `VACUUM FULL` of somebody else's does it: readers are kept out, too."""
    names = ", ".join(tables(world))
    with psycopg.connect(world.database_url) as other:
        return through(world, full, ("The database is locked by another program",),
                       lambda: other.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"), other.rollback,
                       LOCK_SEEN_WITHIN_S)


def made_by(what: str) -> Finding:
    return told("made by", what)


def marked(world: World, full: bool, mark: str, reason: str) -> list[Finding]:
    file = world.folder / mark
    return through(world, full, (reason,), file.touch, file.unlink)


def full_disk(world: World, full: bool) -> list[Finding]:
    """Where no disk may be made, SQLite itself says so, by a limit to its pages."""
    reason = "The disk is full"
    if world.disk is not None:
        return [made_by("a disk of its own"), *through(world, full, (reason,), world.disk.fill, world.disk.free)]
    return [made_by("a limit of SQLite"), *marked(world, full, "full", reason)]


def read_only(world: World, full: bool) -> list[Finding]:
    """As the kernel makes a file system whose disk has reported an error: who has the file open is told so, and then
    that it cannot be written to. Where no such disk may be made, SQLite is forbidden to write."""
    reason = "The file cannot be written to"
    if world.disk is not None:
        return [made_by("a disk of its own"), *through(world, full, ("The disk reports an error", reason),
                                                       world.disk.fail, world.disk.mend)]
    return [made_by("a setting of SQLite"), *marked(world, full, "read-only", reason)]


def server_full(world: World, full: bool) -> list[Finding]:
    """Small, the server only says so, by a trigger: not everywhere may a disk be made."""
    reason = ("The database's disk is full",)
    if world.disk is not None:
        return [made_by("a disk of its own"), *through(world, full, reason, world.disk.fill, world.disk.free)]
    with psycopg.connect(world.database_url, autocommit=True) as other:
        def refuse() -> None:
            with other.transaction():
                other.execute(REFUSE)
                for name in tables(world):
                    other.execute(REFUSED.format(name))

        return [made_by("a trigger"),
                *through(world, full, reason, refuse, lambda: other.execute("DROP FUNCTION no_room CASCADE"))]


def server_read_only(world: World, full: bool) -> list[Finding]:
    """For all who are connected, as a standby is, or a server that its provider has stopped for want of room."""
    def takes_changes(yes: bool) -> None:
        world.postgres.set(f"ALTER SYSTEM SET default_transaction_read_only = {'off' if yes else 'on'}",
                           "SELECT pg_reload_conf()")

    return through(world, full, ("The database takes no changes",),
                   lambda: takes_changes(False), lambda: takes_changes(True))


FAULTS = (
    Fault("database-down", "the database is down", down, {"database": "postgresql"}),
    Fault("database-tables", "the tables of the database are locked by another program", tables_locked,
          {"database": "postgresql"}),
    Fault("database-server-full", "the disk of the database is full (PostgreSQL)", server_full,
          {"database": "postgresql", "small_disk": True}),
    Fault("database-server-read-only", "the database takes no changes (PostgreSQL)", server_read_only,
          {"database": "postgresql"}),
    Fault("database-locked", "the database is locked by another program", locked),
    Fault("database-full", "the disk of the database is full (SQLite)", full_disk, {"small_disk": True}),
    Fault("database-read-only", "the database takes no changes (SQLite)", read_only, {"failing_disk": True}),
)
