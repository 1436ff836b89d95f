"""SQLite connections: one that writes, any number that cannot."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Literal

from ringwall.errors import RingwallError, Unavailable

Synchronous = Literal["FULL", "OFF"]

_HINTS = {
    sqlite3.SQLITE_FULL: "free some space; service resumes by itself",
    sqlite3.SQLITE_READONLY: "make the file and its directory writable",
    sqlite3.SQLITE_CANTOPEN: "make the file and its directory writable",
    sqlite3.SQLITE_CORRUPT: "stop, keep the file, and restore the latest backup",
    sqlite3.SQLITE_NOTADB: "this is no SQLite file; restore the latest backup",
}


def writing(path: Path, synchronous: Synchronous) -> sqlite3.Connection:
    """The connection that writes. Raises ``Unavailable`` when the file cannot be opened or is no database."""
    try:
        path.touch(mode=0o600)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
        # First, so that a store that is thrown away does not wait for the disk even at its creation.
        connection.execute(f"pragma synchronous = {synchronous}")
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma foreign_keys = on")
    except (OSError, sqlite3.Error) as error:
        raise unavailable(error, path) from error
    return connection


def reading(path: Path) -> sqlite3.Connection:
    """A connection that can neither write nor checkpoint."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.execute("pragma query_only = on")
    connection.execute("pragma wal_autocheckpoint = 0")
    return connection


def unavailable(error: Exception, path: Path) -> RingwallError:
    """What the outside is told when the database failed."""
    if isinstance(error, RingwallError):
        return error
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return Unavailable(f"the store {path.name} cannot answer: {error}", hint=_HINTS.get(code, ""), retry_after=5.0)
