"""Redis and all processes of the console at once, in whole hosts: what the database has is left, and nothing else."""

from __future__ import annotations

from dashboard.history.store import HistoryStore
from dashboard.metrics.ring import Ring
from dashboard.settings import Settings
from tests.integration.mounted import ONE_PROCESS, Person, publish, settles_at
from tests.integration.test_journal_processes import publish_past, recorded
from tests.servers import wait_for
from tests.unit.web_host import API


def test_redis_and_all_processes_gone_leave_what_the_history_has(redis_server, start, tmp_path):
    """Routes, silences and the record are gone; samples and alerts are not, and what people did to the open ones."""
    url = f"sqlite:///{tmp_path}/history.sqlite3"
    there, archive = {"MONITORING_DATABASE_URL": url}, HistoryStore(Settings(database_url=url), Ring())
    first = start(*ONE_PROCESS, **there)
    settles_at(redis_server, 1)
    person = Person(first.started())
    publish_past(redis_server, 50)
    for name in ("open", "closed"):
        publish(redis_server, "ALERT_TRIGGERED", alert={"id": name, "level": "ERROR", "message": name})
    publish(redis_server, "ALERT_RESOLVED", alert_id="closed")
    assert person.post(API + "/routes", {"name": "night", "urls": ["json://127.0.0.1:9/x"], "enabled": False}).ok
    assert person.post(API + "/silences", {"levels": ["INFO"], "expires_in": 3600}).ok

    def past(asked: Person) -> tuple[list, list]:
        samples = asked.get(f"{API}/metrics/historical?hours=1&source=TickStockPL").json()["data"]
        return samples, asked.get(API + "/alerts/export").json()["alerts"]

    wait_for(lambda: person.status().json()["history"]["written"] == 50, what="the samples in the history")
    wait_for(lambda: [each.state for each in archive.events.find("closed", "TickStockPL") or ()] == ["resolved"],
             what="the alert in the history")
    archive.database.close()
    wait_for(lambda: recorded(redis_server) == 53, what="the record")
    before = past(person)
    assert len(before[0]) == 50 and [each["id"] for each in before[1]] == ["closed"]
    assert {each["id"] for each in person.get(API + "/alerts").json()["alerts"]} == {"open", "closed"}
    mine = one_open(person)
    assert person.post(f"{API}/alerts/{mine['key']}/acknowledge", {"notes": "mine"}).ok
    wait_for(lambda: [each.notes for each in archive.events.find("open", "TickStockPL")] == ["mine"],
             what="the acknowledgement in the history")
    archive.database.close()
    mine = one_open(person)
    redis_server.kill()
    first.kill()
    redis_server.start()
    people = [Person(each.started()) for each in [start(*ONE_PROCESS, **there), start(*ONE_PROCESS, **there)]]
    settles_at(redis_server, 2)
    for person in people:
        wait_for(lambda person=person: past(person) == before, what="the past")
        wait_for(lambda person=person: one_open(person) == mine, what="the alert that was open")
    assert recorded(redis_server) == 0
    assert [person.get(f"{API}/{kept}").json()[kept] for kept in ("silences", "routes")] == [[], []]
    publish(redis_server, "ALERT_TRIGGERED", alert={"id": "open", "level": "ERROR", "message": "again"})
    publish(redis_server, "ALERT_TRIGGERED", alert={"id": "closed", "level": "ERROR", "message": "again"})
    for person in people:
        wait_for(lambda person=person: {each["id"]: (each["state"], each["message"], each["count"], each["notes"])
                                        for each in person.get(API + "/alerts").json()["alerts"]}
                 == {"open": ("acknowledged", "again", 2, "mine"), "closed": ("active", "again", 1, "")},
                 what="the alerts as they go on")
    wait_for(lambda: (each := archive.events.find("open", "TickStockPL")) and each[0].count == 2,
             what="one more occurrence in the history")
    archive.database.close()


def one_open(person):
    """As REST tells it; None until there is one."""
    return next((each for each in person.get(API + "/alerts").json()["alerts"] if each["id"] == "open"), None)
