"""Commands of an admin: the button asks, the dialog sends; and the raw messages that are fetched when wanted."""

from __future__ import annotations

import pytest

from dashboard.ui import ids
from dashboard.ui.callbacks.commands import RAW_SHOWN, RAW_TEXT, question, raw_messages, sent_text
from tests.unit.ui_world import NOW, Callbacks, hear, make_world, props, texts


@pytest.fixture
def services():
    return make_world()


@pytest.fixture
def page(services):
    return Callbacks(services)


def ask_for(page, action, clicks=1, **values):
    one = ids.command(action)
    return page.call("command-dialog.is_open", f'{{"action":"{action}","type":"command"}}.n_clicks',
                     pattern=[(one, clicks)], **values)


def test_a_button_asks_before_anything_is_sent(page, services):
    made = ask_for(page, "RESTART_WORKERS")
    assert made[ids.COMMAND_DIALOG]["is_open"] is True
    assert made[ids.COMMAND_ASKED]["data"] == {"type": "command", "action": "RESTART_WORKERS", "fields": {}}
    assert "goes out on tickstock:monitoring:control" in props(made[ids.COMMAND_QUESTION]["children"])
    assert services.commands.paper.published == []


def test_a_component_is_asked_for_by_type_and_name(page):
    made = ask_for(page, "ENABLE_COMPONENT", component_type__value="pattern", component_name__value="<b>Doji</b>")
    assert made[ids.COMMAND_ASKED]["data"]["fields"] == {"type": "pattern", "name": "<b>Doji</b>"}
    assert "“pattern”, name “<b>Doji</b>”" in props(made[ids.COMMAND_QUESTION]["children"])


def test_buttons_that_have_only_just_appeared_ask_nothing(page):
    assert not ask_for(page, "CLEAR_CACHE", clicks=None)


@pytest.mark.parametrize("changed", ["command-cancel.n_clicks", "command-confirm.n_clicks"])
def test_an_answer_closes_the_dialog(page, changed):
    made = page.call("command-dialog.is_open", changed, pattern=[(ids.command("CLEAR_CACHE"), 3)])
    assert made == {ids.COMMAND_DIALOG: {"is_open": False}}


def test_a_command_nobody_knows_is_not_asked_about(page):
    assert ask_for(page, "DROP_TABLES") == {ids.COMMAND_DIALOG: {"is_open": False}}


def test_confirming_sends_what_was_asked(page, services):
    made = page.call("command-feedback.children", "command-confirm.n_clicks", command_asked__data={
        "action": "ENABLE_COMPONENT", "fields": {"type": "pattern", "name": "Doji"}})
    assert made[ids.COMMAND_FEEDBACK]["children"] == "Enable component: heard by 1."
    sent, = services.commands.paper.published
    assert (sent["action"], sent["requested_by"], sent["type"], sent["name"]) == (
        "ENABLE_COMPONENT", "ada", "pattern", "Doji")


@pytest.mark.parametrize(("asked", "told"), [
    (None, "Nothing was sent: there is no such command."), ({}, "Nothing was sent: there is no such command."),
    ({"action": "DROP"}, "Nothing was sent: there is no such command."),
    ({"action": "ALERT_RESOLVED"}, "Nothing was sent: there is no such command."),
    ({"action": "CLEAR_CACHE", "fields": "x"}, "Clear cache: heard by 1."),
    ({"action": "ENABLE_COMPONENT", "fields": {}}, "Not sent: type is missing."),
    ({"action": "CLEAR_CACHE", "fields": {"x": 1}}, "Not sent: Clear cache takes no x."),
])
def test_the_sentence_about_a_command(services, asked, told):
    assert sent_text(services, asked, "ada") == told


def test_zero_listeners_and_no_redis_are_told_apart(services):
    services.commands.paper.receivers = 0
    assert sent_text(services, {"action": "FORCE_GC"}, "ada") == "Free memory: sent, nobody is listening."
    services.commands.paper.receivers = None
    told = sent_text(services, {"action": "FORCE_GC"}, "ada")
    assert told.startswith("Not sent: ") and "hunter2" not in told and "10.0.0.1" not in told


def test_a_question_tells_what_will_be_sent():
    text = texts(question("RELOAD_PATTERNS", {}, "channel"))
    assert "Reload patterns" in text and "RELOAD_PATTERNS goes out on channel." in text


# -- raw messages ----------------------------------------------------------------------------------------------------


def test_raw_messages_newest_first_as_text_and_bounded(page, services):
    assert texts(raw_messages(services, "UTC")) == "Nothing has been heard yet."
    for number in range(RAW_SHOWN + 10):
        services.intake.accept(f"<b>{number}</b>{'x' * 5000}".encode(), NOW)
    shown = raw_messages(services, "UTC")
    assert len(shown) == RAW_SHOWN
    assert f"<b>{RAW_SHOWN + 9}</b>" in texts(shown[0]) and "rejected:" in texts(shown[0])
    assert len(texts(shown[0])) < RAW_TEXT + 200
    for stamp, clock in (({"zone": "Asia/Tokyo"}, "17:53:20"), (None, "08:53:20"), ("x", "08:53:20")):
        made = page.call("raw.children", "raw-load.n_clicks", alerts_stamp__data=stamp)
        assert clock in props(made[ids.RAW]["children"][0])


def test_what_was_not_understood_is_found_behind_any_number_of_others(page, services):
    nothing = {"rejected": "Nothing has been rejected.", "unknown": "Every kind that was heard is known."}
    for choice, words in nothing.items():
        assert texts(raw_messages(services, "UTC", choice)) == words
    services.intake.accept(b'{"source": "pl"}', NOW)
    hear(services, event_type="NOVELTY", body="new")
    for number in range(600):
        hear(services, event_type="METRIC_UPDATE", metrics={"a": {"b": number}})
    assert "NOVELTY" not in texts(raw_messages(services, "UTC", "all"))
    rejected, = page.call("raw.children", "raw-choice.value", raw_choice__value="rejected")[ids.RAW]["children"]
    assert "rejected:no-type" in props(rejected)
    assert "(neither event_type, event nor type names a kind)" in props(rejected)
    unknown, = raw_messages(services, "UTC", "unknown")
    assert "novelty" in texts(unknown) and '"body": "new"' in texts(unknown)


@pytest.mark.parametrize("choice", [None, "", "nonsense", 5, ["rejected"], {"a": 1}])
def test_any_other_choice_is_all(services, choice):
    hear(services, event_type="METRIC_UPDATE", metrics={"a": {"b": 1}})
    assert "accepted" in texts(raw_messages(services, "UTC", choice))
