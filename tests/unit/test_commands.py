"""What goes out on the control channel, and in which words it fails."""

from __future__ import annotations

import json
import re

import pytest
import redis

from dashboard.commands import ACTIONS, Commands, UnknownAction, Unreachable, why_unreachable
from dashboard.settings import Settings
from tests.alert_events import NOW

EMPTY_SETTINGS = Settings(control_channel="control")


class Recorder:
    """Stands in for a Redis client."""

    def __init__(self, receivers=1, error=None):
        self.receivers, self.error, self.messages, self.made = receivers, error, [], 0

    def __call__(self, settings, **options):
        self.made += 1
        assert options["socket_timeout_s"] <= 1
        return self

    def publish(self, channel, message):
        if self.error:
            raise self.error
        self.messages.append((channel, json.loads(message)))
        return self.receivers


def commands(recorder):
    return Commands(EMPTY_SETTINGS, recorder, lambda: NOW)


@pytest.mark.parametrize("action", [name for name, action in ACTIONS.items() if not action.fields])
def test_a_command_says_what_who_and_when(action):
    recorder = Recorder(receivers=2)
    sent = commands(recorder).send(action, "anna")
    assert sent.receivers == 2 and re.fullmatch("[0-9a-f]{32}", sent.request_id)
    assert recorder.messages == [("control", {
        "action": action, "request_id": sent.request_id, "timestamp": "2027-01-15T08:00:00.000Z",
        "requested_by": "anna"})]


def test_the_actions_are_those_of_the_contract_in_plain_words():
    assert set(ACTIONS) == {"FORCE_HEALTH_CHECK", "CLEAR_CACHE", "FORCE_GC", "RESTART_WORKERS", "RELOAD_PATTERNS",
                            "ENABLE_COMPONENT"}
    for name, action in ACTIONS.items():
        assert action.name == name and action.title and action.description.endswith(".")
    assert [name for name, action in ACTIONS.items() if action.fields] == ["ENABLE_COMPONENT"]


def test_nothing_is_opened_before_the_first_command_and_one_client_serves_all():
    recorder = Recorder()
    sender = commands(recorder)
    assert recorder.made == 0
    first, second = sender.send("FORCE_GC", "anna"), sender.send("FORCE_GC", "anna")
    assert recorder.made == 1 and first.request_id != second.request_id
    sender.reset_after_fork()
    sender.send("FORCE_GC", "anna")
    assert recorder.made == 2


def test_a_component_is_enabled_by_type_and_name():
    recorder = Recorder(receivers=0)
    assert commands(recorder).send("ENABLE_COMPONENT", "anna", type=" pattern ", name="ü" * 200).receivers == 0
    assert recorder.messages[0][1] | {"request_id": "", "timestamp": ""} == {
        "action": "ENABLE_COMPONENT", "type": "pattern", "name": "ü" * 200, "requested_by": "anna",
        "request_id": "", "timestamp": ""}


@pytest.mark.parametrize("fields", [
    {}, {"type": "a"}, {"type": "", "name": "b"}, {"type": "a", "name": "  "}, {"type": "a", "name": "x" * 201},
    {"type": "a", "name": 7}, {"type": "a", "name": None}, {"type": "a", "name": "b", "more": "c"},
])
def test_a_field_that_is_missing_empty_too_long_or_unknown_is_a_value_error(fields):
    recorder = Recorder()
    with pytest.raises(ValueError):
        commands(recorder).send("ENABLE_COMPONENT", "anna", **fields)
    assert recorder.messages == []


@pytest.mark.parametrize("action", ["", "clear_cache", "FLUSHALL", "ALERT_RESOLVED", "ALERT_ACKNOWLEDGED"])
def test_an_unknown_action_is_refused(action):
    with pytest.raises(UnknownAction):
        commands(Recorder()).send(action, "anna")


def test_the_producer_is_told_what_became_of_its_alert():
    recorder = Recorder()
    commands(recorder).tell("ALERT_RESOLVED", "anna", alert_id="<7>", resolved_by="anna", notes="half \ud83d")
    assert recorder.messages[0][1] | {"request_id": "", "timestamp": ""} == {
        "action": "ALERT_RESOLVED", "alert_id": "<7>", "resolved_by": "anna", "notes": "half ?",
        "requested_by": "anna", "request_id": "", "timestamp": ""}
    with pytest.raises(UnknownAction):
        commands(recorder).tell("CLEAR_CACHE", "anna")


@pytest.mark.parametrize("error", [
    redis.ConnectionError("secret at 10.0.0.1"), redis.TimeoutError("secret"), redis.ResponseError("secret"),
    redis.AuthenticationError("secret"), OSError("secret"),
])
def test_whatever_redis_says_becomes_unreachable_in_plain_words(error):
    with pytest.raises(Unreachable) as refused:
        commands(Recorder(error=error)).send("FORCE_GC", "anna")
    assert "secret" not in str(refused.value) and "10.0.0.1" not in str(refused.value)


def test_a_url_that_cannot_be_read_is_unreachable_too():
    with pytest.raises(Unreachable):
        Commands(Settings(redis_url="http://user:secret@x")).send("FORCE_GC", "anna")


@pytest.mark.parametrize(("error", "words"), [
    (redis.exceptions.ReadOnlyError("x"), "replica"), (redis.ResponseError("READONLY x"), "replica"),
    (redis.exceptions.OutOfMemoryError("x"), "memory"), (redis.ResponseError("MISCONF x"), "memory or disk"),
    (redis.exceptions.NoPermissionError("x"), "user"), (redis.ResponseError("x"), "refused"),
    (redis.TimeoutError("x"), "in time"),
])
def test_words(error, words):
    assert words in why_unreachable(error)


@pytest.mark.parametrize(("here", "elsewhere", "told"), [(0, 2, 2), (1, 2, 1), (0, 0, 0)])
def test_where_nobody_listens_at_the_node_that_was_asked_the_others_are_counted(here, elsewhere, told):
    sender = Commands(EMPTY_SETTINGS, Recorder(receivers=here), elsewhere=lambda *asked: elsewhere)
    assert sender.send("FORCE_GC", "anna").receivers == told
