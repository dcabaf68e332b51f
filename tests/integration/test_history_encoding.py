"""A PostgreSQL whose database is in another encoding than UTF8."""

from __future__ import annotations

import pytest

from dashboard.history.answers import HistoryUnavailable
from tests.integration.history_process import NOW, Process


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_in_another_encoding(postgres_server, encoding):
    """As `initdb` makes one where no locale is set, or as it was made long ago."""
    postgres_server.set(f"CREATE DATABASE {encoding} ENCODING '{encoding}' TEMPLATE template0 LOCALE 'C'")
    url = postgres_server._server.get_uri(database=encoding.lower())
    one = Process(url)
    one.hear(NOW - 5, "Größe", a=1.0)
    one.hear(NOW - 5, "日本", a=2.0)
    assert one.store.step(), one.store.status
    holds_all = encoding == "SQL_ASCII"
    assert (one.store.status.written, one.store.status.dropped) == ((2, 0) if holds_all else (1, 1))
    after = Process(url)
    assert after.store.step(), after.store.status
    assert set(after.ring.sources()) == {"Größe", *(["日本"] if holds_all else [])}
    if not holds_all:
        with pytest.raises(HistoryUnavailable, match="cannot hold this text"):
            after.series("a", NOW - 10, NOW, source="日本")
    for each in (one, after):
        each.store.database.close()
