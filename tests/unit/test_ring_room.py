"""Where the columns of the ring lie."""

import mmap

import numpy as np
import psutil
import pytest

from dashboard.metrics.block import Block
from dashboard.metrics.room import FEW_COLUMNS, MOST_COLUMNS, Room

ROWS = 1024


@pytest.mark.parametrize("rows", [1, 7, ROWS])
@pytest.mark.parametrize("at_once", [False, True])
def test_columns_are_as_long_as_asked_for_and_share_nothing(rows, at_once):
    room = Room(rows, 3, at_once)
    columns = [room.take() for _ in range(3 + 2 * MOST_COLUMNS)]
    for number, column in enumerate(columns):
        assert column.shape == (rows,)
        column.fill(number)
    assert [set(column) for column in columns] == [{float(number)} for number in range(len(columns))]


def test_what_is_let_go_of_goes_back_to_the_system():
    def mapped() -> int:
        return psutil.Process().memory_info().vms

    before, size = mapped(), 8_192 * ROWS * 8
    column = Room(ROWS, 8_192).take()
    assert mapped() - before >= size
    del column
    assert mapped() - before < size / 2


def test_what_a_child_writes_its_parent_does_not_see(monkeypatch):
    asked = []
    real = mmap.mmap
    monkeypatch.setattr(mmap, "mmap", lambda *args: asked.append(args) or real(*args))
    Room(ROWS)
    assert [args[2] & mmap.MAP_PRIVATE for args in asked] == [mmap.MAP_PRIVATE]


def test_a_block_with_more_metrics_than_were_expected_has_room_for_them():
    block = Block(ROWS, 2)
    cells = {f"m{number}": float(number) for number in range(3 * FEW_COLUMNS)}
    block.write(0, 1, cells)
    block.publish(1.0, 1)
    assert {name: column[0] for name, column in block.columns.items()} == cells
    assert all(np.isnan(column[1:]).all() for column in block.columns.values())


def test_metrics_that_lie_together_are_read_in_one_step():
    block = Block(ROWS, 3)
    for at in range(5):
        block.write(at, at + 1, {"a": at + 0.5, "b": -float(at), "c": 7.0})
        block.publish(float(at), at + 1)
    read = block.together(["c", "a"], slice(1, 4))
    assert read[[0, 2, 3]].tolist() == [[1.0, 2.0, 3.0], [7.0, 7.0, 7.0], [1.5, 2.5, 3.5]]
    assert read[1].view(np.int64).tolist() == [2, 3, 4]
    read[:] = 0
    assert block.columns["a"][1:4].tolist() == [1.5, 2.5, 3.5]  # a copy
    assert block.together(["a", "nowhere"], slice(1, 4)) is None
    for number in range(FEW_COLUMNS):  # as the writer may, between two looks of a reader
        block.column(f"m{number}")
    assert block.together(["a", "m3"], slice(1, 4)) is None and block.together(["a", "b"], slice(1, 4)) is None
