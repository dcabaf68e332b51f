import pytest

from tests.servers import PostgresServer, RedisServer


@pytest.fixture
def redis_server():
    """A started redis-server of this test's own."""
    server = RedisServer().start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def postgres_server():
    """One PostgreSQL for all tests that need one: it takes a second to start, and each test gets its own database."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """An empty database of this test's own, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/folder/history.sqlite3"
    return request.getfixturevalue("postgres_server").new_database()
