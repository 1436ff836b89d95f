"""Vault tokens, kept by the hash of what their holders know. Times are microseconds since 1970, spans seconds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ringwall.store.contract import Reader, Row, Transaction

_NAMES = (
    *("hash", "accessor", "parent", "actor", "peer", "path", "display_name", "policies", "meta", "issued", "ttl"),
    *("expires", "period", "explicit_max", "renewable", "uses"),
)
_COLUMNS = ", ".join(_NAMES)


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token. ``peer`` is the only service that may use it, ``None`` for whoever holds it."""

    hash: bytes
    accessor: str
    parent: bytes | None
    actor: str
    peer: str | None
    path: str
    display_name: str
    policies: tuple[str, ...]
    meta: Mapping[str, str] | None
    issued: int
    ttl: int
    expires: int
    period: int = 0
    explicit_max: int = 0
    renewable: bool = True
    uses: int = 0


def put(tx: Transaction, token: TokenRow) -> None:
    """Store a new token."""
    tx.run(
        f"insert into vault_token ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - names only
        *(token.hash, token.accessor, token.parent, token.actor, token.peer, token.path, token.display_name),
        *(json.dumps(token.policies), None if token.meta is None else json.dumps(dict(token.meta)), token.issued),
        *(token.ttl, token.expires, token.period, token.explicit_max, int(token.renewable), token.uses),
    )


def find(reader: Reader, digest: bytes, now: int) -> TokenRow | None:
    """The token with this hash, if it still lives."""
    return _row(reader.one(f"select {_COLUMNS} from vault_token where hash = ? and expires > ?", digest, now))  # noqa: S608


def by_accessor(reader: Reader, accessor: str, now: int) -> TokenRow | None:
    """The token with this accessor, if it still lives."""
    return _row(
        reader.one(f"select {_COLUMNS} from vault_token where accessor = ? and expires > ?", accessor, now)  # noqa: S608
    )


def accessors(reader: Reader, now: int) -> list[str]:
    """The accessor of every token that lives."""
    return [a for (a,) in reader.all("select accessor from vault_token where expires > ? order by accessor", now)]


def spend(tx: Transaction, token: TokenRow) -> None:
    """Count one use of a token that has only some; the last one ends it."""
    if token.uses == 1:
        revoke(tx, token.hash)
    elif token.uses > 1:
        tx.run("update vault_token set uses = uses - 1 where hash = ?", token.hash)


def renew(tx: Transaction, digest: bytes, ttl: int, expires: int) -> None:
    """Let a token live until ``expires``, which is ``ttl`` seconds from now, and nothing that it begot any longer."""
    tx.run("update vault_token set ttl = ?, expires = ? where hash = ?", ttl, expires, digest)
    tx.run(
        "update vault_token set expires = ? where expires > ? and hash in (with recursive line (hash) as ("
        "select hash from vault_token where parent = ? union all"
        " select child.hash from vault_token child join line on child.parent = line.hash) select hash from line)",
        *(expires, expires, digest),
    )


def revoke(tx: Transaction, digest: bytes) -> None:
    """End a token, and with it all that it begot."""
    tx.run("delete from vault_token where hash = ?", digest)


def forget(tx: Transaction, now: int) -> None:
    """Drop tokens and secret ids that have expired. A child never outlives its parent."""
    tx.run("delete from vault_token where expires <= ?", now)
    tx.run("delete from approle_secret where expires is not null and expires <= ?", now)


def _row(row: Row | None) -> TokenRow | None:
    if row is None:
        return None
    token = dict(zip(_NAMES, row, strict=True))
    token["policies"] = tuple(json.loads(token["policies"]))
    if token["meta"] is not None:
        token["meta"] = json.loads(token["meta"])
    token["renewable"] = bool(token["renewable"])
    return TokenRow(**token)
