"""Strict JSON out of anything."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

import numpy as np
import pytest

from dashboard.history.answers import HistoryStatus
from dashboard.web.answers import fields_of, iso, to_json


@pytest.mark.parametrize(("value", "written"), [
    (math.nan, None), (math.inf, None), (-math.inf, None), (np.float64("nan"), None), (1.5, 1.5),
    ("a\ud800b", "a?b"), (10**30, 1e30), (10**400, None), ((1, 2), [1, 2]), (True, True), (None, None),
    ({1: 2}, {"1": 2}), ({"\ud800": "x"}, {"?": "x"}), ([{"deep": [math.nan, 10**30]}], [{"deep": [None, 1e30]}]),
    (object, str(object)),
])
def test_what_is_written_is_json(value, written):
    assert json.loads(to_json({"value": value}), parse_constant=pytest.fail) == {"value": written}


@pytest.mark.parametrize(("moment", "text"), [
    (None, None), (0, "1970-01-01T00:00:00.000Z"), (1_760_000_000.25, "2025-10-09T08:53:20.250Z"),
    (math.nan, None), (math.inf, None), (1e300, None),
])
def test_times(moment, text):
    assert iso(moment) == text


def test_the_fields_of_a_dataclass_are_told_by_their_names():
    status = HistoryStatus("down", 1.5, "away", errors={"OperationalError": 2})
    assert fields_of(status) == asdict(status)
