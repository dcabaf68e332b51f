import socket
import ssl

import pytest
import redis

from dashboard.feed.connection import AddressError, address, connect, plain_words
from dashboard.settings import Settings

SECRET = "hunter2"


def options(settings, **more):
    return connect(settings, **more).connection_pool.connection_kwargs


def test_parts_make_a_client_that_waits_briefly_and_tries_once():
    made = options(Settings(redis_host="cache", redis_port=6380, redis_db=3, redis_password=SECRET))
    assert (made["host"], made["port"], made["db"], made["password"]) == ("cache", 6380, 3, SECRET)
    assert made["socket_timeout"] == made["socket_connect_timeout"] == 1.0
    assert made["retry"].get_retries() == 0
    assert made["decode_responses"] is False


def test_options_inside_the_url_do_not_win_over_ours():
    made = options(Settings(redis_url=f"redis://:{SECRET}@cache/2?socket_timeout=60&decode_responses=yes&protocol=3"))
    assert (made["socket_timeout"], made["decode_responses"], made["protocol"]) == (1.0, False, 2)
    assert (made["host"], made["db"], made["password"]) == ("cache", 2, SECRET)


def test_the_url_wins_over_the_parts_and_the_caller_over_both():
    made = options(Settings(redis_url="redis://byurl", redis_host="bypart"), socket_timeout_s=0.2, client_name="me")
    assert (made["host"], made["socket_timeout"], made["client_name"]) == ("byurl", 0.2, "me")


def test_tls_and_its_certificates_come_from_the_url():
    client = connect(Settings(redis_url="rediss://cache?ssl_ca_certs=/etc/ca.pem"))
    assert issubclass(client.connection_pool.connection_class, redis.SSLConnection)
    assert client.connection_pool.connection_kwargs["ssl_ca_certs"] == "/etc/ca.pem"


def test_as_many_connections_as_the_url_allows_can_be_had():
    pool = connect(Settings(redis_url="redis://cache?max_connections=2")).connection_pool
    assert [pool.make_connection().host for _ in range(2)] == ["cache", "cache"]
    with pytest.raises(redis.MaxConnectionsError):
        pool.make_connection()


@pytest.mark.parametrize(("settings", "expected"), [
    (Settings(), "redis://127.0.0.1:6379/0"),
    (Settings(redis_password=SECRET, redis_db=2), "redis://127.0.0.1:6379/2"),
    (Settings(redis_url=f"redis://admin:{SECRET}@cache:7000/1"), "redis://cache:7000/1"),
    (Settings(redis_url=f"rediss://:{SECRET}@cache"), "rediss://cache:6379/0"),
    (Settings(redis_url=f"redis://:{SECRET}@[::1]:7000"), "redis://[::1]:7000/0"),
    (Settings(redis_url=f"unix://admin@/run/redis.sock?password={SECRET}"), "unix:///run/redis.sock"),
    (Settings(redis_url=f"http://{SECRET}"), "The Redis URL cannot be read"),
])
def test_an_address_names_the_server_and_never_its_password(settings, expected):
    assert address(settings) == expected


@pytest.mark.parametrize("url", [
    f"http://:{SECRET}@cache", f"redis://:{SECRET}@cache:port/0", f"rediss://:{SECRET}@cache?ssl_cert_reqs=CERT_NONE",
    f"rediss://cache?ssl_cert_reqs={SECRET}", f"redis://:{SECRET}@cache?max_connections=-1",
    f"redis://cache?maint_notifications_config={SECRET}"])
def test_a_url_that_cannot_be_read_is_told_without_its_text(url):
    with pytest.raises(AddressError) as raised:
        connect(Settings(redis_url=url))
    assert SECRET not in str(raised.value)
    assert plain_words(raised.value) == "The Redis URL cannot be read"


def wrapped(cause):
    """As redis-py does it: the system's error is the context of its own."""
    try:
        try:
            raise cause
        except OSError:
            raise redis.ConnectionError(f"Error connecting to cache with {SECRET}")  # noqa: B904
    except redis.ConnectionError as error:
        return error


@pytest.mark.parametrize(("error", "expected"), [
    (wrapped(ConnectionRefusedError(111, "refused")), "Nothing answers at the address of Redis"),
    (wrapped(ConnectionResetError(104, "reset")), "Redis closed the connection"),
    (wrapped(BrokenPipeError(32, "pipe")), "Redis closed the connection"),
    (wrapped(socket.gaierror(-2, "unknown")), "The host name of Redis is unknown"),
    (wrapped(ssl.SSLCertVerificationError("self-signed")), "The TLS certificate of Redis is not trusted"),
    (wrapped(ssl.SSLError("wrong version number")), "The TLS connection to Redis failed"),
    (wrapped(FileNotFoundError(2, "no file")), "A file on the way to Redis is missing: its socket, or one for TLS"),
    (wrapped(PermissionError(13, "denied")),
     "The system does not let this process reach Redis: its socket, a file for TLS, or the network"),
    (wrapped(TimeoutError()), "Redis did not answer in time"),
    (redis.TimeoutError("Timeout reading from socket"), "Redis did not answer in time"),
    (redis.ConnectionError("Connection closed by server."), "Redis closed the connection"),
    (redis.ConnectionError("max number of clients reached"), "Redis has no room for another client"),
    (redis.AuthenticationError("Authentication required."), "Redis asks for a password, and none is set here"),
    (redis.AuthenticationError("invalid username-password pair or user is disabled."), "Redis refused the password"),
    (redis.AuthenticationError("AUTH <password> called without any password configured for the default user."),
     "A Redis password is set here, but this Redis has none"),
    (redis.exceptions.NoPermissionError("this user has no permissions"),
     "Redis does not allow this user to use the channel"),
    (redis.BusyLoadingError("Redis is loading the dataset in memory"), "Redis is still loading its data"),
    (redis.ResponseError("unknown command"), "Redis refused the request"),
    (redis.ResponseError("DB index is out of range"), "The Redis database number does not exist"),
    (ValueError(f"something with {SECRET}"), "The connection to Redis failed"),
])
def test_failures_are_told_in_plain_words(error, expected):
    assert plain_words(error) == expected
