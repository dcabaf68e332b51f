"""The parts of the benchmarks that only reckon and write: a figure that is wrong there is wrong in the documents."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from unittest.mock import Mock

import orjson
import pytest
from requests import Session

from benchmarks import Row
from benchmarks.__main__ import main, write
from benchmarks.api import read, row
from benchmarks.clients import Asked, Client, Question, percentile
from benchmarks.filled import due
from benchmarks.grown_answers import ENOUGH, LONG_S, goes_on, rows_of
from benchmarks.pauses import undisturbed
from benchmarks.questions import STATUS
from benchmarks.sizes import AT_WORST, MANY_ALERTS, METRICS, PLAIN, SHOWN, ratios
from benchmarks.sizes import row as grown
from benchmarks.written import MEASURED, ON, cells_of, today, with_figures
from dashboard.notifications.grouping import AGAIN, NEW, OVER
from dashboard.notifications.message import Content, Line, compose
from tests.told_alerts import Told, told
from tests.unit.documents import ROOT, table_rows

FIGURES = """# Figures

| what | target | measured | | on |
|---|---|---|---|---|
| a tick | ≤ 10 ms | 3 ms | reached | 2026-01-02 |
| bytes | told | 4 kB | | 2026-01-02 |
| not asked | ≤ 1 | 0.5 | reached | 2026-01-02 |

| what | target | measured | |
|---|---|---|---|
| a tick | ≤ 10 ms | 3 ms | reached |

