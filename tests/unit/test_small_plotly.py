"""The smaller plotly.js: taken where set-up has brought it, missed by nobody where not."""

from __future__ import annotations

import re

import pytest

from dashboard.services import build
from dashboard.settings import Settings
from dashboard.ui import mount as mounting
from dashboard.ui.small_plotly import BUNDLE, packaged_version, small_plotly
from dashboard.web.guard import Guard
from tests.unit.web_host import PAGE, plain_host, sign_in

SCRIPT = "window.Plotly = {};"


@pytest.fixture
def bundle(tmp_path):
    file = tmp_path / BUNDLE.format(packaged_version())
    file.write_text(SCRIPT)
    return file


def page(monkeypatch, file):
    """What a visitor is given whose console has this file."""
    monkeypatch.setattr(mounting, "small_plotly", lambda: file)
    services = build(Settings(start_listener=False, database_url="off"))
    app = plain_host(protect=True)
    guard = Guard(services.settings)
    guard.install(app)
    mounting.mount(app, services, guard.user_name)
    return app


def test_it_is_of_the_version_that_the_charts_are_made_for(bundle, tmp_path):
    major, minor = packaged_version().split(".")
    assert major.isdecimal() and minor.isdecimal()
    assert small_plotly(tmp_path) == bundle
    bundle.rename(tmp_path / BUNDLE.format("1.0"))
    assert small_plotly(tmp_path) is None


def test_the_page_loads_it_from_this_server_and_the_browser_keeps_it(monkeypatch, bundle):
    app = page(monkeypatch, bundle)
    client = sign_in(app.test_client())
    plotly = rf'src="({PAGE}/plotly/{bundle.name}\?m=\w+)" async="True">'
    found = re.search(f"<script data-later type=\"text/plain\" {plotly}", client.get(PAGE + "/").text)
    assert found[0] in client.get(f"{PAGE}/explore/").text
    address = found[1]
    answer = client.get(address)
    assert (answer.status_code, answer.text) == (200, SCRIPT)
    assert "immutable" in answer.headers["Cache-Control"]
    assert app.test_client().get(address).status_code in (302, 401)


def test_without_it_the_page_names_none(monkeypatch):
    assert "/plotly/" not in sign_in(page(monkeypatch, None).test_client()).get(PAGE + "/").text
