"""Routes: what they take, what they may be, and that no address comes out of them."""

from __future__ import annotations

import re

import orjson
import pytest

from dashboard.notifications.routes import (
    NAMES_AT_MOST,
    ROUTES_AT_MOST,
    URLS_AT_MOST,
    RouteError,
    added,
    dump_route,
    load_route,
    read_route,
)
from tests.unit.notification_parts import NOW, SECRET, describe, make_alert, make_route

URL = f"json://user:{SECRET}@hooks.test:8443/{SECRET}?token={SECRET}"
SLACK = f"slack://{SECRET}/{SECRET}"


def change(route, body, by="bert", now=NOW + 5):
    return read_route(body, describe=describe, by=by, now=now, before=route)


@pytest.mark.parametrize(("wanted", "alert", "taken"), [
    ({}, {}, True),
    ({"levels": ["critical"]}, {}, True),
    ({"levels": "fatal"}, {}, True),
    ({"levels": ["warn", "info"]}, {}, False),
    ({"levels": ["warning"]}, {"level": "ODD"}, True),
    ({"levels": ["critical"]}, {"level": "ODD"}, False),
    ({"sources": ["pl"]}, {}, True),
    ({"sources": ["PL", "other"]}, {}, False),
    ({"components": ["System"]}, {}, True),
    ({"components": "disk"}, {}, False),
    ({"sources": "pl", "components": ["disk", "system"], "levels": ["critical"]}, {}, True),
    ({"enabled": False}, {}, False),
    ({"levels": [], "sources": None, "components": []}, {"component": ""}, True),
])
def test_what_a_route_takes(wanted, alert, taken):
    assert make_route(**wanted).matches(make_alert(**alert)) is taken


@pytest.mark.parametrize(("body", "words"), [
    ({"name": " \x00\n "}, "name is a text"),
    ({"name": 5}, "name is a text"),
    ({"name": "x" * 101}, "at most 100"),
    ({"levels": ["loud"]}, "levels are among"),
    ({"levels": {"a": 1}}, "list of names"),
    ({"sources": [1]}, "sources is a list"),
    ({"sources": [f"s{number}" for number in range(NAMES_AT_MOST + 1)]}, "at most 50"),
    ({"components": ["x" * 201]}, "at most 200"),
    ({"enabled": 1}, "true or false"),
    ({"urls": []}, "one address at least"),
    ({"urls": {"a": 1}}, "urls is a list"),
    ({"urls": [URL + str(number) for number in range(URLS_AT_MOST + 1)]}, "at most 10"),
    ({"urls": [SLACK, "  "]}, "Address 2 is a URL"),
    ({"urls": [SLACK, None]}, "Address 2 is a URL"),
    ({"urls": [{"id": "of another"}]}, "Address 1: the route has no address"),
    ({"urls": [f"{SECRET}"]}, "Address 1: it is no address"),
    ({"urls": ["json://" + "x" * 2_000]}, "longer than 2000"),
])
def test_what_cannot_be_is_said_without_the_address(body, words):
    for before in (None, make_route(urls=[URL])):
        whole = ({"name": "night", "urls": [URL]} | body) if before is None else body
        with pytest.raises(RouteError, match=re.escape(words)) as refused:
            change(before, whole)
        assert SECRET not in str(refused.value)


def test_a_new_one_needs_a_name_and_an_address():
    for body in ({"urls": [URL]}, {"name": "night"}):
        with pytest.raises(RouteError):
            change(None, body)


def test_what_a_change_does_not_name_stays():
    route = make_route(urls=[URL, SLACK], levels=["critical"], sources=["pl"])
    assert (route.revision, route.created_by, route.changed_by) == (1, "ada", "ada")
    named = change(route, {"name": "day"})
    assert (named.name, named.levels, named.sources, named.targets) == ("day", ("CRITICAL",), ("pl",), route.targets)
    assert (named.revision, named.created_by, named.changed_by, named.changed_at) == (2, "ada", "bert", NOW + 5)
    assert change(route, {"levels": []}).levels == () and change(route, {}).targets == route.targets


def test_addresses_are_kept_by_id_or_by_the_same_url_and_replaced_by_others():
    route = make_route(urls=[URL, SLACK])
    one, two = route.targets
    after = change(route, {"urls": [{"id": two.id}, "json://new.test/x", URL, URL]})
    assert [target.id for target in after.targets][::2] == [two.id, one.id] and len(after.targets) == 3
    assert after.targets[1].id not in (one.id, two.id)
    assert change(route, {"urls": SLACK}).targets == (two,)


def test_of_an_address_only_scheme_and_machine_are_told():
    route = make_route(urls=[URL, SLACK])
    assert [target.to_json() for target in route.targets] == [
        {"id": route.targets[0].id, "service": "JSON", "scheme": "json", "host": "hooks.test:8443",
         "shown": "json://hooks.test:8443"},
        {"id": route.targets[1].id, "service": "SLACK", "scheme": "slack", "host": None, "shown": "slack://…"}]
    for shown in (route, route.targets, route.to_json(), change(route, {"name": "x"})):
        assert SECRET not in repr(shown)
    assert "urls" not in route.to_json()


def test_names_are_one_line_of_text():
    assert make_route(name="  <b>Night</b>\n\x07watch \ud800 ").name == "<b>Night</b> watch ?"
    assert make_route(sources=[" pl ", "pl", ""]).sources == ("pl",)


def test_routes_survive_their_bytes_and_a_later_version_is_refused():
    route = make_route(urls=[URL, SLACK], levels=["err", "critical"], components=["db"])
    assert load_route(dump_route(route)) == route and route.levels == ("CRITICAL", "ERROR")
    later = orjson.dumps(orjson.loads(dump_route(route)) | {"version": 2})
    for data in (b"", b"{}", b"[]", later, dump_route(route)[:-2]):
        with pytest.raises(ValueError) as error:  # noqa: PT011
            load_route(data)
        assert SECRET not in str(error.value)


def test_their_number_is_bounded():
    routes = [make_route(str(number)) for number in range(ROUTES_AT_MOST)]
    added(routes, routes[0])
    with pytest.raises(RouteError, match="50"):
        added(routes, make_route())