| what | twice |
|---|---|
| a tick | no |
"""
FAULTS = """| fault | seen | measured | on | shown by |
|---|---|---|---|---|
| `one-fault` in words | at once | 3 ms | 2026-01-02 | `a \\| b` |"""
DAY = re.compile(r"2\d{3}-\d\d-\d\d(, beside other work)?")


def asked(p99_ms: float) -> Asked:
    """Two hundred answers within a quarter of a second."""
    return Asked(taken=[0.004] * 198 + [p99_ms / 1000] * 2, elapsed_s=0.25, size=2_400, cpu_s=0.252)


@pytest.mark.parametrize(("now", "times"), [
    (100.0, []), (104.9, []), (105.0, [105.0]), (121.0, [105.0, 110.0, 115.0, 120.0])])
def test_a_producer_that_catches_up_sends_what_is_due(now, times):
    assert due(100.0, now) == times


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
    assert told.figure == ("10 clients 4 / 900 ms of 200, 800 a second; 50 clients 4 / 9,000 ms of 200, 800 a second; "
                           "2.4 kB, 1.3 ms of processor each")


def test_what_is_asked_while_the_machine_stands_still_is_asked_again():
    """A few times; what came of it does not decide."""
    def of(*pauses):
        told, measured = iter([one for pause in pauses for one in (99.0, pause)]), iter("abcd")
        return undisturbed(lambda: next(measured), lambda: next(told))

    assert of(3.0) == ("a", 3.0)
    assert of(21.0, 130.0, 4.0) == ("c", 4.0)
    assert of(50.0, 40.0, 60.0) == ("b", 40.0)
    assert replace(asked(9.0), paused_ms=40.4).pause == ", the machine stood still for 40 ms"
    assert asked(9.0).pause == "" == replace(asked(9.0), paused_ms=20.0).pause


def test_a_question_is_put_as_the_person_puts_it_whose_session_it_is():
    """Flask-Login knows a session by its user agent, too: of another one it is written anew with each answer."""
    connection = Mock()
    connection.getresponse.return_value.status = 200
    Question("/status").put(connection, "session=ada")
    method, path, body, headers = connection.request.call_args.args
    assert (method, path, body) == ("GET", "/status", None)
    assert headers["User-Agent"] == Session().headers["User-Agent"] and headers["Cookie"] == "session=ada"


@pytest.mark.parametrize(("elapsed_s", "answers", "goes_on"), [
    (0.5, 20, True), (1.5, 9, True), (1.5, 10, False), (5.0, 9, False), (0.5, 0, True)])
def test_a_client_asks_for_so_long_and_then_until_it_has_enough_but_not_for_ever(elapsed_s, answers, goes_on):
    client = Client(None, "", [Question("/status")], 1.0, 10.0, 5.0)
    client.taken = [0.1] * answers
    assert client._goes_on(elapsed_s) is goes_on


def test_turns_go_on_until_each_console_has_answered_enough_or_they_took_too_long():
    assert goes_on({PLAIN: [], METRICS: []}, 0.0) and goes_on({PLAIN: [], METRICS: []}, LONG_S)
    assert goes_on({PLAIN: [asked(9.0)], METRICS: [asked(9.0)]}, 1.0), "one turn may have been held up"
    assert not goes_on({PLAIN: [asked(9.0)] * 2, METRICS: [asked(9.0)] * 2}, 1.0)
    few = Asked(taken=[0.1] * (ENOUGH // 2 - 1), elapsed_s=1.0, size=1, cpu_s=0.1)
    assert goes_on({PLAIN: [asked(9.0)] * 2, METRICS: [few] * 2}, 1.0)
    assert not goes_on({PLAIN: [asked(9.0)] * 2, METRICS: [few] * 2}, LONG_S)


def test_the_median_is_of_the_best_turn_and_the_slowest_hundredth_of_all_answers():
    slow = Asked(taken=[0.008] * 200, elapsed_s=1.0, size=1, cpu_s=0.1)
    median, slowest = rows_of("x", {PLAIN: [asked(4.0), asked(4.0)], METRICS: [slow, asked(40.0)]}, {})
    assert (median.what, median.figure) == ("ten times as much: x, p50", "metrics 1.00 (× 4.0 ms)")
    assert slowest.figure == "metrics 2.00 (× 4.0 ms, of 400 answers at least)"
    assert median.target == "metrics ≤ 1.5" and slowest.target == "metrics ≤ 2.5"


def message(*lines: tuple[str, int]) -> str:
    """As a webhook is sent it."""
    told = (Line(what, f"told/{number}", "ERROR", 2, "", f"number {number}", 0.0) for what, number in lines)
    return compose(Content("told 0", "change", tuple(told), open=3), lambda key: None).text


def test_what_there_was_to_tell_is_counted_by_alert_and_by_message():
    all_of_two = [message((NEW, 0)), message((NEW, 1), (OVER, 0)), message((OVER, 1))]
    assert told(all_of_two, 2) == Told(never=0, once=4, again=0, different=0, messages=3, repeated=0)
    assert told(all_of_two, 3) == Told(never=2, once=4, again=0, different=0, messages=3, repeated=0)
    # The same message once more, as after a kill; another message that tells it, which is never right; nobody's alert.
    assert told([f"{all_of_two[0]}\n\nand 3 more\n\nclosing", *all_of_two[1:]], 2).unlisted == 3
    assert told([*all_of_two, all_of_two[1]], 2) == Told(0, once=2, again=2, different=0, messages=3, repeated=1)
    assert told([*all_of_two, message((NEW, 0), (NEW, 1))], 2) == Told(0, 2, 2, different=2, messages=4, repeated=0)
    assert told([*all_of_two, message((AGAIN, 1))], 2) == Told(0, 4, 0, different=1, messages=4, repeated=0)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_an_answer_of_the_page_is_read_packed_or_not(pack):
    assert read(pack(orjson.dumps({"response": {"live": {"data": {"cursor": 7}}}}))) == {"cursor": 7}


def test_figures_go_into_the_tables_that_have_a_column_for_them_and_the_day_where_it_is_told():
    text, left = with_figures(FIGURES, [Row("a tick", "30 ms", "≤ 20 ms", False), Row("bytes", "5 kB", "told", True),
                                        Row("of nobody", "1", "≤ 2", True)], "2026-03-04")
    assert "| a tick | ≤ 20 ms | 30 ms | missed | 2026-03-04 |\n| bytes | told | 5 kB | | 2026-03-04 |" in text
    assert "| a tick | ≤ 20 ms | 30 ms | missed |\n\n" in text
    assert "| not asked | ≤ 1 | 0.5 | reached | 2026-01-02 |" in text and "| a tick | no |" in text
    assert left == ["of nobody"]


def test_a_day_says_whether_the_machine_had_other_work():
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", today(0.0))
    assert today(1.5) == today(0.0) + ", beside other work"


def test_what_no_document_has_a_line_for_is_told(tmp_path, capsys):
    one, other = tmp_path / "one.md", tmp_path / "other.md"
    one.write_text(FIGURES), other.write_text(FAULTS)
    write([one, other], [Row("a tick", "1 ms", "≤ 9 ms", True), Row("`one-fault` x", "7 ms", "all of its row", True),
                         Row("of nobody", "1", "≤ 2", True)], "2026-03-04")
    assert "| 1 ms |" in one.read_text() and "| 7 ms |" in other.read_text()
    assert capsys.readouterr().err == "no line for: of nobody\n"


def test_the_readme_shows_figures_as_they_stand_among_all_and_each_has_its_command():
    text = (ROOT / "docs" / "figures.md").read_text()
    every = {cells[0]: cells[1:4] for cells in map(cells_of, text.splitlines()) if len(cells) == 5}
    some = [[*row, ""][:4] for row in table_rows(ROOT / "README.md", "what | target")]
    assert len(some) >= 8 and [row for row in some if every.get(row[0]) != row[1:]] == []
    named = re.findall(r"^`python -m benchmarks (\w+)`", text, re.MULTILINE)
    assert len(named) >= 10 and all((ROOT / "benchmarks" / f"{name}.py").exists() for name in named)


def test_a_fault_is_told_by_its_name_and_keeps_its_words():
    text, left = with_figures(FAULTS, [Row("`one-fault` in other words", "9 ms", "all of its row", True)], "2026-03-04")
    assert text.endswith("| `one-fault` in words | at once | 9 ms | 2026-03-04 | `a \\| b` |") and left == []


@pytest.mark.parametrize("name", ["figures", "reliability", "security"])
def test_every_figure_has_its_day(name):
    days, columns = [], []
    for line in (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8").splitlines():
        cells = cells_of(line) if line.startswith("|") else []
        columns = (columns or cells) if cells else []
        if MEASURED in columns and cells[0] not in (columns[0], "---"):
            days.append(cells[columns.index(ON)])
    assert len(days) >= 9 and [day for day in days if not DAY.fullmatch(day)] == []


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
