"""Rows of the console's table."""

from __future__ import annotations

import json

import pytest

from dashboard.ui.console_rows import CELL_LIMIT, FIGURE_LIMIT, console_row
from dashboard.ui.layout.alert_console import COLUMNS
from tests.alert_events import NOW
from tests.unit.test_ui_alerts import alert

HOUR_S = 3600


@pytest.mark.parametrize(("found", "shown"), [
    (alert("a"), {"tone": "warning", "at": "active", "level": "▲ Warning", "what": "about a\ndb", "source": "pl",
                  "state": "Unacknowledged", "value": "–", "first": "07:59:00", "age": "1 min", "count": "1"}),
    (alert("a", "EMERGENCY", count=12_345), {"tone": "critical", "level": "✖ Emergency", "count": "12,345"}),
    (alert("a", "Purple" * 20), {"level": "◇ " + ("Purple" * 20)[:CELL_LIMIT]}),
    (alert("a", message="", component=""), {"what": "a\n–"}),
    (alert("a", message="two\nlines", component="also\ntwo"), {"what": "two lines\nalso two"}),
    (alert("a", age_s=30 * HOUR_S), {"first": "2027-01-14\n02:00:00", "age": "1 d"}),
    (alert("a", source="x-simulator"), {"source": "x-simulator (simulated)"}),
    (alert("a", state="acknowledged", acknowledged_until=NOW + 90), {"state": "Acknowledged · anna\n1 min left"}),
    (alert("a", state="acknowledged"), {"state": "Acknowledged · anna\nuntil resolved", "at": "acknowledged"}),
    (alert("a", state="resolved", age_s=HOUR_S),
     {"state": "Resolved · ben", "tone": "stale", "age": "59 min\n20 s ago"}),
    (alert("a", state="resolved", cleared_itself=True), {"state": "Resolved · by itself"}),
    (alert("a", assigned_to="ada", snoozed_by="ben", silenced_by="s", regressed=True, flapping_until=NOW + 5,
           stale_since=NOW - 99),
     {"state": "Unacknowledged\n→ ada · snoozed · silenced · regressed · flapping · stale", "assigned": "ada",
      "snoozed": True}),
    (alert("a", snoozed_by="ben", snoozed_until=NOW + HOUR_S), {"state": "Unacknowledged\nsnoozed 1 h"}),
    (alert("a", details={"threshold": 80, "current_value": 91.254, "unit": "%"}), {"value": "91.25 %\nlimit 80 %"}),
    (alert("a", details={"current_value": 0}), {"value": "0"}),
    (alert("a", details={"threshold": 5}), {"value": "–\nlimit 5"}),
    (alert("a", details={"value": "x" * 99}), {"value": "x" * FIGURE_LIMIT}),
    (alert("a", message="<b>x</b>", component="<i>"), {"what": "<b>x</b>\n<i>"}),
    (alert("a", age_s=-100), {"age": "0 s"}),
])
def test_rows(found, shown):
    made = console_row(found, NOW, "Europe/London")
    assert made["id"] == "a" and made | shown == made
    json.dumps(made, allow_nan=False)
    assert {column["id"] for column in COLUMNS} <= made.keys()
    assert all(value.count("\n") <= 1 for value in made.values() if isinstance(value, str))
