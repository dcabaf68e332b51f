"""The document of a page: what comes along with it, what a browser keeps of it and for how long."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from flask import Flask, request

from dashboard.settings import Settings
from dashboard.ui.bundle import bundle, own_files
from dashboard.ui.mount import assets_folder
from dashboard.ui.navigation import path_of
from dashboard.ui.pages import PAGES
from dashboard.web.packed import Packed
from tests.unit.ui_world import Callbacks, make_world

PREFIX = "/admin/monitoring"
SEED = re.compile(r'<script id="monitoring-seed" type="application/json">(.*?)</script>', re.DOTALL)
SOURCES = re.compile(r'<script(?: data-later type="text/plain")? src="([^"]+)"')
ASSETS = assets_folder(Settings())
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@pytest.fixture(scope="module")
def client():
    return Callbacks(make_world(), others=True).client


def document(client, page) -> str:
    return client.get(PREFIX + path_of(page.name)).text


@every_page
def test_layout_and_callbacks_come_along_as_dash_would_hand_them_out(client, page):
    text = SEED.search(document(client, page))[1]
    assert "<" not in text
    seed = json.loads(text)
    for name in seed:
        assert seed[name] == client.get(f"{PREFIX}{path_of(page.name)}_dash-{name}").json
    assert [*seed] == ["layout", "dependencies"]


@every_page
def test_our_scripts_come_first_and_as_one_and_what_a_layout_needs_before_it_is_drawn(client, page):
    text = document(client, page)
    # Before the styles are there a browser paints nothing but a ground: not a white one where all else is dark.
    assert text.index('<meta name="color-scheme" content="light dark">') < text.index("stylesheet")
    sources = SOURCES.findall(text)
    assert sources[0].startswith(f"{PREFIX}/assets/{page.name}.js?m=")
    assert not [each for each in sources[1:] if "/assets/" in each]
    script = client.get(sources[0]).data
    assert script == bundle(ASSETS, page.assets, "js")
    for file in own_files(ASSETS, page.assets, "js"):
        assert file.read_bytes().rstrip() in script
    loaded = [each for each in sources if "/async-" in each]
    assert len(loaded) == len(page.chunks) > 0 or page.name in ("silences", "notifications")
    for address in loaded:
        assert client.get(address).cache_control.max_age == 31_536_000


@every_page
def test_dash_waits_for_the_first_paint_and_is_not_fetched_before(client, page):
    text = document(client, page)
    assert not [each for each in re.findall(r'<script src="([^"]+)"', text) if "dash" in each]
    assert '<script id="_dash-renderer" data-later type="text/plain">' in text
    assert '<script data-later type="text/plain" src="' in text
    assert "preload" not in text


def test_files_are_in_the_order_of_their_names_those_of_all_pages_first(tmp_path):
    for name in ("20-b.js", "10-a.js", "10-a.css", "own/05-c.js", "other/01-d.js"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"/* {name} */\n")
    assert bundle(tmp_path, ("own", "missing"), "js") == b"/* 10-a.js */\n/* 20-b.js */\n/* own/05-c.js */\n"
    assert bundle(tmp_path, (), "css") == b"/* 10-a.css */\n"


@pytest.fixture
def packed():
    return Packed(b"let text = 1;" * 100, "text/javascript")


@pytest.fixture
def plain_client(packed):
    app = Flask("host")
    app.add_url_rule("/file", "file", lambda: packed.answer(request))
    return app.test_client()


def test_it_is_packed_for_whoever_takes_that(packed, plain_client):
    plain = plain_client.get("/file")
    small = plain_client.get("/file", headers={"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(small.data) == plain.data and len(small.data) < len(plain.data) / 5
    assert small.headers["Vary"] == "Accept-Encoding" and "Content-Encoding" not in plain.headers
    assert small.headers["ETag"] != plain.headers["ETag"]


def test_only_the_version_that_is_asked_for_is_kept_for_good(packed, plain_client):
    assert plain_client.get(f"/file?m={packed.version}").cache_control.max_age == 31_536_000
    for other in ("", "?m=", "?m=other"):
        assert plain_client.get("/file" + other).cache_control.max_age is None
    assert packed.version != Packed(b"let text = 2;", "text/javascript").version


def test_it_is_not_sent_again_to_whoever_has_it(plain_client):
    tag = plain_client.get("/file").headers["ETag"]
    assert plain_client.get("/file", headers={"If-None-Match": tag}).status_code == 304


@every_page
@pytest.mark.parametrize("rest", ["some/some", "dash/some.js", "dash/deps/../../x", "os/path.py", "dash/__init__.py",
                                  "dash/some.v4_4_1m1.js", "%3Cscript%3E/x"])
def test_a_script_that_no_page_has_is_none_and_nothing_to_write_into_the_log(client, page, rest, caplog):
    for method in ("GET", "HEAD"):
        answer = client.open(f"{PREFIX}{path_of(page.name)}_dash-component-suites/{rest}", method=method)
        assert (answer.status_code, answer.mimetype) == (404, "text/plain")
        assert answer.text == ("" if method == "HEAD" else "There is nothing at this address.")
    assert caplog.records == []
