"""The filter line: any text is a filter or is refused with its place, and a filter says yes or no of any alert."""

from __future__ import annotations

from dashboard.alerts.alert import Alert
from dashboard.alerts.filter_language import FilterError, parse

NOW = 1_769_853_700.0
ALERT = Alert(key="k", id="http://db:5432", source="batch 2", level="CRITICAL", rank=1, component="Database",
              message="The pool is exhausted", first_seen=NOW - 1_200, last_seen=NOW - 30, count=5,
              state="acknowledged", acknowledged_by="Ada", assigned_to="bert")
SEEDS = [b"level:critical,error state:open -is:snoozed", b'source:"batch 2" component:db id:x',
         b"age>15m last<2h count>=5", b'assigned:me by:ada owner:me -"pool size"', b"level:other state:flapping", b""]


def look_at(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    try:
        found = parse(text, "ada")
    except FilterError as refused:
        assert 0 <= refused.at <= len(text) and str(refused)
        return
    assert found.matches(ALERT, NOW) in (True, False)
