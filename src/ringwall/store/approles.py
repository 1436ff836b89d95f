"""AppRoles and their secret ids. Times are microseconds since 1970, spans seconds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ringwall.store.contract import Reader, Transaction


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role that a program may log in as."""

    name: str
    role_id: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SecretIdRow:
    """The other half of a login. ``hash`` is the SHA-256 of a random secret id."""

    hash: bytes
    role: str
    accessor: str
    created: int
    expires: int | None
    ttl: int
    uses: int
    meta: Mapping[str, str]


def put(tx: Transaction, role: RoleRow) -> bool:
    """Write a role; ``False`` when another role has its role id."""
    other = tx.one("select 1 from approle where role_id = ? and name <> ?", role.role_id, role.name)
    if other is None:
        tx.run(
            "insert into approle (name, role_id, settings) values (?, ?, ?) on conflict (name) do update set"
            " role_id = excluded.role_id, settings = excluded.settings",
            *(role.name, role.role_id, json.dumps(dict(role.settings))),
        )
    return other is None


def get(reader: Reader, name: str) -> RoleRow | None:
    """The role of this name."""
    return _role(reader.one("select name, role_id, settings from approle where name = ?", name))


def by_role_id(reader: Reader, role_id: str) -> RoleRow | None:
    """The role with this role id."""
    return _role(reader.one("select name, role_id, settings from approle where role_id = ?", role_id))


def names(reader: Reader) -> list[str]:
    """The name of every role."""
    return [name for (name,) in reader.all("select name from approle order by name")]


def remove(tx: Transaction, name: str) -> None:
    """Forget a role with its secret ids. Tokens that it gave live on until they expire."""
    tx.run("delete from approle where name = ?", name)


def put_secret(tx: Transaction, secret: SecretIdRow) -> None:
    """Store a new secret id."""
    tx.run(
        "insert into approle_secret (hash, role, accessor, created, expires, ttl, uses, meta)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        *(secret.hash, secret.role, secret.accessor, secret.created, secret.expires, secret.ttl, secret.uses),
        json.dumps(dict(secret.meta)),
    )


def secret(reader: Reader, role: str, *, digest: bytes = b"", accessor: str = "", now: int) -> SecretIdRow | None:
    """A secret id of ``role`` that still holds, by its hash or its accessor."""
    row = reader.one(
        "select hash, role, accessor, created, expires, ttl, uses, meta from approle_secret"
        " where role = ? and (hash = ? or accessor = ?) and (expires is null or expires > ?)",
        *(role, digest, accessor, now),
    )
    if row is None:
        return None
    hash_, name, accessor_, created, expires, ttl, uses, meta = row
    return SecretIdRow(hash_, name, accessor_, created, expires, ttl, uses, json.loads(meta))


def spend_secret(tx: Transaction, row: SecretIdRow) -> None:
    """Count one login by a secret id that has only some; the last one ends it."""
    if row.uses == 1:
        remove_secret(tx, row.hash)
    elif row.uses > 1:
        tx.run("update approle_secret set uses = uses - 1 where hash = ?", row.hash)


def remove_secret(tx: Transaction, digest: bytes) -> None:
    """Forget a secret id."""
    tx.run("delete from approle_secret where hash = ?", digest)


def accessors(reader: Reader, role: str, now: int) -> list[str]:
    """The accessor of every secret id of ``role`` that holds."""
    rows = reader.all(
        "select accessor from approle_secret where role = ? and (expires is null or expires > ?) order by accessor",
        *(role, now),
    )
    return [accessor for (accessor,) in rows]


def _role(row: tuple[Any, ...] | None) -> RoleRow | None:
    return None if row is None else RoleRow(row[0], row[1], json.loads(row[2]))
