"""The OAuth clients: applications that log people in, and services."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ringwall.store.contract import Reader, Transaction

Method = Literal["none", "client_secret_basic", "private_key_jwt", "tls_client_auth"]


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client (RFC 7591 section 2, in our words).

    ``id`` is the SPIFFE id for a service; a native client (RFC 8252) is a program on the person's own machine.
    ``secret_hash`` is the SHA-256 of a random 256-bit secret. ``exchange`` are
    the audiences that it may exchange a token for (RFC 8693); ``None`` means every registered service.
    """

    id: str
    method: Method
    kind: Literal["application", "native", "service"] = "application"
    secret_hash: bytes | None = None
    jwks: dict[str, Any] | None = None
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    grants: tuple[str, ...] = ("authorization_code", "refresh_token")
    scopes: tuple[str, ...] = ("openid", "profile", "offline_access")
    audiences: tuple[str, ...] = ()
    exchange: tuple[str, ...] | None = None
    name: str = field(default="")


@dataclass(frozen=True, slots=True)
class Removed:
    """The announcement that a client is gone."""

    id: str


_SETTINGS = ("redirect_uris", "post_logout_redirect_uris", "grants", "scopes", "audiences", "exchange", "name")


def put(tx: Transaction, client: Client, now: int) -> None:
    """Register ``client``, or replace what was registered under its id."""
    everything = asdict(client)
    tx.run(
        "insert into client (id, kind, method, secret_hash, jwks, settings, created) values (?, ?, ?, ?, ?, ?, ?)"
        " on conflict (id) do update set kind = excluded.kind, method = excluded.method,"
        " secret_hash = excluded.secret_hash, jwks = excluded.jwks, settings = excluded.settings",
        *(client.id, client.kind, client.method, client.secret_hash),
        *(None if client.jwks is None else json.dumps(client.jwks),),
        *(json.dumps({name: everything[name] for name in _SETTINGS}), now),
    )
    tx.announce(client)


def get(reader: Reader, client: str) -> Client | None:
    """The client registered under this id."""
    row = reader.one(f"{_SELECT} where id = ?", client)
    return None if row is None else _client(row)


def every(reader: Reader) -> list[Client]:
    """Every client, in the order of their ids."""
    return [_client(row) for row in reader.all(f"{_SELECT} order by id")]


def remove(tx: Transaction, client: str) -> bool:
    """Forget a client; whether there was one."""
    tx.announce(Removed(client))
    return tx.run("delete from client where id = ?", client) == 1


def note_assertion(tx: Transaction, client: str, jti: str, expires: int, now: int) -> bool:
    """Remember a client assertion until it expires; ``False`` when it was seen before (RFC 7523 section 3)."""
    tx.run("delete from assertion where expires < ?", now)
    return (
        tx.run(
            "insert into assertion (client, jti, expires) values (?, ?, ?) on conflict do nothing", client, jti, expires
        )
        == 1
    )


_SELECT = "select id, kind, method, secret_hash, jwks, settings from client"


def _client(row: tuple[Any, ...]) -> Client:
    settings: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(row[5]).items()
    }
    return Client(
        id=row[0],
        kind=row[1],
        method=row[2],
        secret_hash=row[3],
        jwks=None if row[4] is None else json.loads(row[4]),
        **settings,
    )
