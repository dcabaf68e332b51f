"""A snapshot of what is shown: all its data as text, and nothing in it that could run."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.explore.drawing import DrawnChart, DrawnLine
from dashboard.explore.overlays import ALERT, Overlay
from dashboard.explore.series import coarsened
from dashboard.explore.snapshot import DATA_ID, Snapshot, embedded, snapshot_html
from tests.unit.explore_series import HOUR, NAN, START, ZURICH, steady
from tests.unit.snapshot_page import Page

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&\"'\u2028"


def snapshot(**more):
    line = DrawnLine(coarsened(steady([1.0, 2.0, NAN, 4.0], 30, metric=EVIL), 60), EVIL, '"/><script>')
    found = {"title": EVIL, "span": HOUR, "zone": ZURICH, "made_at": START + 4_000, "made_by": EVIL,
             "charts": (DrawnChart(EVIL, (line, DrawnLine(steady([5, NAN]), "CPU")), EVIL),), "notes": (EVIL,),
             "overlays": (Overlay(ALERT, START, None, EVIL, EVIL, EVIL, EVIL, EVIL),)}
    return snapshot_html(Snapshot(**{**found, **more}))


def test_nothing_in_a_snapshot_runs_or_is_fetched():
    page = Page(snapshot())
    tags = [tag for tag, _ in page.elements]
    assert tags.count("script") == 1
    assert not set(tags) & {"img", "iframe", "link", "object", "embed", "a", "base", "form"}
    assert ("script", {"type": "application/json", "id": DATA_ID}) in page.elements
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "href")]
        assert "alert" not in attributes.get("fill", "") + attributes.get("style", "")
    policy = next(attributes["content"] for tag, attributes in page.elements
                  if attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert b"http://" not in snapshot().replace(b"http://www.w3.org/2000/svg", b"")
    assert b"https://" not in snapshot()


def test_the_data_of_a_snapshot_are_all_there():
    data = json.loads(Page(snapshot()).data)
    assert (data["title"], data["zone"], data["start"]) == (EVIL, ZURICH, START)
    buckets, samples = data["charts"][0]["lines"]
    assert buckets["metric"] == buckets["title"] == EVIL
    assert (buckets["values"], buckets["minima"], buckets["counts"]) == ([1.5, 4.0], [1, 4], [2, 1])
    assert samples["values"] == [5, None]
    assert samples["times"] == [START * 1_000, START * 1_000 + 5_000]


def test_a_snapshot_says_what_when_and_how_sure():
    text = snapshot(title="Morning").decode()
    assert "2026-01-31 11:00:00 CET – 2026-01-31 12:00:00 CET" in text
    assert "<h1>Morning</h1>" in text
    assert "≈ " in text  # the p95 of buckets
    assert text.count("goes on") == 1


def test_a_snapshot_of_nothing():
    page = snapshot(charts=(DrawnChart("Empty", (DrawnLine(steady([]), "CPU"),)),), overlays=()).decode()
    assert page.count("<td>–</td>") == 6
    assert "In this window" not in page
    assert len(snapshot(charts=(), overlays=())) > 0


@settings(deadline=None)
@given(st.recursive(st.one_of(st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)),
                    lambda inner: st.lists(inner, max_size=3), max_leaves=8))
def test_embedded_data_hold_nothing_that_html_could_read(data):
    text = embedded(data)
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == data


def test_a_number_that_json_does_not_know_is_an_error():
    with pytest.raises(ValueError, match="JSON compliant"):
        embedded([NAN])
