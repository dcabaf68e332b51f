"""Texts go into every database and come back as they were."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.history.texts import TEXT_LIMIT, storable, storable_json

NO_CHARACTERS = "\0\ud800\udfff\ufffe\uffff"
ANYTHING = st.text(st.one_of(st.sampled_from(NO_CHARACTERS + "\ufeff\ufffd"), st.characters(codec=None)), max_size=20)


@pytest.fixture(scope="module")
def files():
    """SQLite in each way it can keep texts."""
    opened = [sqlite3.connect(":memory:") for _ in range(3)]
    for connection, encoding in zip(opened, ("UTF-8", "UTF-16le", "UTF-16be"), strict=True):
        connection.execute(f"PRAGMA encoding = '{encoding}'")
        connection.execute("CREATE TABLE kept (name TEXT)")
    yield opened
    for connection in opened:
        connection.close()


@given(text=ANYTHING)
def test_what_is_storable_comes_back_from_a_file_of_any_encoding(files, text):
    sent = storable(text)
    for connection in files:
        with closing(connection.execute("INSERT INTO kept VALUES (?) RETURNING name", (sent,))) as answer:
            assert answer.fetchall() == [(sent,)]
    assert "\0" not in sent and len(sent) == len(text)


def test_only_what_some_database_cannot_hold_is_another_afterwards():
    assert storable(f"a{NO_CHARACTERS}b") == "a?????b"
    assert storable("a\0b") == "a?b"
    kept = "Zürich ☃ \ufeff \ufffd \ufdd0 \U0001f600 \U0001fffe"
    assert storable(kept) == kept


def test_it_is_cut_to_its_column():
    assert len(storable("x" * 3_000)) == len(storable("é" * 3_000)) == TEXT_LIMIT
    assert storable("xyz", 2) == "xy" and len(storable("x" * 3_000, None)) == 3_000


@given(text=st.text(max_size=20))
def test_a_document_says_the_same_in_characters_that_every_database_holds(text):
    kept = storable_json(orjson.dumps({text: [text]}).decode())
    assert storable(kept, None) == kept and orjson.loads(kept) == {text: [text]}


def test_what_no_file_holds_is_written_out_in_a_document():
    assert storable_json('"a\ufffeb\uffff é"') == '"a\\ufffeb\\uffff é"'
