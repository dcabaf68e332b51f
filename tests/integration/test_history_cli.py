"""`python -m dashboard.history` on real databases: check, prune, export, import."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

from dashboard.alerts.alert import STATES
from dashboard.commands import SentCommand
from dashboard.history import schema
from dashboard.history.cells import BUCKET
from dashboard.history.cli import main
from dashboard.history.statements import upsert_cells
from dashboard.history.steps import TIERS
from tests.alert_events import resolution, trigger
from tests.integration.event_process import Process as EventProcess
from tests.integration.history_process import NOW, Process

ROOT = Path(__file__).parents[2]
HOUR = 3_600.0


@pytest.fixture
def one(database_url):
    process = Process(database_url)
    for step in range(720):
        process.hear(NOW - HOUR + step * 5, **{"a": float(step), "=b": 1.0})
    process.hear(NOW - 30 * HOUR, source="other", c=3.0)
    assert process.store.step()
    yield process
    process.store.database.close()


@pytest.fixture
def run(database_url, capsys):
    """Runs a command: its exit code, and what it said."""

    def run(*arguments: object, url: str = database_url, now: float = NOW) -> tuple[int, str]:
        code = main(["--database", url, *map(str, arguments)], {}, lambda: now)
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_what_is_in_order_is_said_to_be(one, run):
    code, said = run("check")
    assert code == 0
    assert "All is in order." in said
    assert "monitoring_sample: 721 rows" in said
    assert ", 0 differ." in said


def test_buckets_that_are_wrong_are_found_and_put_right(one, run):
    table = schema.buckets["1m"]
    with one.store.database.writing() as connection:
        start = int(NOW // 60 * 60 - 600) * 1_000_000
        fields = dict(connection.execute(text(f"SELECT time, cells FROM {table.name} WHERE source_id = 2")).all())
        cells = np.frombuffer(fields[start], BUCKET).copy()
        cells["max"] += 1
        upsert_cells(connection, table, 2, [(start, cells.tobytes()), (start + 60_000_000, b"")])
    code, said = run("check")
    assert code == 1
    assert "monitoring_bucket_1m: 2 buckets of source 2 differ from their samples." in said
    assert run("check", "--repair")[0] == 0
    assert run("check")[0] == 0
    assert one.stored(table) == 1_441


def test_rows_nobody_wrote_are_found(one, run):
    with one.store.database.writing() as connection:
        upsert_cells(connection, schema.sample, 1, [(round(NOW * 1e6), b"???")])
    code, said = run("check")
    assert code == 1
    assert "monitoring_sample: 1 rows are of no length" in said


def test_prune(one, run):
    assert run("prune") == (0, "0 rows were let go of.\n")
    one.now = NOW + 10 * 24 * HOUR
    one.hear(one.now, a=1.0)
    assert one.store.step()
    code, said = run("prune", "--shrink", now=one.now)
    assert code == 0, said
    assert one.stored() == 1
    assert one.stored(schema.buckets["1m"]) == 1_442


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_samples_there_and_back(one, run, tmp_path, ending):
    file = tmp_path / f"samples.{ending}"
    code, said = run("export", file)
    assert (code, said) == (0, f"1,441 numbers are in {file}.\n")
    other = f"sqlite:///{tmp_path}/other.sqlite3"
    assert run("import", file, url=other) == (
        0, f"{file}: 1,441 new samples, 0 known already, 0 figures of buckets written.\n")
    assert run("import", file, url=other)[1] == (
        f"{file}: 0 new samples, 1,441 known already, 0 figures of buckets written.\n")
    copy = Process(other)
    assert [copy.stored(table) for table in (schema.sample, *schema.buckets.values())] == [1_441] * (1 + len(TIERS))
    assert copy.values("=b", NOW - HOUR, NOW) == one.values("=b", NOW - HOUR, NOW)
    assert copy.values("a", NOW - HOUR, NOW) == list(map(float, range(720)))
    copy.store.database.close()


def test_a_file_holds_what_was_asked_for(one, run, tmp_path):
    file = tmp_path / "some.csv"
    assert run("export", file, "--source", "pl", "--metric", "a", "--start", NOW - 12, "--end", NOW - 6)[0] == 0
    assert file.read_text().splitlines() == [
        '"time","source","metric","value"', f'"{_iso(NOW - 10)}","pl","a",718']
    assert "--force" in run("export", file)[1]
    assert run("export", file, "--force", "--start", "2100-01-01") == (0, f"0 numbers are in {file}.\n")


def _iso(at: float) -> str:
    return pd.Timestamp(at, unit="s").strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_buckets_there_and_back_make_the_coarser_ones_too(one, run, tmp_path, ending):
    file = tmp_path / f"minutes.{ending}"
    assert run("export", file, "--tier", "1m")[0] == 0
    other = f"sqlite:///{tmp_path}/other.sqlite3"
    code, said = run("import", file, url=other)
    assert (code, "0 new samples" in said) == (0, True)
    assert "0 figures of buckets written" in run("import", file, url=other)[1]
    copy = Process(other)
    assert copy.stored() == 0
    assert [copy.stored(table) for table in schema.buckets.values()] == [1_441] * len(TIERS)
    for points in (60, 10):
        window = NOW - HOUR, NOW - 1
        assert copy.values("a", *window, points=points) == one.values("a", *window, points=points)
    copy.store.database.close()


def test_samples_that_are_too_old_to_be_kept_one_by_one_become_buckets(run, tmp_path):
    file = tmp_path / "old.csv"
    times = NOW - 10 * 24 * HOUR + np.arange(100) * 10
    pd.DataFrame({"time": times, "source": "pl", "metric": "a", "value": np.arange(100.0)}).to_csv(file, index=False)
    other = f"sqlite:///{tmp_path}/other.sqlite3"
    assert run("import", file, url=other)[0] == 0
    # The second half alone knows less of the buckets the two share: nothing is lost.
    pd.DataFrame({"time": times[50:], "source": "pl", "metric": "a", "value": 7.0}).to_csv(file, index=False)
    run("import", file, url=other)
    copy = Process(other)
    assert copy.stored() == 0
    assert [copy.stored(table) for table in schema.buckets.values()] == [100] * len(TIERS)
    assert copy.series("a", times[0], times[-1]).lines["a"].statistics.maximum == 99.0
    copy.store.database.close()


@pytest.mark.parametrize(("name", "content", "words"), [
    ("x.txt", "", "ends in .csv or .parquet"),
    ("x.csv", "time,source,metric\n", "no column tier"),
    ("x.csv", "time,source,value\n", "no column metric"),
    ("x.csv", "time,source,metric,value\n2025-01-01,pl,a,1\nyesterday,pl,a,2\n", "1 of 2 rows have no time in time"),
    ("x.csv", "time,source,metric,value\n2025-01-01,pl,a,x\n", "no finite number in value; the first is row 1"),
    ("x.csv", "time,source,metric,value\n2025-01-01,pl,a,nan\n", "no finite number"),
    ("x.csv", "", "x.csv: "),
    ("x.parquet", "nonsense", "x.parquet: "),
    ("x.csv", "time,source,metric,tier,count,sum,min,max,last,last_time\n2025-01-01,a,b,9m,1,1,1,1,1,2025-01-01\n",
     "tier is the same in all rows"),
])
def test_a_file_that_cannot_be_meant_changes_nothing(run, tmp_path, name, content, words):
    (tmp_path / name).write_text(content)
    other = tmp_path / "other.sqlite3"
    code, said = run("import", tmp_path / name, url=f"sqlite:///{other}")
    assert code == 2
    assert words in said
    assert not other.exists()


@pytest.mark.parametrize(("arguments", "words"), [
    (("export", "x.csv", "--source", "nobody"), "There is no source nobody."),
    (("export", "x.csv", "--metric", "none"), "There is no metric none."),
    (("export", "x.csv", "--start", "soon"), "soon is no time"),
    (("export", "x.txt"), "ends in .csv or .parquet"),
    (("import", "/no/such.csv"), "No such file"),
])
def test_what_cannot_be_done_is_said(one, run, arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, said = run(*arguments)
    assert code == 2
    assert words in said


def test_places_that_are_none(tmp_path, capsys):
    assert main(["--folder", str(tmp_path), "check"], {}) == 2
    assert "There is no file" in capsys.readouterr().err
    assert main(["check"], {"MONITORING_DATABASE_URL": "off"}) == 2
    assert "There is no history" in capsys.readouterr().err
    assert main(["check"], {"MONITORING_DATABASE_URL": "mysql://u:hunter2@host/x"}) == 2
    assert main(["check"], {"MONITORING_DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/x"}) == 2
    said = capsys.readouterr().err
    assert "not running" in said and "hunter2" not in said


def test_as_a_program(tmp_path):
    (tmp_path / "x.csv").write_text("time,source,metric,value\n2025-01-01,pl,a,1\n")
    for arguments in (("import", "x.csv"), ("check",)):
        done = subprocess.run([sys.executable, "-m", "dashboard.history", "--folder", "data", *arguments], cwd=tmp_path,
                              env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
    assert "All is in order." in done.stdout


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_what_is_kept_beside_metrics_there_and_back(database_url, run, tmp_path, ending):
    """Alerts with their timelines, commands and annotations; no cell of a CSV is a formula, none loses its quote."""
    one = EventProcess(database_url)
    one.alerts.take(trigger("=disk", at=NOW - 100, component="+db", message="'quoted\nand \"broken\""))
    one.alerts.take(trigger("open", at=NOW - 50))
    one.alerts.take(resolution("=disk", at=NOW - 10))
    one.sent.append(SentCommand("CLEAR_CACHE", "@ada", NOW - 50, "r1", 1))
    one.step()
    one.events.annotate(NOW - 60, NOW - 30, "-deployed", "ada", "pl")
    one.events.annotate(NOW - 20, None, "again", "bob")
    other = EventProcess(f"sqlite:///{tmp_path}/other.sqlite3")
    other.alerts.take(trigger("open", at=NOW - 50))
    other.step()
    for kind, rows, new in (("alerts", 2, 1), ("commands", 1, 1), ("annotations", 2, 2), ("gaps", 0, 0)):
        file = tmp_path / f"{kind}.{ending}"
        assert run("export", file, "--what", kind) == (0, f"{rows} {kind} are in {file}.\n")
        if ending == "csv" and rows:
            cells = [cell for row in list(csv.reader(file.open(newline="")))[1:] for cell in row]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        url = f"sqlite:///{tmp_path}/other.sqlite3"
        assert run("import", file, url=url) == (0, f"{file}: {new} new {kind}, {rows - new} known already.\n")
        assert run("import", file, url=url)[1] == f"{file}: 0 new {kind}, {rows} known already.\n"
    assert {alert.key: alert for alert in other.events.alerts(states=STATES).alerts} == {
        alert.key: alert for alert in one.events.alerts(states=STATES).alerts}
    assert other.events.commands(0, NOW) == one.events.commands(0, NOW)
    assert other.events.annotations(0, NOW) == one.events.annotations(0, NOW)
    for each in (one, other):
        each.store.database.close()


@pytest.mark.parametrize(("arguments", "words"), [
    (("--what", "commands", "--source", "pl"), "commands are about no source."),
    (("--what", "alerts", "--metric", "a"), "about numbers, not about alerts"),
    (("--what", "alerts", "--tier", "1m"), "about numbers")])
def test_what_makes_no_sense_of_events_is_said(one, run, tmp_path, arguments, words):
    code, said = run("export", tmp_path / "x.csv", *arguments)
    assert code == 2 and words in said


def test_an_alert_of_a_later_version_changes_nothing(one, run, tmp_path):
    file = tmp_path / "alerts.csv"
    assert run("export", file, "--what", "alerts")[0] == 0
    heading = file.read_text().splitlines()[0]
    row = "k,a,pl,INFO,c,m,active,2025-10-09 08:00:00Z,2025-10-09 08:00:00Z,,1,{}"
    file.write_text(f"{heading}\n{row}\n")
    code, said = run("import", file)
    assert (code, "row 1 is no alert that this version can read" in said) == (2, True)
