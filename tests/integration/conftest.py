import subprocess

import pytest

from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.settings import Settings
from tests.forked import forking
from tests.integration.history_process import NOW, Process
from tests.integration.mounted import Host
from tests.servers import PostgresServer, RedisServer


@pytest.fixture(scope="session", autouse=True)
def forked():
    """Hosts and consoles of these tests are forks of a process that has loaded all they need."""
    with forking():
        yield


@pytest.fixture
def redis_server():
    """A started redis-server of this test's own."""
    server = RedisServer().start()
    yield server
    server.close()


@pytest.fixture
def start(redis_server):
    """Starts hosts at that Redis, and ends what is left of them."""
    hosts: list[Host] = []

    def start(*arguments, **environment) -> Host:
        hosts.append(Host(redis_server.url, *arguments, **environment))
        return hosts[-1]

    yield start
    for host in hosts:
        host.kill()


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


@pytest.fixture
def ring():
    return Ring()


@pytest.fixture
def store(database_url, ring):
    """A history that may be written to, at the time NOW."""
    made = HistoryStore(Settings(database_url=database_url), ring, clock=lambda: NOW)
    assert made.step()
    yield made
    made.database.close()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """A certificate that signs itself, for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
         "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem",
         "-out", folder / "cert.pem"], check=True, capture_output=True)
    return folder


@pytest.fixture
def process(database_url):
    """Processes of this test; all are closed at its end."""
    made = []

    def make(**more) -> Process:
        made.append(Process(database_url, **more))
        return made[-1]

    yield make
    for each in made:
        if each.store.database is not None:
            each.store.database.close()
