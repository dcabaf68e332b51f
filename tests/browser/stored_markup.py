"""Markup in every field of every event and in all that an admin writes, and where a page shows it.

A text holds as many payloads as there is room for, and behind them the name of its field: one that is found on a page
tells of which field it is. All texts of a field together hold every payload.
"""

from __future__ import annotations

import time
from functools import cache
from typing import Any

from tests.browser.host import Host
from tests.browser.publisher import Publisher
from tests.hostile import MARKUP, bundles
from tests.servers import RedisServer, free_port

NAME_CHARS = 178  # of the 200 that a name has: its field stands behind
LABEL_CHARS = 140  # of the 160 that Explore shows of an alert or an annotation
COMPLAINT_CHARS = 160  # of the 200 of a complaint
ROUTES = bundles(98)  # the name of a route has a hundred
FIRED_S, OVER_S = 60.0, 30.0
"""So long ago."""


@cache
def of(field: str, room: int = NAME_CHARS) -> tuple[str, ...]:
    """The texts of a field."""
    return tuple(f"{text} ~{field}~" for text in bundles(room))


SOURCES = of("source")
COUNT = len(SOURCES)
LENGTHS = sorted(MARKUP, key=len)
PAIRS = tuple(zip(LENGTHS, reversed(LENGTHS), strict=True))
DETAILS = tuple(dict(PAIRS[number::COUNT]) for number in range(COUNT))
"""Each payload once as the name of a detail and once as its value, both within the 80 characters of it that most places
show; at most five together, of the six that they show."""


def publish(redis_server: RedisServer) -> None:
    """Every event: for each text a source, an alert that is open and one that is over; all else from the first of the
    sources, of which the page is."""
    shown, now = Publisher(redis_server, SOURCES[0]), time.time()
    for number, source in enumerate(SOURCES):
        own = Publisher(redis_server, source)
        own.update({of("metric")[number]: 5})
        for state in ("open", "over"):
            own.alert(**alert(number, state), at=now - FIRED_S + number)
        own.event("ALERT_RESOLVED", alert_id=of("id over")[number], resolved_by=of("resolved by")[number],
                  notes=of("resolution")[number], at=now - OVER_S + number)
    shown.update(
        {"system": {"cpu_percent": 40}, **{group: {"x": 6} for group in of("group")},
         **{f"half{half}": dict.fromkeys(of("leaf")[half::2], 7) for half in (0, 1)},  # a chart has eight lines at most
         "facts": dict(zip(of("fact"), of("said"), strict=True)),
         "application": {"active_timeframes": list(of("timeframe"))}},
        recommendations=list(of("advice")),
        trends={name: {"direction": of("direction")[0], "prediction_1h": 3} for name in of("trend")}
        | dict.fromkeys(of("not understood", COMPLAINT_CHARS), 5),
        health_score={"overall": 50, "components": dict(zip(of("component scored"), of("word"), strict=True))})
    for payload in MARKUP:
        shown.event(payload)
    for text in of("body"):
        shown.event("unknown", body=text)


def alert(number: int, state: str) -> dict[str, Any]:
    """The fields of an alert."""
    return {"alert_id": of(f"id {state}")[number], "message": of("message")[number], "level": of("level")[number],
            "component": of("component")[number], "suggested_actions": [of("action")[number]],
            "details": DETAILS[number] | {"current_value": of("value")[number], "threshold": of("threshold")[number]}}


def publish_without_component(redis_server: RedisServer) -> None:
    """Alerts of which Explore shows the whole message: the component would stand before it."""
    for number, text in enumerate(of("message alone", LABEL_CHARS)):
        Publisher(redis_server, SOURCES[0]).alert(f"alone {number}", text, component="")


def publish_newest(redis_server: RedisServer, host: Host, number: int) -> str:
    """What a page shows the newest of: one text of each field, of the first source. The last of it is the answer to a
    command, whose id is returned."""
    shown = Publisher(redis_server, SOURCES[0])
    shown.event("SYSTEM_STATUS", status=of("status")[number], message=of("status message")[number],
                details=DETAILS[number])
    shown.event("HEALTH_CHECK", health={"status": of("status of a check")[number], "components": {
        of("component checked")[number]: {"status": "ok", "details": DETAILS[number]},
        **{f"word {place}": {"status": word} for place, word in enumerate(MARKUP[number::COUNT])}}})
    shown.payload("job_progress_update", run_id=of("run")[number], phase=of("phase")[number], percentage=5,
                  current_symbol=of("symbol")[number], estimated_completion=of("completion")[number])
    Publisher(redis_server, SOURCES[number]).alert(**alert(number, "open"))
    sent = host.services.commands.send("CLEAR_CACHE", of("commander")[number])
    Publisher(redis_server, of("answerer")[number]).payload(
        "command_result", request_id=sent.request_id, status=of("result")[number], message=of("result message")[number])
    return sent.request_id


def act(host: Host, number: int) -> None:
    """What people do with an open alert."""
    alerts = host.services.alerts
    key = alerts.find(of("id open")[number])[0].key
    alerts.assign(key, of("assigned by")[number], of("assigned to")[number], notes=of("note")[number])
    alerts.acknowledge(key, of("acknowledged by")[number], of("newest note")[number])


def administer(host: Host) -> None:
    """All that people write, each text with a name of its own for who did it."""
    services, dead = host.services, f"json://127.0.0.1:{free_port()}/x"
    for number in range(COUNT):
        act(host, number)
        services.alerts.silence({"until": time.time() + 600, "reason": of("reason")[number], **{
            name: of(f"{name} silenced")[number] for name in ("source", "component", "text")}}, of("silencer")[number])
    for number, text in enumerate(of("annotation", LABEL_CHARS)):
        services.history.events.annotate(time.time() - 20, None, text, of("annotator")[number % COUNT], SOURCES[0])
    for number, name in enumerate(ROUTES):
        route = services.notifications.add_route({
            "name": name, "sources": [of("source routed")[number % COUNT]], "urls": [dead], "enabled": False,
            "components": [of("component routed")[number % COUNT]]}, of("router")[number % COUNT])
        services.notifications.test_route(route.id, of("tester")[number % COUNT])
