"""The documentation does what it says: its code runs, its links lead somewhere, its messages are read as told."""

from __future__ import annotations

import re
import socket
import sys
from dataclasses import fields
from types import SimpleNamespace

import pytest
import redis
from flask import Flask

from dashboard.events import REASONS, Rejected, parse
from dashboard.host_alerts import RULES
from dashboard.settings import Settings
from tests.faults.every import FAULTS
from tests.unit.documents import DOCUMENTS, ROOT, anchors, blocks, links, prose, table_rows
from tests.unit.web_host import plain_host

NOW = 1_769_853_700.0
PICTURE_MAX_BYTES = 300_000
NAMED = re.compile(r"\b(?:MONITORING|REDIS)_[A-Z_]+\b")
OTHER_NAMES = {"MONITORING_ADMIN_USER", "MONITORING_ADMIN_PASSWORD", "MONITORING_SECRET_KEY", "MONITORING_PROXIES",
               "MONITORING_DATA_DIR"}


@pytest.fixture
def sealed(monkeypatch):
    """No connection and no thread of the console; what is published is kept. Gives the list of messages."""
    published: list[bytes] = []

    def refuse(*_):
        raise AssertionError("an example of the documentation opened a connection")

    def publish(self, channel, message):
        published.append(message)
        return 1

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(redis.Redis, "publish", publish)
    monkeypatch.setenv("MONITORING_START", "0")
    monkeypatch.setitem(sys.modules, "yourapp", SimpleNamespace(make_app=plain_host))  # the reader's own application
    return published


@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_python_compiles(block):
    compile(block.code, str(block), "exec")


@pytest.mark.parametrize("block", blocks("python", "run"), ids=str)
def test_python_that_is_marked_runs(block, sealed):
    space: dict = {"__name__": "example"}
    exec(compile(block.code, str(block), "exec"), space)
    hosts = [value for value in space.values() if isinstance(value, Flask)]
    if "create_app" in space:
        hosts.append(space["create_app"]())
    for app in hosts:
        base = f"http://{app.config['SERVER_NAME'] or 'localhost'}"
        settings = app.extensions["monitoring"].settings
        client = app.test_client()
        assert client.get(settings.page_prefix + "/", base_url=base).status_code == 302
        assert client.get(settings.api_prefix + "/status", base_url=base).status_code == 401
    for message in sealed:
        assert not isinstance(parse(message, NOW), Rejected)
    assert hosts or sealed, "the example did nothing that can be looked at"


@pytest.mark.parametrize("block", blocks("json", "accepted"), ids=str)
def test_messages_that_are_accepted(block):
    assert not isinstance(parse(block.code.strip(), NOW), Rejected)


@pytest.mark.parametrize("block", blocks("text", "rejected"), ids=str)
def test_messages_that_are_rejected(block):
    assert parse(block.code.strip(), NOW).reason == block.marks[1]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_somewhere(document):
    broken = []
    for link in links(document):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_pictures_are_small():
    pictures = sorted((ROOT / "docs" / "images").iterdir())
    shots = re.findall(r'^    \("([a-z-]+)", \d+, \d+, ', (ROOT / "docs" / "screenshots.py").read_text(), re.MULTILINE)
    assert [picture.stem for picture in pictures] == sorted(shots)  # each is taken again with the others
    assert all(picture.stat().st_size < PICTURE_MAX_BYTES for picture in pictures)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_variable_that_is_named_exists(document):
    known = {option.metadata["env"] for option in fields(Settings)} | OTHER_NAMES
    assert {name for name in NAMED.findall(document.read_text()) if not name.endswith("_")} <= known


def test_the_agents_alerts_are_named():
    text = prose(ROOT / "docs" / "alerts.md")
    assert [rule.id for rule in RULES if f"`{rule.id}`" not in text] == []


def test_reasons_of_rejection_are_all_explained():
    text = prose(ROOT / "docs" / "events.md")
    assert [reason for reason in REASONS if f"`{reason}`" not in text] == []


def names_of_tests() -> set[str]:
    return {name for file in (ROOT / "tests").rglob("test_*.py") for name in re.findall(
        r"^def (test_\w+)", file.read_text(), re.MULTILINE)}


def test_the_tests_that_documents_name_are_there():
    named = {(document.name, name) for document in DOCUMENTS
             for name in re.findall(r"`(?:test_\w+\.py::)?(test_\w+)(?:\[[\w-]+\])?`", document.read_text())}
    there = names_of_tests()
    assert named and not [one for one in sorted(named) if one[1] not in there]


def test_whatever_may_die_names_the_test_that_shows_what_is_lost():
    rows, there = table_rows(ROOT / "docs" / "deployment.md", "dies"), names_of_tests()
    assert len(rows) > 15
    for dies, lost, _, shown_by in rows:
        named = re.findall(r"`(?:(test_\w+)\.py::)?(test_\w+)(?:\[([\w-]+)\])?`", shown_by)
        assert lost and named, dies
        assert [name for _, name, _ in named if name not in there] == [], dies
        assert [fault for file, _, fault in named if file == "test_faults" and fault not in FAULTS] == [], dies
