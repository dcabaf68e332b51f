"""The parts of the benchmarks that only reckon and write: a figure that is wrong there is wrong in the documents."""

from __future__ import annotations

import gzip

import orjson
import pytest

from benchmarks import Row
from benchmarks.__main__ import main
from benchmarks.api import STATUS, read, row
from benchmarks.clients import Asked, percentile
from benchmarks.sizes import AT_WORST, MANY_ALERTS, METRICS, SHOWN, ratios
from benchmarks.sizes import row as grown
from benchmarks.written import with_figures

FIGURES = """# Figures

| what | target | measured | |
|---|---|---|---|
| a tick | ≤ 10 ms | 3 ms | reached |
| bytes (\\*) | told | 4 kB | |
| not asked | ≤ 1 | 0.5 | reached |

| what | twice |
|---|---|
| a tick | no |
"""
MARK = "\n(\\*) measured later\n"
FAULTS = """| fault | seen | measured | shown by |
|---|---|---|---|
| `one-fault` in words | at once | 3 ms | `a \\| b` |"""


def asked(p99_ms: float) -> Asked:
    return Asked(median_ms=4.0, p99_ms=p99_ms, rate=1_234.5, size=2_400, cpu_ms=1.26)


def test_a_percentile_of_few_is_the_greatest_and_of_many_is_not():
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0
    assert percentile(list(range(1_000)), 0.99) == 990
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0


def test_only_the_status_has_a_target_in_a_closed_loop():
    assert row(STATUS, asked(50.0), asked(300.0)).ok
    assert not row(STATUS, asked(50.1), asked(10.0)).ok
    assert not row(STATUS, asked(10.0), asked(300.1)).ok
    told = row("GET /report", asked(900.0), asked(9_000.0))
    assert told.ok and told.target == "told"
    assert told.figure == ("10 clients 4 / 900 ms, 1,234 a second; 50 clients 4 / 9,000 ms, 1,234 a second; "
                           "2.4 kB, 1.3 ms of processor each")


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_an_answer_of_the_page_is_read_packed_or_not(pack):
    assert read(pack(orjson.dumps({"response": {"live": {"data": {"cursor": 7}}}}))) == {"cursor": 7}


def test_figures_go_into_the_table_that_has_a_column_for_them():
    text, left = with_figures(FIGURES, [Row("a tick", "30 ms", "≤ 20 ms", False), Row("bytes", "5 kB", "told", True),
                                        Row("of nobody", "1", "≤ 2", True)])
    assert "| a tick | ≤ 20 ms | 30 ms | missed |" in text
    assert "| bytes | told | 5 kB | |" in text
    assert "| not asked | ≤ 1 | 0.5 | reached |" in text and "| a tick | no |" in text
    assert left == ["of nobody"]


def test_where_the_document_explains_the_mark_a_figure_gets_it():
    text, _ = with_figures(FIGURES + MARK, [Row("a tick", "5 ms", "≤ 10 ms", True), Row("bytes", "5 kB", "told", True)])
    assert "| a tick (\\*) | ≤ 10 ms | 5 ms | reached |\n| bytes (\\*) | told | 5 kB | |" in text


def test_a_fault_is_told_by_its_name_and_keeps_its_words():
    text, left = with_figures(FAULTS, [Row("`one-fault` in other words", "9 ms", "all of its row", True)])
    assert text.endswith("| `one-fault` in words | at once | 9 ms | `a \\| b` |") and left == []


def test_a_benchmark_there_is_not_is_told(capsys):
    assert main(["nothing"]) == 2
    assert "unknown: nothing; there are: alerts, api" in capsys.readouterr().err


def test_what_grows_is_held_against_its_bound_and_all_else_is_to_stay():
    found = ratios({"plain": 2.0, METRICS: 11.0, MANY_ALERTS: 2.4})
    assert found == {METRICS: 5.5, MANY_ALERTS: 1.2}
    good = grown("a tick", "2 ms", found, {METRICS: SHOWN})
    assert good.ok and good.target == "metrics ≤ 6, alerts ≤ 1.5"
    assert good.figure == "metrics 5.50, alerts 1.20 (× 2 ms)"
    assert not grown("a tick", "2 ms", found, {}).ok
    assert not grown("a tick", "2 ms", {MANY_ALERTS: 2.0}, {}).ok
    assert grown("a tick", "2 ms", {MANY_ALERTS: 2.0}, {}, AT_WORST).ok
