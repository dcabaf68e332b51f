"""Sentinels and a cluster over TLS alone: the certificate that the URL names is believed at every one of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from dashboard.feed.connection import connect
from dashboard.feed.plain_words import plain_words
from dashboard.settings import Settings
from tests.redis_groups import MASTER_NAME, SLOTS
from tests.servers import RedisServer, free_port, wait_for


class TlsServer(RedisServer):
    """Speaks TLS at `tls_port`; at `port` it is started and looked after without."""

    def __init__(self, certificates: Path, *arguments: str):
        self.tls_port = free_port()
        super().__init__(
            "--tls-port", str(self.tls_port), "--tls-cert-file", str(certificates / "cert.pem"), "--tls-key-file",
            str(certificates / "key.pem"), "--tls-ca-cert-file", str(certificates / "cert.pem"), "--tls-auth-clients",
            "no", *arguments)


@pytest.fixture
def sentinel(certificates):
    """The address of a Sentinel that knows a master by the port where it speaks TLS."""
    master = TlsServer(certificates).start()
    watcher = TlsServer(certificates, "--tls-replication", "yes", "--sentinel")
    file = Path(watcher.folder, "sentinel.conf")
    file.write_text(f"sentinel monitor {MASTER_NAME} 127.0.0.1 {master.tls_port} 1\n")
    watcher.configuration = str(file)
    watcher.start()
    yield f"rediss+sentinel://127.0.0.1:{watcher.tls_port}/{MASTER_NAME}/0"
    watcher.close()
    master.close()


@pytest.fixture
def cluster(certificates):
    """The address of a cluster of one node."""
    node = TlsServer(certificates, "--cluster-enabled", "yes", "--cluster-port", str(free_port()), "--tls-cluster",
                     "yes").start()
    with node.client() as client:
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, SLOTS - 1)
        wait_for(lambda: b"cluster_state:ok" in client.execute_command("CLUSTER", "INFO"), what="the cluster")
    yield f"rediss+cluster://127.0.0.1:{node.tls_port}"
    node.close()


@pytest.mark.parametrize("kind", ["sentinel", "cluster"])
def test_a_command_over_tls(kind, certificates, request):
    url = request.getfixturevalue(kind)
    with connect(Settings(redis_url=f"{url}?ssl_ca_certs={certificates / 'cert.pem'}")) as client:
        assert client.set("{monitoring}:told", "over TLS")
        assert client.get("{monitoring}:told") == b"over TLS"
    with connect(Settings(redis_url=url)) as stranger, pytest.raises(redis.ConnectionError) as raised:
        stranger.ping()
    assert "The TLS certificate of Redis is not trusted" in plain_words(raised.value)
