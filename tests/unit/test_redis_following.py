"""Which server a connection is made to: what Sentinels and nodes of a cluster answer, and when they do not."""

from __future__ import annotations

import pytest
import redis

from dashboard.feed.following import (
    MASTER_DOWN,
    NO_NODE,
    NO_SENTINEL,
    NO_SLOT,
    STILL_REPLICA,
    UNKNOWN_MASTER,
    ClusterNodes,
    Following,
    Sentinels,
    read_slots,
)
from dashboard.feed.plain_words import MOVING, NAME_THE_CLUSTER, Moved, NotFound, plain_words
from dashboard.feed.redis_address import RedisAddress, read_address
from dashboard.settings import Settings

ONE, TWO, THREE = ("one", 1), ("two", 2), ("three", 3)
REFUSED = redis.ConnectionError("refused")


class Servers:
    """What each place answers; who is not named refuses."""

    def __init__(self, **answers):
        self.answers, self.asked = answers, []

    def __call__(self, place, options, *command):
        self.asked.append(place[0])
        answer = self.answers.get(place[0], REFUSED)
        if isinstance(answer, Exception):
            raise answer
        return answer


def master(ip, port, flags=b"master"):
    return [b"name", b"main", b"ip", ip, b"port", b"%d" % port, b"flags", flags]


def sentinels(servers):
    address = read_address(Settings(redis_url="redis+sentinel://one:1,two:2,three:3/main"))
    return Sentinels(address, {}, ask=servers)


def nodes(servers, slot=5):
    return ClusterNodes(RedisAddress("cluster", (ONE, TWO), {}, slot=slot), {}, ask=servers)


def test_the_first_sentinel_that_answers_names_the_master_and_is_asked_first_from_then_on():
    servers = Servers(two=master(b"10.0.0.1", 6379))
    found = sentinels(servers)
    assert found.master() == found.master() == ("10.0.0.1", 6379)
    assert servers.asked == ["one", "two", "two"]


def test_a_sentinel_to_which_the_master_seems_down_is_not_the_last_word():
    servers = Servers(one=master(b"old", 1, b"master,s_down"), two=master(b"new", 2))
    assert sentinels(servers).master() == ("new", 2)


@pytest.mark.parametrize(("servers", "told"), [
    (Servers(), NO_SENTINEL.format("The connection to Redis failed")),
    (Servers(one=master(b"old", 1, b"s_down,o_down,master")), MASTER_DOWN),
    (Servers(one=redis.ResponseError("No such master with that name")), UNKNOWN_MASTER),
    (Servers(three=redis.AuthenticationError("Authentication required.")),
     NO_SENTINEL.format("Redis asks for a password, and none is set here")),
])
def test_why_there_is_no_master_is_told(servers, told):
    with pytest.raises(NotFound) as raised:
        sentinels(servers).master()
    assert plain_words(raised.value) == told
    assert isinstance(raised.value, redis.ConnectionError)


SLOTS = [[0, 9, [b"two", 2, b"id"], [b"three", 3, b"id"]], [10, 99, [b"one", 1, b"id"]]]


def test_the_slots_name_the_owner_and_all_nodes():
    assert read_slots(SLOTS, "asked", 5) == (TWO, (ONE, THREE, TWO))
    assert read_slots(SLOTS, "asked", 100)[0] is None


@pytest.mark.parametrize("unnamed", [None, b"", b"?"])
def test_a_node_without_an_address_is_on_the_host_that_was_asked(unnamed):
    assert read_slots([[0, 9, [unnamed, 7, b"id"]]], "asked", 5) == (("asked", 7), (("asked", 7),))


def test_a_cluster_is_asked_for_the_owner_of_the_keys_and_for_other_nodes_by_turns():
    found = nodes(Servers(one=SLOTS))
    assert found.master() == TWO
    assert [found.node(turn) for turn in (0, 1, 2, 3, -1)] == [TWO, ONE, THREE, TWO, THREE]


