"""The history's files: names that a spreadsheet would run are text in CSV, and themselves again when read back.

And numbers that have no sum.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest

from dashboard.history.answers import RAW
from dashboard.history.table_files import BadFile, Writer, read

NAMES = ['=cmd|"/c calc"!A0', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "＝1+1", "plain", "'quoted", "'=quoted",
         "''=twice", "-5", "pool;=1+1", "pool;'=1+1", "'pool;''-1", "\t-5", " =1+1", "pool; =1+1", 'pool;"=1+1;b',
         "pool;' =1+1"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_names_come_back_as_they_were_and_no_cell_is_a_formula(tmp_path, ending):
    path = tmp_path / f"names.{ending}"
    with Writer(path, RAW) as writer:
        writer.write({"time": np.arange(len(NAMES), dtype=np.int64), "source": ["=source"] * len(NAMES),
                      "metric": NAMES, "value": np.arange(len(NAMES), dtype=float)})
    if ending == "csv":
        with path.open(newline="", encoding="utf-8") as file:
            cells = [cell for row in list(csv.reader(file))[1:] for cell in row[1:3]]
        # A number is no formula. Behind a semicolon another cell begins where a comma is the decimal point.
        starts = {part.lstrip(' "')[0] for cell in cells if cell.strip() != "-5" for part in cell.split(";")}
        assert not starts & set("=+-@\t＝") and "'=source" in cells
    found = read(path)
    assert found.sources == ["=source"]
    assert [found.metrics[place] for place in found.metric] == NAMES


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_bucket_of_numbers_that_have_no_sum_comes_back_without_one(tmp_path, ending):
    path = tmp_path / f"buckets.{ending}"

    def written(sums, greatest):
        rows, most = len(sums), np.array(greatest)
        with Writer(path, "1m") as writer:
            writer.write({"time": np.arange(rows), "last_time": np.arange(rows), "source": ["s"] * rows,
                          "metric": ["m"] * rows, "tier": ["1m"] * rows, "count": np.full(rows, 3),
                          "sum": np.array(sums), "min": -most, "max": most, "last": most})
        return read(path).columns["sum"]

    np.testing.assert_array_equal(written([1.0, np.inf, np.nan], [5.0, 1.7e308, 1.7e308]), [1.0, np.inf, np.nan])
    with pytest.raises(BadFile, match="1 of 2 rows have no finite number in sum; the first is row 2"):
        written([1.0, np.inf], [5.0, 5.0])
