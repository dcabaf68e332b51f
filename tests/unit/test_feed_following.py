"""Which node of a cluster a line listens at, and what a server says about itself."""

from __future__ import annotations

import pytest

from dashboard.feed.following import node_of
from dashboard.feed.subscription import EVICTS, NOT_TOLD, REPLICA, REPLICA_ALONE, server_warnings
from tests.unit.line_world import REFUSED, Script, World


@pytest.mark.parametrize(("line", "expected"), [(0, [0, -1, -2]), (1, [1, 2, 3])])
def test_two_lines_try_the_nodes_of_a_cluster_in_opposite_directions(line, expected):
    assert [node_of(line, attempt) for attempt in range(3)] == expected


def test_a_line_tries_the_next_node_of_a_cluster_and_tells_at_which_it_listens():
    world = World(REFUSED, Script()).run()
    assert world.nodes == [0, -1]
    assert world.places == ["node:1"]


def test_a_replica_in_a_cluster_hears_all_that_is_published():
    assert server_warnings(b"role:slave\r\n", b"maxmemory_policy:noeviction\r\n", b"cluster_enabled:1\r\n") == ()


@pytest.mark.parametrize(("replication", "memory", "expected"), [
    (b"role:master\r\n", b"maxmemory_policy:noeviction\r\n", ()),
    (b"role:slave\r\nmaster_link_status:up\r\n", b"maxmemory_policy:volatile-lru\r\n", (REPLICA,)),
    (b"role:slave\r\nmaster_link_status:down\r\n", b"maxmemory_policy:noeviction\r\n", (REPLICA_ALONE,)),
    (b"role:master\r\n", b"maxmemory_policy:allkeys-lru\r\n", (EVICTS,)),
    (None, None, (NOT_TOLD,)),
    (b"role:master\r\n", b"nonsense", (NOT_TOLD,)),
])
def test_what_the_server_says_about_itself_becomes_a_warning(replication, memory, expected):
    assert server_warnings(replication, memory, b"cluster_enabled:0\r\n") == expected
