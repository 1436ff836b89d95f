"""The rotation, over a column in memory that can be killed and overtaken at any step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.sealing.envelope import CellCipher
from ringwall.sealing.keyring import KeyRing
from ringwall.sealing.place import Place
from ringwall.sealing.rotate import Cell, Progress, Resealed, RotationReport, needs_new_key, rotate_column

PLACE = Place("orders", "", "orders", "card", "str", ("id",))
ROW = bytes(16)
OLD = KeyRing.new("orders", now=1)
NEW = OLD.renewed(now=2)


class Column:
    """A table in a dictionary. ``meanwhile`` runs between a read and the write that follows it."""

    def __init__(self, rows: int, meanwhile: Callable[[Column], None] = lambda _: None) -> None:
        cipher = CellCipher(OLD, PLACE)
        self.cells = {n: cipher.seal(b"%d" % n, ROW, (n,)) for n in range(rows)}
        self.meanwhile = meanwhile

    def behind(self, header: bytes, after: Cell | None, limit: int) -> Sequence[Cell]:
        least = -1 if after is None else after.identity[0]
        keys = [n for n in sorted(self.cells) if n > least and not self.cells[n].startswith(header)]
        return [Cell((n,), ROW, self.cells[n]) for n in keys[:limit]]

    def replace(self, batch: Sequence[Resealed]) -> int:
        self.meanwhile(self)
        written = 0
        for one in batch:
            n = one.cell.identity[0]
            if self.cells.get(n) == one.former:
                self.cells[n] = one.envelope
                written += 1
        return written

    def values(self, ring: KeyRing = NEW) -> dict[int, bytes]:
        cipher = CellCipher(ring, PLACE)
        return {n: cipher.open(envelope, ROW, (n,)) for n, envelope in self.cells.items()}


def run(column: Column, ring: KeyRing = NEW, *, batch: int = 500) -> RotationReport:
    report = RotationReport()
    rotate_column(column, CellCipher(ring, PLACE), report, batch=batch)
    return report


@given(rows=st.integers(0, 40), batch=st.integers(1, 50))
def test_every_cell_ends_under_the_active_key(rows: int, batch: int) -> None:
    column = Column(rows)
    assert run(column, batch=batch).total == rows
    # The old key is forgotten, and everything still opens.
    assert column.values(NEW.without(OLD.active.id)) == {n: b"%d" % n for n in range(rows)}


def test_a_second_run_does_nothing() -> None:
    column = Column(10)
    run(column)
    before = dict(column.cells)
    assert run(column).total == 0
    assert column.cells == before


@pytest.mark.parametrize("killed_at", [1, 2, 3])
def test_a_killed_run_is_simply_run_again(killed_at: int) -> None:
    class Killed(BaseException):
        pass

    steps = iter(range(1, 100))

    def kill(_: Column) -> None:
        if next(steps) == killed_at:
            raise Killed

    column = Column(10, kill)
    with pytest.raises(Killed):
        run(column, batch=3)
    assert column.values() == {n: b"%d" % n for n in range(10)}
    column.meanwhile = lambda _: None
    assert run(column, batch=3).total == 10 - 3 * (killed_at - 1)
    assert column.values(NEW.without(OLD.active.id)) == {n: b"%d" % n for n in range(10)}


def test_a_writer_who_comes_in_between_is_never_overwritten() -> None:
    old = CellCipher(OLD, PLACE)

    def write(column: Column) -> None:
        column.cells[1] = old.seal(b"newer", ROW, (1,))
        column.meanwhile = lambda _: None

    column = Column(3, write)
    report = run(column)
    assert report.overtaken == 1
    assert column.values(NEW.without(OLD.active.id)) == {0: b"0", 1: b"newer", 2: b"2"}


def test_a_row_written_behind_the_rotation_with_the_old_key_is_met_again() -> None:
    old = CellCipher(OLD, PLACE)

    def write(column: Column) -> None:
        if 2 not in column.cells:
            column.cells[2] = old.seal(b"late", ROW, (2,))

    column = Column(1, write)
    run(column, batch=1)
    assert column.values(NEW.without(OLD.active.id)) == {0: b"0", 2: b"late"}


def test_a_row_that_is_deleted_meanwhile_stays_deleted() -> None:
    def delete(column: Column) -> None:
        column.cells.pop(1, None)

    column = Column(3, delete)
    run(column)
    assert sorted(column.values()) == [0, 2]


def test_two_rotations_at_once_both_end() -> None:
    def other(column: Column) -> None:
        column.meanwhile = lambda _: None
        run(column)

    column = Column(10, other)
    report = run(column, batch=3)
    assert report.overtaken == 3
    assert column.values(NEW.without(OLD.active.id)) == {n: b"%d" % n for n in range(10)}


def test_a_cell_that_does_not_open_is_reported_once_and_left_alone() -> None:
    column = Column(4)
    column.cells[2] = broken = column.cells[1]
    report = run(column, batch=1)
    assert [str(error)[:22] for error in report.unreadable] == ["orders.card, row id=2:"]
    assert report.total == 3
    assert column.cells[2] == broken


def test_progress_is_told_after_each_batch() -> None:
    told: list[Progress] = []
    rotate_column(Column(5), CellCipher(NEW, PLACE), RotationReport(), batch=2, progress=told.append)
    assert [(one.column, one.resealed) for one in told] == [("orders.card", n) for n in (2, 4, 5)]


def test_an_interrupted_rotation_is_finished_before_a_new_key_is_made() -> None:
    old, new = OLD.active.id, NEW.active.id
    assert needs_new_key([{old: 10}], OLD)
    assert not needs_new_key([{old: 3, new: 7}], NEW)
    assert needs_new_key([{new: 10}, {old: 0}], NEW)
    assert needs_new_key([{b"": 1, b"stranger": 2}], NEW)
