"""Where the history is kept follows from the settings, and no secret is ever said."""

from __future__ import annotations

import os.path
import sqlite3

import pytest
from sqlalchemy import exc

from dashboard.history.database import plain_words
from dashboard.history.place import Place, place_of
from dashboard.history.store import kept_by
from dashboard.settings import SettingError, Settings


def place(url: str | None, folder: str | None = None) -> Place | str:
    return place_of(Settings(database_url=url), folder)


def test_without_a_url_a_file_in_the_hosts_folder():
    assert place(None, "/srv/app/instance") == Place("sqlite", path="/srv/app/instance/monitoring-history.sqlite3")
    assert place(None) == "No folder and no MONITORING_DATABASE_URL is given"


@pytest.mark.parametrize("word", ["off", "OFF", " none ", "0", "no", "false"])
def test_switched_off(word):
    assert place(word, "/srv") == "Switched off by MONITORING_DATABASE_URL"


@pytest.mark.parametrize(("url", "path"), [
    ("sqlite:////var/lib/x.db", "/var/lib/x.db"), ("sqlite:///x.db", os.path.abspath("x.db")),
    ("SQLITE:////x.db?timeout=5", "/x.db")])
def test_a_file_by_url(url, path):
    assert place(url, "/srv") == Place("sqlite", path=path)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "POSTGRES"])
def test_postgresql_by_any_of_its_names(scheme):
    found = place(f"{scheme}://u:hunter2@db.example:5432/name?sslmode=require")
    assert found.url == "postgresql+psycopg://u:hunter2@db.example:5432/name?sslmode=require"
    assert found.words == "PostgreSQL, db.example:5432/name"
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(("user", "words"), [
    ("mon:pa?ss@", ", db.internal:5432/mon"), ("mon:pa/ss@", ", db.internal:5432/mon"),
    ("mon:pa%40ss@", ", db.internal:5432/mon"), ("mon:p#:ss@", ", db.internal:5432/mon"),
    ("", ", db.internal:5432/mon"), ("mon:12@pa@", ""), ("mon:1@pa/ss@", ""), ("mon:1@p?ass@", ""), ("m/n:pass@", "")])
def test_no_part_of_a_password_is_said_however_it_is_written(user, words):
    found = place(f"postgresql://{user}db.internal:5432/mon")
    assert found.words == f"PostgreSQL{words}" and "pa" not in repr(found) and "ss" not in repr(found)


def test_nor_of_one_among_the_options():
    assert place("postgresql://db:5432/mon?user=mon&password=hunter2").words == "PostgreSQL, db:5432/mon"
    assert place("postgresql://db:5432/mon?user=mon&password=1@hunter2").words == "PostgreSQL"


@pytest.mark.parametrize("url", ["postgresql://mon:hunter2", "postgresql://mon:@db:hunter2/mon", "postgres://h:hunter2?x"])
def test_a_url_that_cannot_be_read_is_refused_without_repeating_it(url):
    with pytest.raises(SettingError, match="cannot be read") as error:
        place(url)
    assert "hunter2" not in str(error.value) and error.value.__cause__ is None


@pytest.mark.parametrize("url", ["mysql://u:hunter2@x/y", "hunter2", "sqlite://", "sqlite:///", "sqlite:///:memory:",
                                 "sqlite://host/hunter2"])
def test_what_is_no_place_is_refused_without_repeating_it(url):
    with pytest.raises(SettingError) as error:
        place(url)
    assert "hunter2" not in str(error.value)


def test_what_is_coarser_is_kept_no_shorter():
    kept = kept_by(Settings(history_raw_hours=48, history_minute_days=1, history_hour_days=1))
    assert (kept.raw_s, kept.minute_s, kept.hour_s, kept.longest_s) == (172_800,) * 4


class PostgresError(Exception):
    def __init__(self, sqlstate: str | None, said: str = "user hunter2"):
        super().__init__(said)
        self.sqlstate = sqlstate


class OperationalError(PostgresError):
    """What psycopg raises where there is no connection."""


@pytest.mark.parametrize(("error", "words"), [
    (PostgresError("53100"), "The database's disk is full"),
    (PostgresError("25006"), "The database takes no changes"),
    (PostgresError("XX999"), "The database reports an error (XX999)"),
    (OperationalError(None, 'password authentication failed for user "hunter2"'), "The database refused the password"),
    (OperationalError(None, "connection refused by hunter2"), "The database is not running, or refuses connections"),
    (OperationalError(None, "something about hunter2"), "The database cannot be reached"),
    (PostgresError(None), "The database cannot be used (PostgresError)"),
])
def test_errors_of_postgresql_in_words(error, words):
    assert plain_words(exc.DBAPIError("SELECT", {}, error)) == words


def test_other_errors_in_words():
    assert plain_words(exc.TimeoutError()) == "The database is busy: all connections are in use"
    assert plain_words(PermissionError(13, "Permission denied", "/x")) == (
        "The folder cannot be used (Permission denied)")
    assert plain_words(sqlite3.OperationalError("unable to open database file")) == "The file cannot be opened"
    assert plain_words(sqlite3.OperationalError("hunter2")) == "The database reports an error (OperationalError)"
