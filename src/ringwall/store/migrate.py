"""Forward-only numbered migrations, with a copy of the database before each."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from ringwall.errors import Misconfigured, Unavailable

_FILE = re.compile(r"(\d{4})_[a-z_]+\.sql")

_HISTORY = """create table if not exists migration (
  number integer primary key,
  name   text not null,
  digest text not null
)"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema, from a file ``NNNN_name.sql``."""

    number: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(package: str) -> tuple[Migration, ...]:
    """The migrations that ``package`` holds as files, in order. Raises ``Misconfigured`` when a number is missing."""
    found = [
        Migration(int(match[1]), file.name, file.read_text(encoding="utf-8"))
        for file in resources.files(package).iterdir()
        if (match := _FILE.fullmatch(file.name))
    ]
    found.sort(key=lambda migration: migration.number)
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise Misconfigured(f"the migrations of {package} are not numbered 1, 2, 3 …")
    return tuple(found)


def migrate(connection: sqlite3.Connection, path: Path, steps: tuple[Migration, ...]) -> None:
    """Bring the database at ``path`` to the last of ``steps``.

    A new database takes them all in one transaction. One that holds something is copied to ``<path>.before-NNNN``
    before each step, and each step is a transaction of its own. Raises ``Unavailable`` when the
    database is newer than this program, or was made by migrations that differ from ``steps``.
    """
    done = _applied(connection)
    if len(done) > len(steps):
        raise Unavailable(
            f"{path} was written by a newer version: it is at {done[-1][1]}, this one knows {len(steps)} migrations",
            hint="install that version again, or restore the copy that was made before the migration",
        )
    for (number, name, digest), step in zip(done, steps, strict=False):
        if (number, digest) != (step.number, step.digest):
            raise Unavailable(
                f"{path} was made by another build: its migration {name} is not this one's {step.name}",
                hint="use the build that made it; in development the file may be deleted",
            )
    if not done:
        _apply(connection, steps)
        return
    for step in steps[len(done) :]:
        _snapshot(connection, path.with_name(f"{path.name}.before-{step.number:04}"))
        _apply(connection, (step,))


def _applied(connection: sqlite3.Connection) -> list[tuple[int, str, str]]:
    if not connection.execute("select 1 from sqlite_master where name = 'migration'").fetchone():
        return []
    return connection.execute("select number, name, digest from migration order by number").fetchall()


def _snapshot(connection: sqlite3.Connection, copy: Path) -> None:
    # VACUUM INTO takes an empty file, and one that was there may only be of an attempt that failed. Made here, it is
    # never readable by others, not even while it is written.
    copy.unlink(missing_ok=True)
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    connection.execute("vacuum into ?", (str(copy),))


def _apply(connection: sqlite3.Connection, steps: tuple[Migration, ...]) -> None:
    connection.execute("begin immediate")
    try:
        connection.execute(_HISTORY)
        for step in steps:
            for statement in _statements(step.sql):
                connection.execute(statement)
            connection.execute("insert into migration values (?, ?, ?)", (step.number, step.name, step.digest))
        connection.execute("commit")
    finally:
        if connection.in_transaction:
            connection.execute("rollback")


def _statements(sql: str) -> Iterator[str]:
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        raise Misconfigured("a migration ends in the middle of a statement", hint="end it with a semicolon")
