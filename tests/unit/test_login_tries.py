"""How often somebody may try to sign in: from an address, with a name, and how long they wait."""

from __future__ import annotations

import pytest

from dashboard.standalone.throttle import FREE_TRIES, LONGEST_WAIT_S, Throttle, neighbourhood
from tests.unit.login_world import Watch, make_app, sign_in


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def client(watch):
    return make_app(watch).test_client()


def test_tries_are_limited_and_the_wait_grows(client, watch):
    for _ in range(FREE_TRIES):
        assert sign_in(client, "guess").status_code == 401
    refused = sign_in(client)  # the right password is not looked at either
    assert refused.status_code == 429 and refused.headers["Retry-After"] == "5"
    watch.now += 5
    assert sign_in(client, "guess").status_code == 401
    assert sign_in(client).headers["Retry-After"] == "10"
    watch.now += 10
    assert sign_in(client).status_code == 303
    assert sign_in(client, "guess").status_code == 401  # the count began anew


def test_a_name_is_limited_from_everywhere_and_an_address_for_every_name(watch):
    throttle = Throttle(monotonic=watch)
    for n in range(FREE_TRIES):
        assert throttle.attempt(f"10.0.0.{n}", "Admin ") == 0
    assert throttle.attempt("10.9.9.9", "admin") == 5
    assert throttle.attempt("10.9.9.9", "ann") == 0
    for n in range(FREE_TRIES):
        assert throttle.attempt("10.7.7.7", f"name{n}") == 0
    assert throttle.attempt("10.7.7.7", "somebody") == 5


def test_the_wait_has_an_end_and_is_forgotten(watch):
    throttle = Throttle(monotonic=watch)
    for _ in range(40):
        wait_s = throttle.attempt("10.0.0.1", "admin")
        assert wait_s <= LONGEST_WAIT_S["address"]
        watch.now += wait_s
    assert throttle.attempt("10.0.0.2", "admin") <= LONGEST_WAIT_S["user"]
    watch.now += 4000
    assert [throttle.attempt("10.0.0.1", "admin") for _ in range(FREE_TRIES)] == [0] * FREE_TRIES


def test_the_memory_of_tries_is_bounded(watch):
    throttle = Throttle(monotonic=watch, most_keys=100)
    for n in range(1000):
        throttle.attempt(f"10.0.{n // 250}.{n % 250}", "x" * n)
    assert len(throttle) == 100


@pytest.mark.parametrize(
    "address, counted_as",
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_what_counts_as_one_address(address, counted_as):
    assert neighbourhood(address) == counted_as
