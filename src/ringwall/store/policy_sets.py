"""Policy sets as operators pushed them: each push is a version of its own, and none is ever changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from ringwall.store.contract import Reader, Row, Transaction

KEPT = 100
"""The versions of a set that are kept; older ones are forgotten."""


@dataclass(frozen=True, slots=True)
class PolicySetRow:
    """One version. ``pushed`` is in microseconds since 1970; ``digest`` is the SHA-256 of the files in hexadecimal."""

    name: str
    version: int
    pushed: int
    author: str
    digest: str
    files: Mapping[str, str] = field(default_factory=dict, repr=False)


def push(tx: Transaction, name: str, files: Mapping[str, str], digest: str, author: str, now: int) -> PolicySetRow:
    """Store the next version. It is later than the one before it even when the clock was set back."""
    row = tx.one("select version, pushed from policy_set where name = ? order by version desc limit 1", name)
    version, pushed = (row[0] + 1, max(now, row[1] + 1)) if row else (1, now)
    tx.run(
        "insert into policy_set (name, version, pushed, author, digest, files) values (?, ?, ?, ?, ?, ?)",
        *(name, version, pushed, author, digest, json.dumps(dict(files), ensure_ascii=False)),
    )
    tx.run("delete from policy_set where name = ? and version <= ?", name, version - KEPT)
    return PolicySetRow(name, version, pushed, author, digest, dict(files))


def latest(reader: Reader) -> list[PolicySetRow]:
    """The current version of every set, by name."""
    rows = reader.all(
        "select name, version, pushed, author, digest, files from policy_set"
        " where (name, version) in (select name, max(version) from policy_set group by name) order by name"
    )
    return [_row(row) for row in rows]


def get(reader: Reader, name: str, version: int | None = None) -> PolicySetRow | None:
    """This version of a set, or its current one; ``None`` when there is none, or it is no longer kept."""
    if version is None:
        row = reader.one(f"{_SELECT} where name = ? order by version desc limit 1", name)
    else:
        row = reader.one(f"{_SELECT} where name = ? and version = ?", name, version)
    return None if row is None else _row(row)


def history(reader: Reader, name: str) -> list[PolicySetRow]:
    """Every version that is kept, the latest first, without the files."""
    rows = reader.all(
        "select name, version, pushed, author, digest from policy_set where name = ? order by version desc", name
    )
    return [PolicySetRow(*row) for row in rows]


_SELECT = "select name, version, pushed, author, digest, files from policy_set"


def _row(row: Row) -> PolicySetRow:
    name, version, pushed, author, digest, files = row
    return PolicySetRow(name, version, pushed, author, digest, json.loads(files))
