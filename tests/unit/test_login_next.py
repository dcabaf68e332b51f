"""Where one lands after the sign-in: where one wanted to go, and never on another site."""

from __future__ import annotations

import pytest

from dashboard.explore.view import QUERY_LIMIT
from dashboard.standalone.next_page import safe_next
from tests.unit.login_world import ELSEWHERE, HOME, PASSWORD, Watch, make_app, sign_in, token

HERE = [
    "/", "/admin/monitoring", HOME, HOME + "?range=1h&source=a%2Fb", HOME + "?q=https://x.example//y", HOME + "#alerts",
    "/admin/monitoring/?note=a%20b", "/@admin", "/loginning", "/a.b/..c", "/%C3%BC/x",
]  # fmt: skip


@pytest.fixture
def client():
    return make_app(Watch()).test_client()


@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_never_leaves_the_site(target):
    assert safe_next(target, "default") == "default"


@pytest.mark.parametrize("target", HERE)
def test_next_keeps_a_path_of_the_site(target):
    assert safe_next(target, "default") == target


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_the_sign_in_itself_keeps_to_the_site(client, target):
    assert sign_in(client, next_page=target).location == HOME


def test_whoever_is_signed_in_is_led_nowhere_else_either(client):
    sign_in(client)
    places = [target for target in ELSEWHERE if target]
    assert len(places) >= 40
    for target in places:
        assert client.get("/login", query_string={"next": target}).location in (None, HOME), target


def test_the_sign_in_goes_where_the_visitor_wanted_to(client):
    assert sign_in(client, next_page=HOME + "?range=6h").location == HOME + "?range=6h"


def test_the_sign_in_goes_to_the_longest_view_there_is(client):
    """A view is its address: an open page whose session ends, and a link that somebody sends."""
    asked = HOME + "explore/?" + ("m=host/" + "%" * 30 + "&") * 500
    view = asked[:len(HOME + "explore/?") + QUERY_LIMIT]
    form = {"username": "admin", "password": PASSWORD, "next": view}
    shown = client.get("/login", query_string={"next": view}).text
    assert f'name="next" value="{view.replace("&", "&amp;")}"' in shown
    form["csrf_token"] = token(client.get("/login"))
    assert client.post("/login", data=form).location == view
