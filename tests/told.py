"""What REST tells of a time, byte by byte, without what is one process's own: its diary, and the age of things.

Every reading address is compared, or stands in OWN with the reason why it is not; a test holds them against the
OpenAPI document.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote, urlencode

from flask.testing import FlaskClient
from flask_login import login_user

from dashboard.services import Services
from dashboard.web.guard import Guard
from tests.unit.web_host import API, User, plain_host

SHARE = 10  # of the time, what is asked about where something is compared with what was before
POINTS = 10_000

PLAIN = ("/openapi.json", "/alerts?limit=1000", "/alerts/history?hours=24", "/silences", "/routes", "/deliveries",
         "/metrics")
"""Asked as they are."""
SPANNED = ("/alerts/export?format=json", "/alerts/export?format=csv", "/report?", "/history/commands?",
           "/history/gaps?", "/annotations?", f"/metrics/historical?points={POINTS}",
           f"/metrics/historical?format=frame&points={POINTS}", f"/metrics/historical?format=csv&points={POINTS}",
           "/metrics/historical?")
"""Asked with `start` and `end`."""
FIELDS = {
    "/status": ("redis", "source", "active_alerts", "health_score", "latest_metrics", "health_status", "alerts"),
    # Its window ends when it is asked, as the statistics of the last so many hours do.
    "/alerts/statistics": ("counts", "all", "by_level", "by_component", "noise"),
    # The rest is which process sends, and how it is.
    "/routes": ("routes",), "/deliveries": ("deliveries", "total")}
"""Of an answer that is compared in part, these; the rest is the diary of one process, and the age of things."""
OWN = {"one_silence": "the script makes none", "one_route": "the script makes none"}
"""What is not asked, by the name of its row, and why."""


def told(services: Services, start: float, end: float) -> bytes:
    """All of it, each part under its address."""
    answers = _answers(_client(services), services, start, end)
    return b"\n".join(path.encode() + b"\n" + data for path, data in answers)


def _client(services: Services) -> FlaskClient:
    from dashboard.web.api import make_blueprint

    app, guard = plain_host(), Guard(services.settings)
    guard.install(app)
    app.register_blueprint(make_blueprint(services, guard))
    app.add_url_rule("/enter", "enter", lambda: str(login_user(User("ada"))))
    client = app.test_client()
    client.get("/enter")
    return client


def _answers(client: FlaskClient, services: Services, start: float, end: float) -> Iterator[tuple[str, bytes]]:
    for path in addresses(services, start, end):
        answer = client.get(API + path)
        assert answer.status_code == 200, (path, answer.text)
        names = FIELDS.get(path.partition("?")[0])
        yield path, answer.data if names is None else json.dumps([answer.json[name] for name in names]).encode()


def addresses(services: Services, start: float, end: float) -> Iterator[str]:
    """What is asked, in this order, each below the prefix of the API."""
    span = f"start={start!r}&end={end!r}"
    yield from PLAIN
    yield from (f"{path}{'' if path.endswith('?') else '&'}{span}" for path in SPANNED)
    yield "/alerts/statistics?hours=24"
    middle, part = (start + end) / 2, (end - start) / SHARE
    yield f"/metrics/moved?start={middle!r}&end={middle + part!r}"
    yield f"/history/moment?at={middle!r}"
    for alert in services.alerts.all():
        yield f"/alerts/{quote(alert.key, safe='')}"
    for source in services.board.names():
        named = urlencode({"source": source})
        yield f"/status?{named}"
        yield f"/metrics?{named}"
        yield f"/metrics/historical?{span}&points={POINTS}&{named}"
        metrics = [info.name for info in services.history.metrics.metrics(source)]
        asked = urlencode([("metric", name) for name in metrics])
        yield from (f"/metrics/series?{named}&{asked}&{span}&points={points}" for points in (POINTS, 100))
        shown = urlencode([("m", f"{quote(source, safe='')}/{quote(name, safe='')}") for name in metrics])
        for kind in ("csv", "parquet"):
            yield f"/explore/export?format={kind}&points={POINTS}&range={start!r}..{end!r}&{shown}"
