"""What is taken for a callback, and what is refused before Dash fails at it."""

from __future__ import annotations

import logging

import pytest

from dashboard.ui.callback_body import is_callback
from tests.page_client import PageState, tick_body
from tests.unit.mounted_console import CALLBACK, host
from tests.unit.web_host import PAGE, csrf_headers, sign_in

WANTED = {"inputs": [{"id": "asked", "property": "data"}], "state": [{"id": "held", "property": "data"}]}
SEVERAL = '..out.data...{"type":"row"}.children..'
KNOWN = {"out.data": WANTED, SEVERAL: WANTED}
ASKED, HELD = {"id": "asked", "property": "data", "value": 1}, {"id": "held", "property": "data"}
OUT = {"id": "out", "property": "data"}
WHOLE = {"output": "out.data", "outputs": OUT, "inputs": [ASKED], "state": [HELD], "changedPropIds": ["asked.data"]}
PATTERN = {"id": {"type": "button", "index": "a"}, "property": "n_clicks"}
BAD = [
    {"output": "other.data"}, {"output": None}, {"output": ["out.data"]}, {"inputs": []}, {"inputs": [ASKED, ASKED]},
    {"inputs": ASKED}, {"inputs": None}, {"inputs": ["asked"]}, {"inputs": [{"id": "asked"}]}, {"state": []},
    {"inputs": [{"id": 5, "property": "data"}]}, {"inputs": [[ASKED, 7]]}, {"outputs": "out"}, {"outputs": [None]},
    {"outputs": None}, {"outputs": []}, {"outputs": [OUT]}, {"outputs": [OUT] * 99}, {"outputs": [[OUT], [OUT]]},
    {"changedPropIds": "asked.data"}, {"changedPropIds": [{}]}, {"changedPropIds": None},
]


def test_what_dash_sends_is_one():
    assert is_callback(WHOLE, KNOWN)
    for rows in ([], [OUT], [OUT, OUT]):  # all that fit a pattern
        assert is_callback(WHOLE | {"output": SEVERAL, "outputs": [OUT, rows]}, KNOWN)
    assert is_callback(WHOLE | {"inputs": [[PATTERN, PATTERN]]}, KNOWN)  # all that fit a pattern
    assert is_callback(WHOLE | {"inputs": [[]]}, KNOWN)  # nothing on the page does
    assert is_callback({name: WHOLE[name] for name in ("output", "outputs", "inputs", "state")}, KNOWN)


@pytest.mark.parametrize("changed", BAD, ids=str)
def test_what_has_another_shape_is_none(changed):
    assert not is_callback(WHOLE | changed, KNOWN)


@pytest.mark.parametrize("outputs", [OUT, [], [OUT], [OUT] * 3, [[OUT], OUT], [OUT, None], None], ids=str)
def test_of_several_outputs_each_has_its_place(outputs):
    assert not is_callback(WHOLE | {"output": SEVERAL, "outputs": outputs}, KNOWN)


@pytest.mark.parametrize("body", [None, [], "x", 5, {}, [WHOLE]], ids=str)
def test_what_is_no_object_is_none(body):
    assert not is_callback(body, KNOWN)


def test_of_such_a_body_the_page_says_so_and_the_log_has_no_traceback(monkeypatch, caplog):
    client = sign_in(host(monkeypatch, True).test_client())
    headers = csrf_headers(client)
    tick = tick_body(client.get(f"{PAGE}/_dash-dependencies").json, PageState().question())
    with caplog.at_level(logging.INFO):
        for changed in BAD:
            if changed == {"state": []}:  # a tick has none
                continue
            answer = client.post(CALLBACK, headers=headers, json=tick | changed)
            assert (answer.status_code, answer.mimetype) == (400, "text/plain"), changed
        assert client.post(CALLBACK, headers=headers, json=tick).status_code == 200
    assert "Traceback" not in caplog.text and not [each for each in caplog.records if each.levelno >= logging.WARNING]
