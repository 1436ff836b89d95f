"""Moving every cell of a table to the active key, batch by batch, while others read and write.

The algorithm, over an interface: it knows cells and keys, no database. Each batch is its own transaction, and a cell is
replaced only where it still holds what was read, so a killed run leaves nothing half done, the next one goes on, and
nobody else's write is ever lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ringwall.errors import Tampered
from ringwall.sealing.envelope import CellCipher
from ringwall.sealing.keyring import KeyRing
from ringwall.sealing.place import KeyValue


@dataclass(frozen=True, slots=True)
class Cell:
    """One sealed cell as it stands in the database."""

    identity: tuple[KeyValue, ...]
    row_key: bytes
    envelope: bytes


@dataclass(frozen=True, slots=True)
class Resealed:
    """A cell's new envelope, to be written only where ``former`` still stands."""

    cell: Cell
    envelope: bytes

    @property
    def former(self) -> bytes:
        return self.cell.envelope


class Column(Protocol):
    """One sealed column of a database."""

    def behind(self, header: bytes, after: Cell | None, limit: int) -> Sequence[Cell]:
        """The next ``limit`` cells, in order of primary key, that do not start with ``header`` and are not null."""
        ...

    def replace(self, batch: Sequence[Resealed]) -> int:
        """Write each where its ``former`` still stands, in one transaction; how many were written."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a rotation is: the column's name, and its cells resealed so far in this run."""

    column: str
    resealed: int


@dataclass(slots=True)
class RotationReport:
    """What a run did. ``overtaken`` counts cells that another writer changed first; a later pass met them again.

    ``unreadable`` are the cells that did not open. They stand as they stood; while there are any, no key that they name
    should be forgotten.
    """

    resealed: dict[str, int] = field(default_factory=dict)
    overtaken: int = 0
    unreadable: list[Tampered] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All cells that were resealed."""
        return sum(self.resealed.values())


def rotate_column(
    column: Column,
    cipher: CellCipher,
    report: RotationReport,
    *,
    batch: int = 500,
    progress: Callable[[Progress], None] | None = None,
) -> None:
    """Reseal every cell of ``column`` that is not under the active key, and add to ``report``.

    Passes are made until one finds nothing to do: a writer that had not yet heard of the new key may have left cells
    behind the first.
    """
    name = str(cipher.place)
    done = 0
    while True:
        before, overtaken = done, report.overtaken
        after: Cell | None = None
        unreadable: list[Tampered] = []
        while cells := column.behind(cipher.header, after, batch):
            after = cells[-1]
            work = _reseal(cells, cipher, unreadable)
            written = column.replace(work) if work else 0
            report.overtaken += len(work) - written
            done += written
            report.resealed[name] = done
            if progress is not None:
                progress(Progress(name, done))
        if (done, report.overtaken) == (before, overtaken):
            report.resealed[name] = done
            report.unreadable += unreadable
            return


def needs_new_key(counts: Iterable[Mapping[bytes, int]], ring: KeyRing) -> bool:
    """Whether a rotation that is asked for now should begin with a fresh key.

    ``counts`` are cells per key id, one mapping per column. False while cells are under a retired key of the ring: an
    earlier rotation was interrupted, and finishing it comes first.
    """
    retired = {key.id for key in ring.keys if key.state == "retired"}
    return not any(count and key_id in retired for column in counts for key_id, count in column.items())


def _reseal(cells: Sequence[Cell], cipher: CellCipher, unreadable: list[Tampered]) -> list[Resealed]:
    work = []
    for cell in cells:
        try:
            value = cipher.open(cell.envelope, cell.row_key, cell.identity)
        except Tampered as error:
            unreadable.append(error)
        else:
            work.append(Resealed(cell, cipher.seal(value, cell.row_key, cell.identity)))
    return work
