"""The list to choose metrics from."""

from __future__ import annotations

import pytest

from dashboard.ui.explore import metric_list as module
from dashboard.ui.explore.metric_list import SPARK_HEIGHT, metric_list
from tests.unit.explore_world import SOURCE, explored
from tests.unit.ui_world import NOW, make_world, strict


@pytest.fixture(scope="module")
def services():
    services = explored()
    services.ring.append("other-simulator", NOW - 5, {"system.cpu_percent": 5.0, "queue.wait_ms": 3.0})
    return services


def found(services, source=SOURCE):
    return strict(metric_list(services, source, services.clock()))


def row(listed, name):
    return next(one for _, rows in listed["groups"] for one in rows if one[0] == name)


def test_metrics_come_by_group_in_the_order_of_the_catalogue(services):
    listed = found(services)
    assert [title for title, _ in listed["groups"]] == ["System", "Application", "Processing", "Database", "Health"]
    assert [one[1] for one in listed["groups"][0][1]] == ["CPU", "Memory used", "Network out"]


def test_a_row_has_title_unit_last_value_and_curve(services):
    name, title, unit, value, age, curve = row(found(services), "system.cpu_percent")
    assert (title, unit, value, age) == ("CPU", "%", "75", "")
    assert len(curve) == 40 and {0, SPARK_HEIGHT} <= set(curve)
    assert row(found(services), "system.network_io.bytes_sent")[2:4] == ["KB/s", "4.88"]  # a counter is its rate


def test_a_value_that_is_old_says_so_and_one_without_samples_has_no_curve():
    services = make_world()
    services.ring.append(SOURCE, NOW - 7_300, {"a.b_ms": 1.0})
    services.ring.append(SOURCE, NOW, {"a.c_ms": 1.0})
    assert row(found(services), "a.b_ms")[3:] == ["1", "2 h ago", []]


def test_what_does_not_change_is_a_level_line_whatever_its_means_are_rounded_to():
    services = make_world()
    for back in [*range(1_800, 0, -20), *range(19, 0, -2)]:
        services.ring.append(SOURCE, NOW - back, {"system.disk_percent": 31.4})
    curve = row(found(services), "system.disk_percent")[5]
    assert {one for one in curve if one is not None} == {SPARK_HEIGHT // 2}


def test_other_sources_are_listed_with_what_they_have(services):
    listed = found(services)
    assert listed["sources"] == [["other-simulator", "other-simulator (simulated)"], [SOURCE, SOURCE]]
    assert listed["others"] == {"other-simulator": ["queue.wait_ms", "system.cpu_percent"]}
    assert found(services, "nobody")["groups"] == [] and found(make_world(), None)["groups"] == []
    assert found(services, None)["source"] == SOURCE  # heard last


def test_of_too_many_metrics_those_that_are_still_sent_stay_and_the_rest_is_counted(monkeypatch):
    services = make_world()
    services.ring.append(SOURCE, NOW - 7_300, {"a.old_ms": 1.0, "a.older_ms": 1.0})
    services.ring.append(SOURCE, NOW, {"z.new_ms": 1.0})
    assert found(services)["leftOut"] == 0
    monkeypatch.setattr(module, "NAMES_LIMIT", 1)
    assert (found(services)["leftOut"], row(found(services), "z.new_ms")[3]) == (2, "1")
