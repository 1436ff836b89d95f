"""Versioned secrets: their metadata, and their values as sealed bytes. Times are microseconds since 1970."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from ringwall.store.contract import Reader, Transaction


@dataclass(frozen=True, slots=True)
class Version:
    """One version. It counts as deleted from ``deleted`` on; ``destroyed`` means that its value is gone."""

    created: int
    deleted: int | None
    destroyed: bool
    author: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything about a secret but its values. ``delete_after`` is in seconds; ``edition`` counts metadata writes."""

    path: str
    created: int | None = None
    updated: int | None = None
    current: int = 0
    oldest: int = 0
    max_versions: int = 0
    cas_required: bool = False
    delete_after: int = 0
    custom: Mapping[str, str] | None = None
    edition: int = 0
    edition_guarded: bool = False
    rotate: int | None = None
    versions: Mapping[int, Version] = field(default_factory=dict)


_COLUMNS = (
    *("path", "created", "updated", "current", "oldest", "max_versions", "cas_required", "delete_after", "custom"),
    *("edition", "edition_guarded", "rotate"),
)


@dataclass(frozen=True, slots=True)
class Config:
    """What holds for every secret. A negative ``delete_after`` switches that off."""

    max_versions: int = 0
    cas_required: bool = False
    delete_after: int = 0
    edition_guarded: bool = False


def load(reader: Reader, path: str) -> Entry | None:
    """The secret at ``path``."""
    row = reader.one(f"select {', '.join(_COLUMNS)} from kv_secret where path = ?", path)  # noqa: S608 - names only
    if row is None:
        return None
    marks = reader.all("select number, created, deleted, destroyed, author from kv_version where path = ?", path)
    entry = dict(zip(_COLUMNS, row, strict=True))
    for name in ("cas_required", "edition_guarded"):
        entry[name] = bool(entry[name])
    if entry["custom"] is not None:
        entry["custom"] = json.loads(entry["custom"])
    versions = {number: Version(at, gone, bool(dead), author) for number, at, gone, dead, author in marks}
    return Entry(**entry, versions=versions)


def save(tx: Transaction, entry: Entry) -> None:
    """Store ``entry`` and the marks of its versions. Versions that it no longer has are dropped with their values."""
    custom = None if entry.custom is None else json.dumps(dict(entry.custom))
    tx.run(
        "insert into kv_secret (path, created, updated, current, oldest, max_versions, cas_required, delete_after,"
        " custom, edition, edition_guarded, rotate) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " on conflict (path) do update set created = excluded.created, updated = excluded.updated,"
        " current = excluded.current, oldest = excluded.oldest, max_versions = excluded.max_versions,"
        " cas_required = excluded.cas_required, delete_after = excluded.delete_after, custom = excluded.custom,"
        " edition = excluded.edition, edition_guarded = excluded.edition_guarded, rotate = excluded.rotate",
        *(entry.path, entry.created, entry.updated, entry.current, entry.oldest, entry.max_versions),
        *(int(entry.cas_required), entry.delete_after, custom),
        *(entry.edition, int(entry.edition_guarded), entry.rotate),
    )
    for number, version in entry.versions.items():
        tx.run(
            "insert into kv_version (path, number, created, deleted, destroyed, author) values (?, ?, ?, ?, ?, ?)"
            " on conflict (path, number) do update set deleted = excluded.deleted, destroyed = excluded.destroyed,"
            " sealed = case when excluded.destroyed = 1 then null else kv_version.sealed end",
            *(entry.path, number, version.created, version.deleted, int(version.destroyed), version.author),
        )
    tx.run("delete from kv_version where path = ? and number < ?", entry.path, entry.oldest)


def put_value(tx: Transaction, path: str, number: int, sealed: bytes) -> None:
    """Store the sealed value of a version that was saved."""
    tx.run("update kv_version set sealed = ? where path = ? and number = ?", sealed, path, number)


def value(reader: Reader, path: str, number: int) -> bytes | None:
    """The sealed value of a version; ``None`` when there is none, or it was destroyed."""
    row = reader.one("select sealed from kv_version where path = ? and number = ?", path, number)
    return None if row is None or row[0] is None else bytes(row[0])


def remove(tx: Transaction, path: str) -> None:
    """Forget a secret with all its versions."""
    tx.run("delete from kv_secret where path = ?", path)


def paths(reader: Reader, prefix: str) -> list[str]:
    """Every path that starts with ``prefix``, in order."""
    rows = reader.all(
        "select path from kv_secret where path >= ? and path < ? order by path", prefix, prefix + "\U0010ffff"
    )
    return [path for (path,) in rows]


def due(reader: Reader, now: int) -> list[str]:
    """The secrets whose current version, which is neither deleted nor destroyed, has outlived its rotation."""
    rows = reader.all(
        "select s.path from kv_secret s join kv_version v on v.path = s.path and v.number = s.current"
        " where s.rotate is not null and v.created + s.rotate * 1000000 <= ? and v.destroyed = 0"
        " and (v.deleted is null or v.deleted > ?) order by s.path",
        *(now, now),
    )
    return [path for (path,) in rows]


def config(reader: Reader) -> Config:
    """What holds for every secret."""
    row = reader.one("select max_versions, cas_required, delete_after, edition_guarded from kv_config")
    return Config() if row is None else Config(row[0], bool(row[1]), row[2], bool(row[3]))


def save_config(tx: Transaction, new: Config) -> None:
    """Replace what holds for every secret."""
    tx.run(
        "insert into kv_config (single, max_versions, cas_required, delete_after, edition_guarded)"
        " values (1, ?, ?, ?, ?) on conflict (single) do update set max_versions = excluded.max_versions,"
        " cas_required = excluded.cas_required, delete_after = excluded.delete_after,"
        " edition_guarded = excluded.edition_guarded",
        *(new.max_versions, int(new.cas_required), new.delete_after, int(new.edition_guarded)),
    )
