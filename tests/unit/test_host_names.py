"""What comes under a host name for which the host does not answer."""

from __future__ import annotations

import pytest
from flask import Flask

from dashboard.settings import Settings
from dashboard.web.guard import Guard
from tests.unit.web_host import API, PAGE, guarded_host


def client_of(app, signed_in, name):
    """Of a stranger, or of an admin whose session is for that name."""
    client = app.test_client()
    if signed_in:
        session = app.session_interface.get_signing_serializer(app).dumps({"_user_id": "ada", "_fresh": True})
        client.set_cookie("session", session, domain=name)
    return client


def test_an_application_that_matches_hosts_is_told_that_nothing_will_be_found(caplog):
    for matches in (False, True):
        app = Flask("host", host_matching=matches, static_host="good.example" if matches else None)
        Guard(Settings()).install(app)
        assert len(caplog.records) == matches
    assert "host_matching" in caplog.text


@pytest.mark.parametrize("signed_in", [False, True])
def test_under_a_name_that_nobody_trusts_there_is_nothing_and_nothing_to_write_into_the_log(signed_in, caplog):
    app = guarded_host(protect=True, TRUSTED_HOSTS=["good.example"])
    for name, status in (("good.example", 200 if signed_in else 401), ("evil.example", 400)):
        client = client_of(app, signed_in, name)
        answer = client.get(API + "/status", base_url=f"http://{name}")
        assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert client.get(PAGE + "/", base_url="http://evil.example").status_code == 400
    assert client.post(PAGE + "/_dash-update-component", json={}, base_url="https://evil.example").status_code == 400
    assert caplog.records == []
