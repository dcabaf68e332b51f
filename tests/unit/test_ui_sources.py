"""Names written from right to left, among the words and numbers of a page."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dashboard.health import Headline
from dashboard.ui.layout import health
from dashboard.ui.said import DETAIL_LIMIT, details_text
from dashboard.ui.sources import apart, place, source_label

DATABASE, FEED = "قاعدة البيانات", "מקור"
ISOLATED = "\u2068{}\u2069".format


@pytest.mark.parametrize("name", ["", "database", "Zürich", "数据库", "база 2", "🗄", "a" * 500])
def test_a_name_from_left_to_right_is_as_it_was_sent(name):
    assert apart(name) == name


@pytest.mark.parametrize("name", [DATABASE, FEED, "ذاكرة 2", "pool \u202e2"])
def test_a_name_that_would_turn_what_stands_beside_it_is_isolated(name):
    assert apart(name) == ISOLATED(name)


def test_where_an_alert_is_from_is_read_in_one_order():
    assert place("database", "TickStockPL", "4 min") == "database · TickStockPL · 4 min"
    assert place(DATABASE, FEED, "", "4 min") == f"{ISOLATED(DATABASE)} · {ISOLATED(FEED)} · 4 min"
    assert place("", f"{FEED}-test") == source_label(f"{FEED}-test") == ISOLATED(f"{FEED}-test") + " (simulated)"


def test_details_keep_their_numbers_beside_their_names():
    assert details_text({DATABASE: 26, "mode": FEED}, None) == f"{ISOLATED(DATABASE)} 26 · mode {ISOLATED(FEED)}"
    long = details_text({FEED * 50: FEED * 50, "word": FEED * 50}, None)
    assert long.count("\u2068") == long.count("\u2069")  # cut to a length, none is left open
    assert all(len(part) <= DETAIL_LIMIT + 4 for part in long.split(" · "))


def test_the_reason_of_a_score_has_its_number_after_the_name():
    headline = Headline(62.0, "degraded", "metric_update", f"{DATABASE} 55 (unhealthy)", 0.0, component=DATABASE)
    line, reason = health._headline(SimpleNamespace(state=SimpleNamespace(headline=headline), now=0.0))
    assert reason.children == f"Because of {ISOLATED(DATABASE)} 55 (unhealthy). From the latest metric update."
