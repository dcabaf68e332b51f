"""The words of a message: what comes first, how much, and that a producer's text is nothing but text."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from dashboard.notifications.deliveries import delivery_for, dump_delivery, load_delivery
from dashboard.notifications.delivery import inert
from dashboard.notifications.message import (
    LINES_KEPT,
    LINES_SHOWN,
    TITLE_LIMIT,
    TONE_BAD,
    TONE_GOOD,
    TONE_INFO,
    TONE_WARNING,
    compose,
    content_of,
    joined,
    load_content,
    one_line,
    trial_message,
)
from tests.unit.notification_parts import NOW, World, acknowledged, expired, make_alert, make_route, over

NOWHERE = lambda key: None  # noqa: E731


def told(*alerts, world=None, at=0.0):
    """The content of the message about these alerts."""
    world = world or World()
    due = world.at(at, *alerts) or world.at(at + 10, *alerts) or world.at(at + 70, *alerts)
    return content_of(due[0])


def test_one_alert_is_its_own_title_and_says_since_when_and_where_to_look():
    alert = make_alert(details={"current_value": 98.25, "threshold": 90}, count=3)
    message = compose(told(alert), lambda key: f"https://host/?alert={key}", "https://host/")
    assert message.title == "CRITICAL: cpu is too much (system, pl)" and message.tone == TONE_BAD
    assert message.text == (
        "New:\n- CRITICAL system: cpu is too much\n  98.2, threshold 90; since 2027-01-15 08:00:00 UTC; 3 times\n"
        "  https://host/?alert=cpu-1\n\npl: 1 open.\n\nhttps://host/")


def test_several_are_counted_gravest_first_and_what_is_open_is_said():
    world = World()
    told(make_alert(), make_alert("disk", level="INFO", component=""), world=world)
    content = told(over(make_alert()), make_alert("disk", level="INFO", component=""),
                   make_alert("net", level="WARNING"), make_alert("db", level="EMERGENCY"), world=world, at=100)
    message = compose(content, NOWHERE)
    assert message.title == "EMERGENCY: 2 new, 1 over (pl)"
    assert message.text.index("db is") < message.text.index("net is") < message.text.index("Over:")
    assert "over 2027-01-15 08:00:30 UTC, by producer: pl" in message.text and message.text.endswith("pl: 3 open.")


def test_recovery_repetition_and_return():
    world = World()
    told(make_alert(), make_alert("disk"), world=world)
    repeat = told(make_alert(), acknowledged(make_alert("disk")), world=world, at=15_000)
    assert compose(repeat, NOWHERE).title == "Still open, CRITICAL: cpu is too much (system, pl)"
    assert compose(repeat, NOWHERE).text.endswith("pl: 2 open, 1 of them acknowledged.")
    back = compose(told(make_alert(), expired(make_alert("disk"), NOW + 20_000), world=world, at=20_000), NOWHERE)
    assert "Nobody has it any more:" in back.text and "run out" in back.text
    end = compose(told(over(make_alert()), over(make_alert("disk"), by="bert"), world=world, at=30_000), NOWHERE)
    assert end.title == "All over: 2 over (pl)" and end.tone == TONE_GOOD and "by bert" in end.text
    assert end.text.endswith("pl: nothing that was told is open any more.")


@pytest.mark.parametrize(("level", "tone"), [("EMERGENCY", TONE_BAD), ("ERROR", TONE_BAD), ("WARNING", TONE_WARNING),
                                             ("odd", TONE_WARNING), ("INFO", TONE_INFO)])
def test_the_tone_follows_the_gravest(level, tone):
    assert compose(told(make_alert(level=level)), NOWHERE).tone == tone


def test_stale_and_simulated_are_said():
    message = compose(told(make_alert(source="simulator 1", stale_since=NOW)), NOWHERE)
    assert "silent since 2027-01-15 08:00:00 UTC" in message.text
    assert "(system, simulator 1, simulated)" in message.title


def test_ten_thousand_are_told_in_a_few_lines_and_counted():
    alerts = [make_alert(f"a{number}", level="CRITICAL" if number % 2 else "INFO") for number in range(10_000)]
    content = told(*alerts)
    message = compose(content, NOWHERE)
    assert message.title == "CRITICAL: 10000 new (pl)" and len(content.lines) == LINES_KEPT
    assert message.text.count("\n- ") == LINES_SHOWN and "INFO" not in message.text
    assert f"and {10_000 - LINES_SHOWN} more" in message.text and "pl: 10000 open." in message.text
    assert len(orjson.dumps(content.to_tree())) < 30_000


def test_what_waited_and_what_is_new_are_one_message():
    world = World()
    first = told(make_alert(), make_alert("disk"), world=world)
    later = told(over(make_alert()), make_alert("disk"), make_alert("net", level="EMERGENCY"), world=world, at=100)
    whole = joined(first, later)
    assert [(line.what, line.key) for line in whole.lines] == [("new", "net-1"), ("new", "disk-1"), ("over", "cpu-1")]
    assert (whole.open, whole.kind) == (2, "change")
    assert compose(whole, NOWHERE).title == "EMERGENCY: 2 new, 1 over (pl)"
    many = replace(first, lines=tuple(replace(first.lines[0], key=str(number)) for number in range(LINES_KEPT)))
    assert joined(many, later).left_out == 2 and len(joined(many, later).lines) == LINES_KEPT


MARKUP = "<script>alert(1)</script>\r\nBcc: all@host\n- CRITICAL fake: line\x1b[31m\u202egnp.exe\u2066 & \"q\""


def test_a_text_of_a_producer_is_one_line_without_marks_that_cannot_be_seen():
    message = compose(told(make_alert(message=MARKUP, component="a\nb", source="s\r\nx")), NOWHERE)
    assert "\n" not in message.title and "\r" not in message.title + message.text
    assert message.text.count("\n- ") == 1 and "\x1b" not in message.text and "\u202e" not in message.text
    assert "<script>alert(1)</script> Bcc: all@host" in message.text


def test_texts_are_cut():
    message = compose(told(make_alert(message="x" * 100_000, component="c" * 500, source="s" * 150)), NOWHERE)
    assert len(message.title) <= TITLE_LIMIT and len(message.text) < 1_000
    assert one_line("é" * 400) == "é" * 299 + "…" and one_line("\ud800a") == "a"


@pytest.mark.parametrize("details", [
    {"current_value": "<b>", "threshold": 1}, {"current_value": 10**400, "threshold": 1}, {"current_value": True,
                                                                                           "threshold": 1},
    {"threshold": 1}, {"current_value": float("inf"), "threshold": float("nan")}])
def test_figures_are_numbers_or_absent(details):
    assert "threshold" not in compose(told(make_alert(details=details)), NOWHERE).text


def test_a_test_says_who_and_that_nothing_happened():
    message = trial_message("night\n<b>", "ada", NOW)
    assert message.title == "Test of night <b>" and "ada tested" in message.text and message.tone == TONE_INFO


@pytest.mark.parametrize(("text", "shown"), [
    ("@everyone look", "@ everyone look"), ("mail@Here.org", "mail@ Here.org"), ("(@bob)", "(@ bob)"),
    ("a.b@example.com", "a.b@example.com"), ("[safe](http://evil)", "[safe] (http://evil)"),
    ("<!channel> <@U1> < 5 a<b", "< !channel> < @ U1> < 5 a< b"), ("5 > 3 & *x* _y_", "5 > 3 & *x* _y_")])
def test_a_chat_finds_no_notation_in_it(text, shown):
    assert inert(text) == shown


def test_deliveries_survive_their_bytes_and_hold_no_address():
    route = make_route()
    delivery = delivery_for(route, route.targets[0], "first", NOW, content=told(make_alert()))
    assert load_delivery(dump_delivery(delivery)) == delivery
    assert load_content(delivery.content.to_tree()) == delivery.content
    assert b"hunter2" not in dump_delivery(delivery)
    tree = orjson.loads(dump_delivery(delivery))
    for data in (b"", b"{}", b"[]", orjson.dumps(tree | {"version": 2}), orjson.dumps(tree | {"delivery": {}})):
        with pytest.raises(ValueError):  # noqa: PT011
            load_delivery(data)
