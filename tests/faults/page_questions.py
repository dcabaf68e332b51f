"""What open pages ask beside their ticks: the charts of Explore, the table of alerts, and one alert in full."""

from __future__ import annotations

from typing import Any

import requests

from dashboard.ui import ids
from dashboard.ui.alert_question import OPEN_LINE
from dashboard.ui.navigation import ALERTS, EXPLORE, path_of
from tests.integration.mounted import Person
from tests.page_client import callback_body

CHARTS, TABLE, DETAIL, CHART = "Explore's charts", "the table of alerts", "an alert in full", "the chart of an alert"
ALL = (CHARTS, TABLE, DETAIL, CHART)
POINTS = 1_000  # as wide as a chart of a usual screen


class PageQuestions:
    """Of one person who has both pages open. `shown`: the view of Explore, as its address has it. `alert`: the id of
    the one that is open."""

    def __init__(self, person: Person, shown: str, alert: str):
        self._person, self._shown = person, shown
        told = person.get(f"{person.api}/alerts/{alert}")
        self._alert = told.json()["alert"]["key"] if told.ok else alert
        self._dependencies = {page: person.get(f"{person.page}{path_of(page)}_dash-dependencies").json()
                              for page in (EXPLORE, ALERTS)}

    def ask(self, name: str) -> requests.Response:
        """One of ALL."""
        if name == CHARTS:
            return self._post(EXPLORE, ids.EXPLORE_ASKED, {"asked": 1, "zone": "UTC", "points": POINTS,
                                                           "query": self._shown})
        if name == TABLE:
            return self._post(ALERTS, ids.ALERTS_STAMP, {"number": 1, "hold": False, "zone": "UTC"},
                              {ids.FILTER_LINE: OPEN_LINE})
        if name == DETAIL:
            return self._post(ALERTS, ids.ALERT_DETAIL_ASKED, {"key": self._alert, "number": 1})
        return self._post(ALERTS, ids.ALERT_CHART_ASKED, {"key": self._alert, "zone": "UTC", "mark": ""})

    def _post(self, page: str, asked: str, question: dict[str, Any], held: dict[str, Any] | None = None
              ) -> requests.Response:
        return self._person.post(f"{self._person.page}{path_of(page)}_dash-update-component",
                                 callback_body(self._dependencies[page], asked, question, held or {}))
