"""A disk that forgets: a SQLite VFS (apsw) that knows, for every file, which bytes survive when the power goes.

A write is only certain once ``xSync`` of its file came after it. At the cut, each write since then survives whole,
torn, or not at all, in any combination: the drive may reorder what was never flushed.
"""

from __future__ import annotations

import os
import random
import sqlite3
import threading
from pathlib import Path
from typing import Any

import apsw

Write = tuple[str, int, bytes]


class Disk:
    """The state of every file, by base name: bytes that are certain, and what came after the last sync."""

    def __init__(self) -> None:
        self.name = f"power-{id(self)}"
        self._certain: dict[str, bytearray] = {}
        self._pending: dict[str, list[Write]] = {}
        self._lock = threading.Lock()
        self._vfs = _Vfs(self)

    def write(self, file: str, kind: str, offset: int, data: bytes) -> None:
        with self._lock:
            self._pending.setdefault(file, []).append((kind, offset, data))

    def sync(self, file: str) -> None:
        with self._lock:
            image = self._certain.setdefault(file, bytearray())
            for write in self._pending.pop(file, ()):
                _apply(image, write)

    def delete(self, file: str) -> None:
        with self._lock:
            self._certain.pop(file, None)
            self._pending.pop(file, None)

    def cut(self, into: Path, chance: random.Random) -> None:
        """Write what is found after the power came back into the directory ``into``."""
        with self._lock:
            for file in self._certain.keys() | self._pending.keys():
                image = bytearray(self._certain.get(file, b""))
                for kind, offset, data in self._pending.get(file, ()):
                    if chance.random() < 0.5:
                        torn = data if chance.random() < 0.8 else data[: chance.randrange(len(data) + 1)]
                        _apply(image, (kind, offset, torn))
                (into / file).write_bytes(image)

    def connect(self, path: Path, synchronous: str) -> Connection:
        return Connection(path, self.name, synchronous)


class Connection:
    """The part of ``sqlite3.Connection`` that the writer uses, over apsw and a :class:`Disk`."""

    def __init__(self, path: Path, vfs: str, synchronous: str) -> None:
        self._apsw = apsw.Connection(str(path), vfs=vfs)
        # apsw's VFS has no shared memory; exclusive locking keeps the WAL index in the heap instead.
        for pragma in ("locking_mode = exclusive", "journal_mode = wal", f"synchronous = {synchronous}"):
            self._apsw.execute(f"pragma {pragma}").fetchall()
        self._apsw.execute("pragma wal_autocheckpoint = 20").fetchall()

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> _Cursor:
        try:
            return _Cursor(self._apsw, self._apsw.execute(sql, values))
        except apsw.Error as error:
            raise sqlite3.OperationalError(str(error)) from error

    @property
    def in_transaction(self) -> bool:
        return self._apsw.in_transaction

    def close(self) -> None:
        self._apsw.close()


class _Cursor:
    def __init__(self, connection: apsw.Connection, cursor: apsw.Cursor) -> None:
        self._rows = cursor.fetchall()
        self.rowcount = connection.changes()

    def fetchone(self) -> Any:
        return self._rows[0] if self._rows else None

    def fetchall(self) -> list[Any]:
        return self._rows

    def close(self) -> None:
        pass


class _Vfs(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        super().__init__(disk.name, "")
        self._disk = disk

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _File(self._disk, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:  # noqa: N802
        super().xDelete(name, sync)
        self._disk.delete(os.path.basename(name))


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk
        self._name = os.path.basename(name.filename() if isinstance(name, apsw.URIFilename) else str(name))

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.write(self._name, "write", offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.write(self._name, "truncate", size, b"")
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._disk.sync(self._name)


def _apply(image: bytearray, write: Write) -> None:
    kind, offset, data = write
    if kind == "truncate":
        del image[offset:]
        return
    if len(image) < offset:
        image.extend(bytes(offset - len(image)))
    image[offset : offset + len(data)] = data
