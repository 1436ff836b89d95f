"""Browser sessions in a SQLite file that all processes of a service write, and that outlives them.

The file is *not* in WAL mode: SQLite before 3.51.3 can corrupt a write-ahead log that has more than one writer.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from pathlib import Path
from typing import Any

from ringwall.errors import Unavailable
from ringwall.store.connection import unavailable
from ringwall.store.sessions import Row

_SCHEMA = """
create table if not exists session (
    key blob primary key, sealed blob not null, ends real not null,
    version integer not null default 1, claimed real not null default 0
) without rowid;
create index if not exists session_ends on session (ends);
create table if not exists spent (mark blob primary key, until real not null) without rowid;
pragma user_version = 1;
"""
_VERSION = 1
_BUSY = 2.0


class FileSessions:
    """Sessions in the SQLite file at ``path`` (0600), shared by all processes of a service and kept over restarts.

    A connection is made on first use in each process, and again after a fork: it must not be carried into a child.
    """

    def __init__(self, path: Path, *, busy: float = _BUSY) -> None:
        self._path = path
        self._busy = busy
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        _OPEN.add(self)

    def insert(self, key: bytes, sealed: bytes, ends: float, now: float) -> None:
        self._run("delete from session where ends <= ?", now)
        self._run("insert into session (key, sealed, ends) values (?, ?, ?)", key, sealed, ends)

    def read(self, key: bytes) -> Row | None:
        found = self._rows("select sealed, ends, version, claimed from session where key = ?", key)
        return Row(*found[0]) if found else None

    def touch(self, key: bytes, ends: float) -> None:
        self._run("update session set ends = ?2 where key = ?1 and ends < ?2", key, ends)

    def delete(self, key: bytes) -> bool:
        return self._run("delete from session where key = ?", key) == 1

    def claim(self, key: bytes, version: int, until: float) -> bool:
        statement = "update session set claimed = ? where key = ? and version = ? and claimed = 0"
        return self._run(statement, until, key, version) == 1

    def replace(self, key: bytes, version: int, sealed: bytes) -> bool:
        statement = "update session set sealed = ?, version = version + 1, claimed = 0 where key = ? and version = ?"
        return self._run(statement, sealed, key, version) == 1

    def release(self, key: bytes, version: int) -> None:
        self._run("update session set claimed = 0 where key = ? and version = ?", key, version)

    def spend(self, mark: bytes, now: float, until: float) -> bool:
        self._run("delete from spent where until <= ?", now)
        return self._run("insert into spent (mark, until) values (?, ?) on conflict do nothing", mark, until) == 1

    def close(self) -> None:
        """Close this process's connection. The next use opens another."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._open().execute(statement, values).fetchall()
            except (sqlite3.Error, OSError) as error:
                raise unavailable(error, self._path) from error

    def _run(self, statement: str, *values: object) -> int:
        with self._lock:
            try:
                return self._open().execute(statement, values).rowcount
            except (sqlite3.Error, OSError) as error:
                raise unavailable(error, self._path) from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None:
            return self._connection
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path.touch(mode=0o600)
        # Autocommit: each statement above is a transaction of its own, and the file is locked no longer than it lasts.
        connection = sqlite3.connect(self._path, timeout=self._busy, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("pragma journal_mode = truncate")
            connection.execute("pragma synchronous = full")
            self._migrate(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("pragma user_version").fetchone()
        if version > _VERSION:
            raise Unavailable(
                f"the store {self._path.name} was written by a newer Ringwall",
                hint="use that version, or remove the file: people then log in anew",
                retry_after=60.0,
            )
        if version < _VERSION:
            connection.executescript(_SCHEMA)

    def _forked(self) -> None:
        # The parent's connection must be neither used nor closed in a child; the next use opens the child's own.
        _INHERITED.append(self._connection)
        self._connection = None
        self._lock = threading.Lock()


_OPEN: weakref.WeakSet[FileSessions] = weakref.WeakSet()
_INHERITED: list[sqlite3.Connection | None] = []


def _after_fork() -> None:
    for sessions in list(_OPEN):
        sessions._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
