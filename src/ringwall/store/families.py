"""What a person's login gave to one client: a family of one code and of refresh tokens that replace each other.

Every spend is one statement, so of any number of attempts at once exactly one succeeds. Only hashes are stored.
"""

from __future__ import annotations

from dataclasses import dataclass

from ringwall.store.contract import Reader, Transaction


@dataclass(frozen=True, slots=True)
class Family:
    """A grant. ``auth_time``, ``created`` and ``expires`` are whole seconds."""

    id: str
    client: str
    sub: str
    sid: str
    scope: str
    audience: str
    auth_time: int
    created: int
    expires: int


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code as it was asked for. ``challenge`` is the S256 PKCE challenge."""

    hash: bytes
    client: str
    redirect_uri: str
    challenge: str
    nonce: str
    expires: int


@dataclass(frozen=True, slots=True)
class Reused:
    """A code or refresh token came a second time: its family is over."""

    family: str
    client: str


def begin(tx: Transaction, family: Family, code: Code) -> None:
    """Store a new grant with its one code."""
    tx.run(
        "insert into family (id, client, sub, sid, scope, audience, auth_time, created, expires)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(family.id, family.client, family.sub, family.sid, family.scope, family.audience),
        *(family.auth_time, family.created, family.expires),
    )
    tx.run(
        "insert into code (hash, family, client, redirect_uri, challenge, nonce, expires) values (?, ?, ?, ?, ?, ?, ?)",
        *(code.hash, family.id, code.client, code.redirect_uri, code.challenge, code.nonce, code.expires),
    )


def spend_code(
    tx: Transaction, digest: bytes, *, client: str, redirect_uri: str, challenge: str, now: int
) -> str | Reused | None:
    """Spend a code that was given to this client, for this redirect URI and this challenge.

    Returns the id of its grant; ``Reused`` when it was spent before; ``None`` for any other code.
    """
    spent = tx.one(
        "update code set spent = ? where hash = ? and client = ? and redirect_uri = ? and challenge = ?"
        " and spent is null and expires > ?"
        " and exists (select 1 from family where id = code.family and revoked is null)"
        " returning family",
        *(now, digest, client, redirect_uri, challenge, now),
    )
    if spent is not None:
        return str(spent[0])
    earlier = tx.one(
        "select family, client from code where hash = ? and client = ? and spent is not null", digest, client
    )
    return Reused(*earlier) if earlier else None


def spend_refresh(tx: Transaction, digest: bytes, *, client: str, now: int) -> str | Reused | None:
    """Spend a refresh token of this client. Returns the id of its grant, ``Reused``, or ``None`` for any other."""
    spent = tx.one(
        "update refresh set spent = ? where hash = ? and spent is null and expires > ? and exists"
        " (select 1 from family where id = refresh.family and client = ? and revoked is null and expires > ?)"
        " returning family",
        *(now, digest, now, client, now),
    )
    if spent is not None:
        return str(spent[0])
    earlier = tx.one(
        "select family.id, family.client from refresh join family on family.id = refresh.family"
        " where hash = ? and client = ? and spent is not null",
        *(digest, client),
    )
    return Reused(*earlier) if earlier else None


def add_refresh(tx: Transaction, digest: bytes, *, family: str, expires: int) -> None:
    """Store the refresh token that follows in ``family``."""
    tx.run("insert into refresh (hash, family, expires) values (?, ?, ?)", digest, family, expires)


def add_issued(tx: Transaction, jti: str, *, family: str, expires: int) -> None:
    """Remember an access token of ``family``, so that it can be revoked with it."""
    tx.run("insert into issued (jti, family, expires) values (?, ?, ?)", jti, family, expires)


def end(tx: Transaction, family: str, now: int) -> list[tuple[str, int]] | None:
    """End a family: nothing of it can be spent again.

    Returns the ids and expiry of its access tokens that still live, or ``None`` when it had ended before.
    """
    if tx.run("update family set revoked = ? where id = ? and revoked is null", now, family) == 0:
        return None
    return [
        (row[0], row[1])
        for row in tx.all("select jti, expires from issued where family = ? and expires > ?", family, now)
    ]


def of_code(reader: Reader, digest: bytes) -> tuple[Family, str] | None:
    """The grant that a code belongs to, and the code's nonce."""
    row = reader.one("select family, nonce from code where hash = ?", digest)
    return None if row is None else (_family(reader, row[0]), row[1])


def of_refresh(reader: Reader, digest: bytes, now: int) -> tuple[Family, bool] | None:
    """The grant that a refresh token belongs to, and whether the token can still be spent."""
    row = reader.one(
        "select family.id,"
        " refresh.spent is null and family.revoked is null and refresh.expires > ? and family.expires > ?"
        " from refresh join family on family.id = refresh.family where hash = ?",
        *(now, now, digest),
    )
    return (_family(reader, row[0]), bool(row[1])) if row else None


def forget(tx: Transaction, now: int) -> int:
    """Drop the families that expired, with all of theirs, and every access token that did; how many families."""
    tx.run("delete from issued where expires < ?", now)
    return tx.run("delete from family where expires < ?", now)


def _family(reader: Reader, family: str) -> Family:
    row = reader.one(
        "select id, client, sub, sid, scope, audience, auth_time, created, expires from family where id = ?", family
    )
    assert row is not None
    return Family(*row)
