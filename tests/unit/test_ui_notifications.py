"""The page of notifications: routes, their form, the delivery log, what a person is told; no address anywhere."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dashboard.notifications.deliveries import DROPPED, FAILED, JOINED, SENDING, SENT, TEST, WAITING, delivery_for
from dashboard.notifications.delivery import Outcome
from dashboard.notifications.status import Status
from dashboard.settings import Settings
from dashboard.ui import ids, route_form
from dashboard.ui.layout.delivery_list import SHOWN, delivery_list
from dashboard.ui.layout.route_list import EDIT, NO_ROUTES, REMOVE, SWITCH, route_list
from dashboard.ui.layout.route_status import route_status
from dashboard.ui.navigation import NOTIFICATIONS
from tests.unit.notification_parts import SECRET, make_route
from tests.unit.ui_world import NOW, Callbacks, components, hear_alert, make_world, props, texts

URL = f"json://user:{SECRET}@hooks.test/{SECRET}"
SLACK = f"slack://{SECRET}/{SECRET}"
FORM = {"name": " Night ", "levels": ["CRITICAL"], "sources": "pl\n\n x ", "components": "", "kept": [],
        "urls": f"{URL}\n{SLACK}\n"}
NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def services():
    return make_world()


@pytest.fixture
def page(services):
    return Callbacks(services, page=NOTIFICATIONS)


@pytest.fixture
def route(services):
    return services.notifications.add_route({"name": "Night", "urls": [URL, SLACK]}, "grace")


def settle(services):
    for _ in range(6):
        services.notifications.step()


# -- the form --------------------------------------------------------------------------------------------------------


def test_a_form_is_read_line_by_line_whatever_it_holds():
    assert route_form.wanted(FORM, None) == (None, {
        "name": " Night ", "levels": ["CRITICAL"], "sources": ["pl", "x"], "components": [], "urls": [URL, SLACK]})
    assert route_form.wanted({"kept": ["t1", 5], "name": 5, "levels": "x"}, {"id": "r", "revision": 3}) == ("r", {
        "name": "", "levels": [], "sources": [], "components": [], "urls": [{"id": "t1"}], "revision": 3})
    assert route_form.wanted({}, {"id": 5})[0] is None


def test_a_route_fills_the_form_without_its_addresses():
    route = make_route(urls=[URL, SLACK], levels=["critical"], sources=["a", "b"])
    assert route_form.filled(route) | {"kept": None} == {
        "name": "night", "levels": ["CRITICAL"], "sources": "a\nb", "components": "", "kept": None, "urls": ""}
    assert [option["label"] for option in route_form.kept_options(route)] == [
        "JSON, json://hooks.test", "SLACK, slack://…"]
    again = route_form.wanted(route_form.filled(route), {"id": route.id, "revision": 1})[1]
    assert again["urls"] == [{"id": target.id} for target in route.targets]
    assert SECRET not in repr((route_form.filled(route), route_form.kept_options(route)))


# -- what is read ----------------------------------------------------------------------------------------------------


def test_the_list_says_what_where_to_by_whom_and_how_many():
    route = make_route("Night", urls=[URL, SLACK], levels=["warn", "critical"], sources=["x-simulator"],
                       components=["db"])
    text = texts(route_list([route], {route.id: 12}, NOW, "UTC"))
    for words in ("Night", "takes 12 open alerts now", "⬣ Critical", "▲ Warning", "source x-simulator (simulated)",
                  "component db", "JSON, json://hooks.test", "SLACK, slack://…", "made by ada", "Edit", "Test",
                  "Switch off", "Remove…"):
        assert words in text, words
    changed = replace(route, enabled=False, revision=2, changed_by="bert")
    text = texts(route_list([changed, make_route()], {}, NOW, "UTC"))
    assert "switched off" in text and "changed by bert" in text and "Switch on" in text and "every alert" in text
    assert "takes no open alert now" in text
    assert texts(route_list([], {}, NOW, "UTC")) == NO_ROUTES


def delivery(**more):
    route = make_route(urls=[URL])
    return replace(delivery_for(route, route.targets[0], "first", NOW - 60, title="CRITICAL: pool empty"),
                   source="pl", **more)


@pytest.mark.parametrize(("more", "words"), [
    ({"state": SENT, "tries": 1, "ended_at": NOW}, "✓ Sent 08:53:20 CRITICAL: pool empty JSON, json://hooks.test"),
    ({"state": SENT, "tries": 2, "ended_at": NOW}, "try 2 of 9"),
    ({"state": WAITING, "next_at": NOW - 60}, "◔ Waits 08:52:20 CRITICAL: pool empty JSON"),
    ({"state": WAITING, "tries": 2, "reason": "The service answered 503", "next_at": NOW + 90},
     "try 2 of 9: The service answered 503; next try at 08:54:50 (in 1 min)"),
    ({"state": SENDING, "tries": 1}, "◐ Is being sent"),
    ({"state": FAILED, "tries": 9, "reason": "no", "ended_at": NOW}, "✕ Given up 08:53:20"),
    ({"state": JOINED, "reason": "It became part of the next message", "ended_at": NOW}, "It became part of the next"),
    ({"state": DROPPED, "reason": "The route was switched off", "ended_at": NOW}, "The route was switched off"),
    ({"state": SENT, "kind": TEST, "by": "ada", "ended_at": NOW, "tries": 1}, "test · pl · by ada"),
])
def test_a_delivery_in_words(more, words):
    assert words in texts(delivery_list([delivery(**more)], NOW, "UTC"))


def test_what_could_not_be_sent_comes_first_and_long_lists_are_cut():
    many = [replace(delivery(state=SENT, tries=1, ended_at=NOW), id=str(number)) for number in range(SHOWN + 3)]
    text = texts(delivery_list([*many, delivery(state=WAITING), delivery(state=FAILED, reason="no")], NOW, "UTC"))
    assert text.index("Could not be sent 1") < text.index("On the way 1") < text.index("Done 33")
    assert text.endswith("and 3 more") and text.count("✓ Sent") == SHOWN
    assert texts(delivery_list([], NOW, "UTC")) == "Nothing has been sent yet."


def status(**more):
    fields = {"enabled": True, "connected": True, "since": NOW - 60, "reason": None, "leader": "host/a/123/ab",
              "leads": False, "waiting": 2, "sending": 1, "hanging": 0, "errors": 0}
    return Status(**fields | more)


@pytest.mark.parametrize(("more", "words"), [
    ({}, "Sent by host/a, process 123; 1 being sent, 2 waiting."),
    ({"leads": True}, "Sent by this process"),
    ({"connected": False, "leader": None, "reason": "Redis did not answer in time"},
     "⬣ Nothing is sent since 08:52:20. Redis did not answer in time."),
    ({"leader": None}, "▲ No process sends at the moment."),
    ({"leader": None, "enabled": False}, "This one is told not to (MONITORING_NOTIFICATIONS)."),
    ({"hanging": 2}, "▲ 2 of 4 senders hang."), ({"errors": 3}, "▲ 3 faults of ours."),
])
def test_how_it_stands_in_words(more, words):
    text = texts(route_status(status(**more), Settings(), NOW, "UTC"))
    assert words in text and "Messages have no links: MONITORING_PUBLIC_URL is not set." in text
    assert "links" not in texts(route_status(status(**more), Settings(public_url="https://host"), NOW, "UTC"))


def test_markup_is_text():
    route = make_route(NASTY, sources=[NASTY], components=[NASTY])
    shown = [*route_list([route], {}, NOW, "UTC"),
             *delivery_list([replace(delivery(), title=NASTY, route_name=NASTY, source=NASTY, by=NASTY)], NOW, "UTC")]
    assert texts(shown).count(NASTY) == 7
    assert {type(one).__name__ for one in components(shown)} <= {"H3", "Ul", "Li", "Div", "Span", "Button"}


# -- the tick --------------------------------------------------------------------------------------------------------


def tick(page, **asked):
    made = page.call("live.data", "tick.data", tick__data={"zone": "UTC"} | asked)
    return made, made[ids.LIVE]["data"]["revisions"]


def test_list_log_and_status_come_with_a_tick_and_only_when_they_changed(page, services, route):
    hear_alert(services, "a", component="pool")
    made, revisions = tick(page)
    assert "takes 1 open alert now" in props(made[ids.ROUTE_LIST]["children"])
    assert "Nothing is sent since" in props(made[ids.ROUTE_STATUS]["children"])
    assert "Nothing has been sent yet" in props(made[ids.DELIVERY_LIST]["children"])
    services.clock.now += 5
    assert set(tick(page, revisions=revisions)[0]) == {ids.LIVE}
    settle(services)
    made, more = tick(page, revisions=revisions)
    assert "Sent by this process" in props(made[ids.ROUTE_STATUS]["children"]) and ids.ROUTE_LIST not in made
    services.clock.now += 10
    settle(services)
    made, _ = tick(page, revisions=revisions | more)
    assert "✓ Sent" in props(made[ids.DELIVERY_LIST]["children"]) and SECRET not in str(made)


# -- what a person does ----------------------------------------------------------------------------------------------


def previewed(page, **form):
    values = {f"route_{name}__value": value for name, value in form.items()}
    made = page.call("route-hits.children", "route-sources.value", **values)
    return made[ids.ROUTE_HITS]["children"], made[ids.ROUTE_PREVIEW]["children"]


def test_the_preview_tells_what_a_route_would_take_now(page, services):
    hear_alert(services, "a", component="pool", message=NASTY)
    hear_alert(services, "b", level="critical")
    told, alerts = previewed(page)
    assert told == "Would take 2 open alerts now." and NASTY in props(alerts)
    assert previewed(page, components="POOL\nx")[0] == "Would take 1 open alert now."
    assert previewed(page, levels=["INFO"])[0] == "Would take no open alert now."
    assert previewed(page, levels=["loud"])[0].startswith("levels are among")


def saved(page, shown=None, **more):
    values = {f"route_{name}__value": value for name, value in (FORM | more).items()}
    return page.call("wake.data", "route-save.n_clicks", route_save__n_clicks=1, route_shown__data=shown, **values)


def told_by(made):
    edited = made.get(ids.ROUTE_EDITED)
    return edited["data"]["told"] if edited else made[ids.ROUTE_SAVED]["children"]


def test_a_route_is_made_and_the_form_is_free_for_the_next(page, services):
    made = saved(page)
    assert told_by(made) == "Saved: Night."
    route, = services.notifications.routes()
    assert (route.created_by, route.levels, route.sources) == ("ada", ("CRITICAL",), ("pl", "x"))
    assert [target.url for target in route.targets] == [URL, SLACK]
    filled = page.call("route-title.children", "route-edited.data", route_edited__data=made[ids.ROUTE_EDITED]["data"])
    assert filled[ids.ROUTE_SAVED]["children"] == "Saved: Night." and filled[ids.ROUTE_URLS]["value"] == ""
    assert filled[ids.ROUTE_TITLE]["children"] == "New route" and filled[ids.ROUTE_SHOWN]["data"] is None
    assert SECRET not in str((made, filled))


@pytest.mark.parametrize(("more", "words"), [
    ({"name": " "}, "name is a text"), ({"urls": " "}, "A route has one address at least"),
    ({"urls": f"{SLACK}\n{SECRET}"}, "Address 2: it is no address")])
def test_what_cannot_be_saved_stays_in_the_form(page, services, more, words):
    made = saved(page, **more)
    assert words in told_by(made) and told_by(made).startswith("Not saved: ") and SECRET not in str(made)
    assert ids.ROUTE_EDITED not in made and services.notifications.routes() == ()


def test_with_redis_away_nothing_is_saved_and_what_was_typed_stays(page, services):
    services.notifications.paper.reachable = False
    assert told_by(saved(page)) == "Not saved: The connection to Redis failed."


def fill(page, route_id):
    return page.call("route-title.children", "route-edited.data", route_edited__data={"id": route_id})


def test_a_route_is_edited_and_whoever_comes_second_is_told(page, services, route):
    filled = fill(page, route.id)
    assert filled[ids.ROUTE_TITLE]["children"] == "Route “Night”" and filled[ids.ROUTE_CANCEL]["hidden"] is False
    assert filled[ids.ROUTE_KEPT_FIELD]["hidden"] is False and SECRET not in str(filled)
    shown = filled[ids.ROUTE_SHOWN]["data"]
    kept = filled[ids.ROUTE_KEPT]["value"]
    assert told_by(saved(page, shown, name="Day", urls="", kept=kept[1:])) == "Saved: Day."
    changed, = services.notifications.routes()
    assert (changed.name, changed.targets, changed.revision) == ("Day", route.targets[1:], 2)
    assert "It was changed by ada" in told_by(saved(page, shown, name="Noon", urls="", kept=kept))
    services.notifications.remove_route(route.id, "grace")
    assert told_by(saved(page, shown)) == "Not saved: That route is no longer there."
    assert fill(page, route.id)[ids.ROUTE_SAVED]["children"] == "That route is no longer there."


def test_cancel_frees_the_form(page):
    made = page.call("wake.data", "route-cancel.n_clicks", route_cancel__n_clicks=1)
    assert "id" not in made[ids.ROUTE_EDITED]["data"] and ids.WAKE not in made


def act(page, action, route_id):
    button = ids.route_act(action, route_id)
    changed = f"{json.dumps(button, sort_keys=True, separators=(',', ':'))}.n_clicks"
    return page.call("route-question.children", changed, pattern=[(button, 1)])


def test_the_buttons_of_a_route(page, services, route):
    assert act(page, EDIT, route.id)[ids.ROUTE_EDITED]["data"]["id"] == route.id
    services.notifications._dispatch._send = lambda url, message: Outcome(url == URL, "The service answered 403")
    assert act(page, TEST, route.id)[ids.ROUTE_FEEDBACK]["children"].startswith("Night: 2 tests are on the way")
    assert "under way" in act(page, TEST, route.id)[ids.ROUTE_FEEDBACK]["children"]
    settle(services)
    assert {one.state for one in services.notifications.deliveries()} == {SENT, FAILED}
    assert act(page, SWITCH, route.id)[ids.ROUTE_FEEDBACK]["children"] == "Night is switched off."
    assert act(page, SWITCH, route.id)[ids.ROUTE_FEEDBACK]["children"] == "Night is switched on."
    services.notifications.paper.reachable = False
    assert act(page, SWITCH, route.id)[ids.ROUTE_FEEDBACK]["children"] == "Not changed: The connection to Redis failed."
    assert act(page, TEST, route.id)[ids.ROUTE_FEEDBACK]["children"].startswith("Not sent: ")
    assert act(page, EDIT, "nobody")[ids.ROUTE_FEEDBACK]["children"] == "That route is no longer there."


def test_a_route_is_removed_after_a_question(page, services, route):
    asked = act(page, REMOVE, route.id)
    assert asked[ids.ROUTE_DIALOG]["is_open"] is True and "2 addresses" in props(asked[ids.ROUTE_QUESTION]["children"])
    assert len(services.notifications.routes()) == 1
    done = removal(page, asked[ids.ROUTE_ASKED]["data"])
    assert done[ids.ROUTE_FEEDBACK]["children"] == "The route is removed." and services.notifications.routes() == ()
    assert removal(page, {"id": route.id})[ids.ROUTE_FEEDBACK]["children"] == "That route is no longer there."


def removal(page, asked):
    made = page.call(duplicate(page, "route-dialog.is_open"), "route-confirm.n_clicks", route_confirm__n_clicks=1,
                     route_asked__data=asked)
    return {name.partition("@")[0]: value for name, value in made.items()}


def duplicate(page, output):
    """The name that Dash gives an output which another callback has, too."""
    return next(part for key in page.dash.callback_map for part in key.strip(".").split("...")
                if part.startswith(output + "@"))
