"""Rows of a SQLite database, read and written; the group transaction with its savepoints and its audit rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, TypeAlias

from ringwall.store.contract import Row

Chain: TypeAlias = Callable[[bytes, Any], tuple[int, str, bytes, bytes]]
"""Previous hash and event → the audit row: microseconds, kind, body, hash."""

_START = bytes(32)


class SqliteReader:
    """Reads rows on one connection."""

    __slots__ = ("_connection", "_execute")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._execute = connection.execute

    def one(self, sql: str, *values: Any) -> Row | None:
        # A cursor that is not read to its end holds its read transaction open, and blocks checkpoints.
        cursor = self._execute(sql, values)
        row: Row | None = cursor.fetchone()
        cursor.close()
        return row

    def all(self, sql: str, *values: Any) -> list[Row]:
        return self._execute(sql, values).fetchall()

    def close(self) -> None:
        self._connection.close()


class SqliteTransaction(SqliteReader):
    """The group's one database transaction. Each member runs between :meth:`mark` and :meth:`keep` or :meth:`undo`.

    Each statement lets go of the interpreter lock and takes it again, which under load costs more than the statement.
    So a member that only records has no savepoint, and the group's audit rows go in with few statements.
    """

    __slots__ = ("_chain", "_head", "_news", "_rows", "_savepoint", "_seq", "_settled")

    def __init__(self, connection: sqlite3.Connection, chain: Chain) -> None:
        super().__init__(connection)
        self._chain = chain
        last = super().one("select seq, hash from audit order by seq desc limit 1")
        self._seq, self._head = last or (0, _START)
        self._settled = (self._seq, self._head)
        self._rows: list[tuple[int, int, str, bytes, bytes]] = []
        self._news: list[object] = []
        self._savepoint = False

    def one(self, sql: str, *values: Any) -> Row | None:
        self._protect()
        return super().one(sql, *values)

    def all(self, sql: str, *values: Any) -> list[Row]:
        self._protect()
        return super().all(sql, *values)

    def run(self, sql: str, *values: Any) -> int:
        self._protect()
        return self._execute(sql, values).rowcount

    def record(self, event: Any) -> None:
        at, kind, body, digest = self._chain(self._head, event)
        self._seq, self._head = self._seq + 1, digest
        self._rows.append((self._seq, at, kind, body, digest))

    def announce(self, news: object) -> None:
        self._news.append(news)

    def begin(self) -> None:
        self._execute("begin immediate")

    def mark(self) -> tuple[int, bytes, int, int]:
        self._savepoint = False
        return self._seq, self._head, len(self._rows), len(self._news)

    def keep(self) -> None:
        if self._savepoint:
            self._execute("release request")

    def undo(self, mark: tuple[int, bytes, int, int]) -> None:
        self._seq, self._head, rows, news = mark
        del self._rows[rows:], self._news[news:]
        if self._savepoint:
            self._execute("rollback to request")
            self._execute("release request")

    def commit(self) -> list[object]:
        """Make the group durable; what it announced."""
        self._insert(self._rows)
        self._execute("commit")
        self._settled = (self._seq, self._head)
        news, self._news, self._rows = self._news, [], []
        return news

    def rollback(self) -> None:
        """Forget the group; also after a failure of the database itself, which may have done so already."""
        self._seq, self._head = self._settled
        self._rows, self._news = [], []
        if self._connection.in_transaction:
            self._execute("rollback")

    def _protect(self) -> None:
        if not self._savepoint:
            self._execute("savepoint request")
            self._savepoint = True

    def _insert(self, rows: list[tuple[int, int, str, bytes, bytes]]) -> None:
        # In lots of a power of two, so that few statements are ever prepared.
        start = 0
        while start < len(rows):
            lot = min(_LARGEST_LOT, 1 << (len(rows) - start).bit_length() - 1)
            values = [value for row in rows[start : start + lot] for value in row]
            self._execute(_INSERT + ", ".join([_PLACES] * lot), values)
            start += lot


_LARGEST_LOT = 64
_INSERT = "insert into audit (seq, at, kind, body, hash) values "
_PLACES = "(?, ?, ?, ?, ?)"
