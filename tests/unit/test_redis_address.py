"""Redis by URL: one server, Sentinels, a cluster; what is wrong with a URL is told without what is in it."""

from __future__ import annotations

import pytest
import redis

from dashboard.feed.connection import AddressError, address, connect, listeners_elsewhere
from dashboard.feed.following import FollowingConnection, FollowingSSLConnection
from dashboard.feed.plain_words import plain_words
from dashboard.feed.redis_address import (
    CLUSTER,
    MANY_SLOTS,
    NO_HOST,
    NO_MASTER,
    ONE_DATABASE,
    SENTINEL,
    UNREADABLE,
    read_address,
)
from dashboard.settings import Settings

SECRET = "hunter2"


def read(url, **more):
    return read_address(Settings(redis_url=url, **more))


def test_sentinels_have_a_master_a_database_and_a_password_of_their_own():
    found = read(f"redis+sentinel://app:{SECRET}@one,two:26380/my%20master/3?sentinel_password=other&sentinel_username=s")
    assert (found.kind, found.hosts, found.master) == (SENTINEL, (("one", 26379), ("two", 26380)), "my master")
    assert found.options == {"username": "app", "password": SECRET, "db": 3}
    assert found.sentinel_options == {"username": "s", "password": "other"}
    assert found.text == "redis+sentinel://one:26379,two:26380/my master/3"


def test_tls_holds_for_sentinels_and_redis_alike():
    found = read("rediss+sentinel://one/main?ssl_ca_certs=/etc/ca.pem")
    for options in (found.options, found.sentinel_options):
        assert options["connection_class"] is redis.SSLConnection
        assert options["ssl_ca_certs"] == "/etc/ca.pem"
    assert found.text == "rediss+sentinel://one:26379/main/0"


def test_a_cluster_is_named_by_some_of_its_nodes():
    found = read(f"redis+cluster://:{SECRET}@one:7000,[::1]:7001,three")
    assert (found.kind, found.hosts) == (CLUSTER, (("one", 7000), ("::1", 7001), ("three", 6379)))
    assert found.options == {"password": SECRET}
    assert found.text == "redis+cluster://one:7000,[::1]:7001,three:6379"
    assert found.slot == read("redis+cluster://one", key_prefix="x{monitoring}y").slot


def test_an_option_may_hold_an_at_sign():
    assert read("redis://one/0?db=2&password=a@b").options["password"] == "a@b"
    assert read("redis+sentinel://one/main?password=a@b").options["password"] == "a@b"


@pytest.mark.parametrize("secret", ["", f":{SECRET}@", f"app:{SECRET}@"])
def test_the_path_of_a_socket_may_hold_an_at_sign(secret):
    found = read(f"unix://{secret}/tmp/a@b/redis.sock?db=1")
    assert (found.options["path"], found.options["db"]) == ("/tmp/a@b/redis.sock", 1)
    assert found.options.get("password") == (SECRET if secret else None)
    assert found.text == "unix:///tmp/a@b/redis.sock"


@pytest.mark.parametrize(("url", "told"), [
    (f"redis+sentinel://:{SECRET}@one:26379", NO_MASTER),
    (f"redis+sentinel://:{SECRET}@one:26379/", NO_MASTER),
    (f"redis+sentinel://:{SECRET}@one:26379/main/zero", UNREADABLE),
    (f"redis+sentinel://:{SECRET}@one:26379/main/0/more", UNREADABLE),
    (f"redis+sentinel://:{SECRET}@one/main?sentinel_colour={SECRET}", UNREADABLE),
    (f"redis+sentinel://:{SECRET}@one,/main", NO_HOST),
    (f"redis+sentinel://:{SECRET}@/main", NO_HOST),
    (f"redis+cluster://:{SECRET}@one:0", NO_HOST),
    (f"redis+cluster://:{SECRET}@one:port", NO_HOST),
    (f"redis+cluster://:{SECRET}@one:65536,two", NO_HOST),
    (f"redis+cluster://:{SECRET}@one/1", ONE_DATABASE),
    (f"redis+cluster://:{SECRET}@one/zero", UNREADABLE),
    (f"redis+cluster://:{SECRET}@one?socket_timeout={SECRET}", UNREADABLE),
    (f"redis+cluster://:{SECRET}@one?{SECRET}=1", UNREADABLE),
    (f"redis://:{SECRET}@one?{SECRET}=1", UNREADABLE),
    (f"redis+ring://:{SECRET}@one", UNREADABLE),
    (f"redis+cluster:{SECRET}", UNREADABLE),
    (f"redis://:1234?{SECRET}@one:6379/0", UNREADABLE),
    (f"redis://:1234/{SECRET}@one:6379/0?db=1", UNREADABLE),
    (f"redis://user:1234#{SECRET}@one", UNREADABLE),
    (f"redis+sentinel://user:1234/{SECRET}@one/main", UNREADABLE),
    (f"unix://:1234/{SECRET}@/run/redis.sock", UNREADABLE),
    (f"unix://app/{SECRET}@/run/redis.sock", UNREADABLE),
    (f"unix://:1234@/{SECRET}@/run/redis.sock", UNREADABLE),
    (f"unix://:1234?{SECRET}@/run/a@b/redis.sock", UNREADABLE),
    (f"unix://:1234#{SECRET}@/run/redis.sock", UNREADABLE),
])
def test_what_is_wrong_with_a_url_is_told_without_its_text(url, told):
    settings = Settings(redis_url=url)
    with pytest.raises(AddressError) as raised:
        connect(settings)
    assert str(raised.value) == plain_words(raised.value) == told
    assert SECRET not in address(settings) + repr(settings) + told


def test_in_a_cluster_all_keys_must_be_in_one_slot():
    with pytest.raises(AddressError, match="braces") as raised:
        read("redis+cluster://one", key_prefix="monitoring")
    assert str(raised.value) == MANY_SLOTS
    assert read("redis://one", key_prefix="monitoring").hosts == (("one", 6379),)


def test_no_password_is_in_what_is_printed_of_an_address_or_a_client():
    url = f"rediss+sentinel://app:{SECRET}@one/main?sentinel_password={SECRET}"
    assert SECRET not in repr(read(url)) + repr(connect(Settings(redis_url=url)))


@pytest.mark.parametrize(("url", "kind"), [
    ("redis+cluster://one", FollowingConnection), ("rediss+cluster://one", FollowingSSLConnection),
    ("redis+sentinel://one/main", FollowingConnection), ("rediss+sentinel://one/main", FollowingSSLConnection)])
def test_several_servers_make_connections_that_look_for_theirs(url, kind):
    made = connect(Settings(redis_url=url), socket_timeout_s=0.3, client_name=None).connection_pool.make_connection()
    assert type(made) is kind
    assert (made.socket_timeout, made.client_name, made.protocol) == (0.3, None, 2)


def test_options_of_a_pool_are_none_of_a_single_connection():
    connect(Settings(redis_url="redis+cluster://one?max_connections=7"))


def test_only_a_cluster_has_listeners_elsewhere():
    assert listeners_elsewhere(Settings(), "channel") == 0