def test_nodes_that_were_told_of_are_asked_when_those_of_the_url_are_gone():
    servers = Servers(one=SLOTS)
    found = nodes(servers)
    found.master()
    servers.answers = {"three": SLOTS}
    assert found.master() == TWO


@pytest.mark.parametrize(("servers", "told"), [
    (Servers(), NO_NODE.format("The connection to Redis failed")),
    (Servers(one=[]), NO_SLOT),
    (Servers(one=[[10, 99, [b"one", 1, b"id"]]]), NO_SLOT),
    (Servers(one=redis.ResponseError("This instance has cluster support disabled")),
     "This Redis is no cluster: its URL must begin with redis://"),
])
def test_why_the_cluster_has_no_server_is_told(servers, told):
    with pytest.raises(NotFound) as raised:
        nodes(servers).master()
    assert plain_words(raised.value) == told


@pytest.mark.parametrize(("error", "told"), [
    (redis.exceptions.MovedError("5 10.0.0.1:7001"), NAME_THE_CLUSTER),
    (redis.exceptions.AskError("5 10.0.0.1:7001"), NAME_THE_CLUSTER),
    (redis.exceptions.TryAgainError("Multiple keys request during rehashing of slot"), MOVING),
    (redis.exceptions.ClusterDownError("The cluster is down"),
     "The Redis cluster is down: for some of its slots there is no server"),
])
def test_a_clusters_own_answers_are_told_in_plain_words(error, told):
    assert isinstance(error, redis.RedisError)
    assert plain_words(error) == told


class Paper:
    """redis-py's connection, as far as ours leans on it."""

    def __init__(self, **options):
        self._sock, self.answers, self.connected_to = None, [], []

    def connect_check_health(self, *arguments, **options):
        self._sock = object()
        self.connected_to.append((self.host, self.port))

    def send_command(self, *command, **options):
        pass

    def read_response(self, *arguments, **options):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def disconnect(self):
        self._sock = None


class Quiet(Following, Paper):
    pass


def test_each_new_connection_looks_for_its_server():
    places = [ONE, TWO]
    connection = Quiet(find=lambda: places.pop(0))
    connection.connect_check_health()
    connection.connect_check_health()
    connection.disconnect()
    connection.connect_check_health()
    assert connection.connected_to == [ONE, TWO]


@pytest.mark.parametrize("error", [
    redis.ReadOnlyError("You can't write against a read only replica."),
    redis.exceptions.MovedError("5 10.0.0.1:7001"), redis.exceptions.AskError("5 10.0.0.1:7001"),
    redis.ResponseError("Error running script (call to f_1): @user_script:1: -READONLY You can't write"),
])
def test_a_server_that_has_lost_its_part_is_left(error):
    connection = Quiet(find=lambda: ONE)
    connection.connect_check_health()
    connection.answers = [error]
    with pytest.raises(Moved) as raised:
        connection.read_response()
    assert connection._sock is None
    assert plain_words(raised.value) == MOVING


def test_other_answers_leave_the_connection_as_it_is():
    connection = Quiet(find=lambda: ONE)
    connection.connect_check_health()
    connection.answers = [redis.ResponseError("wrong type"), b"fine"]
    with pytest.raises(redis.ResponseError, match="wrong type"):
        connection.read_response()
    assert connection.read_response() == b"fine"
    assert connection._sock is not None


def test_a_replica_that_sentinels_still_call_the_master_is_not_taken():
    connection = Quiet(find=lambda: ONE, must_lead=True)
    connection.answers = [b"role:slave\r\n"]
    with pytest.raises(NotFound, match=STILL_REPLICA):
        connection.connect_check_health()
    assert connection._sock is None
    for answer in (b"role:master\r\n", redis.exceptions.NoPermissionError("no permissions")):
        connection.answers = [answer]
        connection.connect_check_health()
        assert connection._sock is not None
        connection.disconnect()
