import pytest

from tests.servers import RedisServer


@pytest.fixture
def redis_server():
    """A started redis-server of this test's own."""
    server = RedisServer().start()
    yield server
    server.close()
