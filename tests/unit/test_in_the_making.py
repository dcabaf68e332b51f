"""Which requests are answers in the making, from when on and until when."""

from __future__ import annotations

import pytest
from flask import Flask, Response, abort, current_app, request

from dashboard import Monitoring, Settings
from dashboard.right_of_way import RightOfWay
from dashboard.web import in_the_making


class Watched(RightOfWay):
    """Tells how many are in the making."""

    @property
    def count(self):
        return len(self._began)


@pytest.fixture
def way():
    return Watched()


@pytest.fixture
def app(way):
    made = Flask(__name__)
    in_the_making.install(made, way)
    made.add_url_rule("/there", view_func=lambda: str(way.count), endpoint="there")
    made.add_url_rule("/refused", view_func=lambda: abort(403), endpoint="refused")
    made.add_url_rule("/broken", view_func=lambda: 1 / 0, endpoint="broken")
    return made


def test_a_request_is_one_from_its_beginning_to_its_end(app, way):
    client = app.test_client()
    assert client.get("/there").text == "1"
    assert way.count == 0


@pytest.mark.parametrize(("path", "status"), [("/refused", 403), ("/broken", 500), ("/nowhere", 404)])
def test_one_that_fails_has_ended_too(app, way, path, status):
    assert app.test_client().get(path).status_code == status
    assert way.count == 0


def test_one_that_breaks_off_has_ended_too(app, way):
    app.testing = True
    with pytest.raises(ZeroDivisionError):
        app.test_client().get("/broken")
    assert way.count == 0


def test_one_that_somebody_answers_before_is_none(way):
    app = Flask(__name__)
    app.before_request(lambda: Response("at once"))
    in_the_making.install(app, way)
    assert app.test_client().get("/").text == "at once"
    assert way.count == 0


def test_one_that_goes_through_another_application_is_one_of_each(app, way):
    theirs, inner = Watched(), Flask("inner")
    in_the_making.install(inner, theirs)
    inner.add_url_rule("/passed", view_func=lambda: f"{way.count} {theirs.count}", endpoint="passed")
    app.add_url_rule("/passed", view_func=lambda: Response.from_app(inner, request.environ), endpoint="passed")
    assert app.test_client().get("/passed").text == "1 1"
    assert (way.count, theirs.count) == (0, 0)


def test_one_that_is_dispatched_once_more_is_one(app, way):
    app.add_url_rule("/again", endpoint="again", view_func=lambda: (
        current_app.view_functions.update(again=lambda: str(way.count)) or current_app.full_dispatch_request()))
    assert app.test_client().get("/again").text == "1"
    assert way.count == 0


def test_a_console_tells_its_own_threads():
    app = Flask(__name__)
    app.secret_key = "for tests"
    services = Monitoring(app, settings=Settings(start_listener=False, database_url="off")).services
    app.add_url_rule("/own", view_func=lambda: str(len(services.right_of_way._began)), endpoint="own")
    assert app.test_client().get("/own").text == "1"
    assert app.test_client().get("/admin/monitoring/").status_code in (302, 401, 403)
    assert services.right_of_way._began == {}
