"""The filter line: what it means, what is told where it means nothing, and that no text makes it slow."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.alerts.alert import Alert
from dashboard.alerts.filter_language import FIELDS, LENGTH_LIMIT, FilterError, parse
from tests.alert_events import NOW

ALERT = Alert(key="k", id="http://db:5432", source="batch 2", level="CRITICAL", rank=1, component="Database",
              message="The pool is exhausted", first_seen=NOW - 1200, last_seen=NOW - 30, count=5, state="acknowledged",
              acknowledged_by="Ada", assigned_to="bert", regressed=True, stale_since=NOW - 90)


@pytest.mark.parametrize(("text", "holds"), [
    ("", True), ("   ", True), ("level:critical", True), ("LEVEL:warn,err", False), ("level:fatal,critical", True),
    ("-level:critical", False), ("state:open", True), ("state:active", False), ("state:active,Acknowledged", True),
    ("is:stale", True), ("is:snoozed", False), ("is:regressed is:assigned", True), ("-is:flapping", True),
    ('source:"batch 2"', True), ("source:batch", False), ("component:database", True), ("assigned:BERT", True),
    ("by:ada", True), ("by:bert", False), ('id:"http://db:5432"', True), ("id:http://db:5432", True),
    ("age>15m", True), ("age>=20m", True), ("age<20m", False), ("age<1h", True), ("last<30s", False),
    ("last<=30s", True), ("age>0.25h", True), ("count:5", True), ("count>5", False), ("count>=5", True),
    ("pool", True), ("POOL exhausted", True), ("queue", False), ("-queue", True), ("-pool", False),
    ('"pool is"', True), ('"is pool"', False), ('"http://db"', True), ("-", False), ('""', True),
    ("level:critical state:open age>15m pool", True), ("level:critical state:open age>15m queue", False)])
def test_what_it_means(text, holds):
    assert parse(text).matches(ALERT, NOW) is holds


@pytest.mark.parametrize(("text", "me", "holds"), [
    ("owner:ada", "", True), ("owner:bert", "", True), ("owner:carl", "", False), ("-owner:me", "carl", True),
    ("owner:me", "Ada", True), ("by:me", "ADA", True), ("assigned:me", "Ada", False), ("owner:me", "", False),
    ("source:me", "batch 2", False)])
def test_me_is_whoever_asks(text, me, holds):
    assert parse(text, me).matches(ALERT, NOW) is holds


def test_an_acknowledgement_that_has_run_out_owns_nothing():
    assert not parse("owner:ada").matches(replace(ALERT, state="active"), NOW)


@pytest.mark.parametrize(("level", "text", "holds"), [
    ("Notice", "level:other", True), ("CRITICAL", "level:other", False), ("CRITICAL", "level:other,critical", True),
    ("Notice", "-level:other", False)])
def test_other_is_every_level_that_is_none_of_ours(level, text, holds):
    assert parse(text).matches(replace(ALERT, level=level), NOW) is holds


@pytest.mark.parametrize(("text", "said", "at"), [
    ("level:loud", "level is one of", 0), ("pool level:loud", "level is one of", 5), ("level:,,", "no value", 0),
    ("state:gone", "state is one of", 0),
    ("is:odd", "is is one of", 0), ("sorce:x", "There is no field “sorce”", 0), ("http://x", "quotation marks", 0),
    ("level:", "level has no value", 0), ("age:5m", "> or <", 0), ("age>5", "span such as", 0), ("age>m", "number", 0),
    ("age>1e9m", "number", 0), ("age>infm", "number", 0), ("age>-5m", "number", 0), ("age>٣m", "number", 0),
    ("age>1.2.3m", "number", 0), ("age>1_0m", "number", 0), ("count>many", "number", 0),
    ("count>" + "9" * 13, "number", 0),
    ("level>critical", "with a colon", 0), ('a "b', "not closed", 2), ("x" * 501, "500 characters", 500),
    (" ".join("a" * 31), "30 terms", 60)])
def test_what_it_cannot_mean_is_told_with_its_place(text, said, at):
    with pytest.raises(FilterError, match="at character") as refused:
        parse(text)
    assert said in str(refused.value) and refused.value.at == at


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(
    [*FIELDS, ":", ">", "<", "=", '"', "-", " ", "5", "m", "x", ",", "\x00", "\ud800"]), max_size=40).map("".join)))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(FilterError):
        assert parse(text).matches(ALERT, NOW) in (True, False)


@pytest.mark.parametrize("text", ['"' * 500, "-" * 500, ":" * 500, "a:" * 250, "a>" * 250, '""' * 250, "((a+)+)+" * 60,
                                  "level:" + "," * 494, "x " * 250])
def test_no_text_is_slow(text):
    assert len(text) <= LENGTH_LIMIT
    began = time.perf_counter()
    for _ in range(20):
        with contextlib.suppress(FilterError):
            parse(text).matches(ALERT, NOW)
    assert time.perf_counter() - began < 10.0  # milliseconds; what goes wrong here goes wrong without end
