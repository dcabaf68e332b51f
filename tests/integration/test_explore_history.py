"""The Explore page and its REST over a real database: a month, annotations, and a database that goes away."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from sqlalchemy import event

from dashboard.explore.view import PANELS
from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.settings import Settings
from dashboard.ui.explore.fetch import fetch, found_metrics, opened
from dashboard.ui.explore.noting import noted
from dashboard.ui.explore.panels import panel
from tests.unit.explore_world import asking, line
from tests.unit.ui_world import NOW, make_world, texts
from tests.unit.web_host import API, csrf_headers, sign_in
from tests.unit.web_services import api_host

DAY_S = 86_400.0
STEP_S = 600.0
CPU = line("system.cpu_percent")


def services_of(database_url):
    """Services whose history has 31 days: a day like the other, but for the hour up to a week before NOW."""
    settings = Settings(database_url=database_url, history_raw_hours=800, history_minute_days=40)
    services = make_world(settings, rows=10_000)
    past = Ring(rows=10_000)
    for number in range(int(31 * DAY_S / STEP_S)):
        at = NOW - 31 * DAY_S + number * STEP_S
        odd = 30.0 if NOW - 7 * DAY_S - 3_600 <= at <= NOW - 7 * DAY_S else 0.0
        past.append("pl", at, {"system.cpu_percent": 40 + 10 * ((at % DAY_S) / DAY_S) + number % 3 + odd})
    writer = HistoryStore(settings, past, clock=services.clock)
    assert writer.step()
    writer.database.close()
    store = HistoryStore(settings, services.ring, clock=services.clock)
    assert store.step()
    return replace(services, history=store)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def services(request, tmp_path_factory):
    """One for all tests: what one of them writes, it takes back."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('history')}/history.sqlite3"
    else:
        url = request.getfixturevalue("postgres_server").new_database()
    services = services_of(url)
    yield services
    services.history.database.close()


def test_a_month_is_one_answer_from_the_store(services):
    live = asking(services, CPU, ("range", "30d"))
    assert live["step"] == "1 point = 1 h" and live["notes"] == []
    assert 715 <= len(live["lines"][0]["y"]) <= 725
    assert live["lines"][0]["legend"][3] == "75.6 %"  # of all samples, not of the hours' means


def test_is_it_like_last_week(services):
    """The hour before NOW is 30 % lower; the two days before it, taken together, are as they were."""
    hour = asking(services, CPU, ("range", "1h"), ("compare", "last-week"))["lines"][0]["ghost"]
    assert hour["difference"].startswith("−29.9") and len(hour["y"]) == 7  # both ends of a window belong to it
    days = asking(services, CPU, ("range", "2d"), ("compare", "last-week"))["lines"][0]["ghost"]
    assert days["difference"].startswith("−0.7")


def test_what_is_usual_is_known_from_earlier_days(services):
    live = asking(services, CPU, ("range", "24h"), ("anomaly", "1"))
    usual = live["lines"][0]["usual"]
    assert len(usual["lo"]) == len(usual["hi"]) == len(live["times"][usual["t"]][1])
    assert "usual at this hour" in usual["words"][0]


def test_the_heat_map_of_a_month_fills_every_cell(services):
    children = panel(services, {"query": urlencode([CPU, ("panel", "heatmap"), ("range", "30d")])}, "ada")
    assert "–" not in texts(children)


BRUSH = ("brush", f"{NOW - DAY_S:.0f}000-{NOW:.0f}000")
ANSWERS = {
    "charts": lambda services: fetch(services, {"query": urlencode([
        CPU, line("x", "other"), ("range", "2d"), ("compare", "last-week"), ("anomaly", "1")])}),
    "list": lambda services: found_metrics(services, {"source": "pl"}),
} | {name: lambda services, name=name: opened(
    services, {"query": urlencode([CPU, ("panel", name), ("range", "2d"), BRUSH])}, "ada") for name in PANELS}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_takes_one_connection_and_gives_it_back(services, name):
    taken = []
    reader = services.history.database._reader
    event.listen(reader, "checkout", count := lambda *_: taken.append(1))
    try:
        ANSWERS[name](services)
    finally:
        event.remove(reader, "checkout", count)
    assert len(taken) == 1 and reader.pool.checkedout() == 0


def test_annotations_are_made_seen_and_taken_back(services):
    made = noted(services, {"text": " deployed <b>1.2</b> ", "from": "now-2h", "to": "now-1h", "zone": "UTC",
                            "source": "pl", "asked": 4}, "ada")
    assert made == {"asked": 4, "done": True, "said": "Added."}
    live = asking(services, CPU, ("range", "6h"))
    start, end, words, key = live["annotations"][0]
    assert end - start == 3_600_000 and words == "deployed &lt;b&gt;1.2&lt;/b&gt; (ada)"
    assert asking(services, line("x", "other"), ("range", "6h"))["annotations"] == []
    assert noted(services, {"remove": key}, "ada")["said"] == "Deleted."
    assert noted(services, {"remove": key}, "ada")["said"] == "There is no such annotation any more."
    assert asking(services, CPU, ("range", "6h"))["annotations"] == []


def test_annotations_over_rest(services):
    client = sign_in(api_host(services).test_client())
    headers = csrf_headers(client)
    made = client.post(API + "/annotations", json={"text": "deployed", "start": "now-1h"}, headers=headers).json
    assert made["annotation"]["by"] == "ada" and made["annotation"]["end"] is None
    address = f"{API}/annotations/{made['annotation']['id']}"
    assert client.patch(address, json={"text": "rolled back", "end": NOW}, headers=headers).json["annotation"][
        "end"] == "2025-10-09T08:53:20.000Z"
    assert [one["text"] for one in client.get(API + "/annotations?range=2h").json["annotations"]] == ["rolled back"]
    for body, words in (
            ({}, "text"), ({"text": "x", "start": "once"}, "is no time"), ({"text": "x" * 2001}, "2000"),
            ({"text": "x", "start": "now", "end": "now-1h"}, "before"), ({"text": "x", "start": [1]}, "time")):
        answer = client.post(API + "/annotations", json=body, headers=headers)
        assert answer.status_code == 400 and words in answer.json["message"], body
    for body, end in (({"text": "rolled back"}, "2025-10-09T08:53:20.000Z"), ({"end": None}, None)):
        assert client.patch(address, json=body, headers=headers).json["annotation"]["end"] == end
    other = sign_in(api_host(services).test_client(), "grace")
    theirs = other.patch(address, json={"text": "it was ada"}, headers=csrf_headers(other)).json["annotation"]
    assert (theirs["text"], theirs["by"]) == ("it was ada", "grace")  # nobody's name stands under another's words
    assert client.delete(address, headers=headers).status_code == 200
    assert client.delete(address, headers=headers).status_code == 404
    assert client.patch(address, json={"text": "x"}, headers=headers).status_code == 404


def test_with_the_database_away_the_page_says_so_and_shows_what_is_in_memory(services, monkeypatch):
    services.ring.append("pl", NOW - 5, {"system.cpu_percent": 12.0})
    monkeypatch.setattr(services.history.database, "reading", broken)
    live = asking(services, CPU, ("range", "1h"))
    assert live["lines"][0]["y"][-1] == 12 and any("away" in note for note in live["notes"])
    assert any(note.startswith("Alerts, commands and annotations are those in memory") for note in live["notes"])


def broken():
    raise OSError("the disk is gone")
