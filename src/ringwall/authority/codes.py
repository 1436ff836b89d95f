"""What the login pages hand to a client: one authorization code (RFC 6749 section 4.1.2) with its PKCE challenge."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from ringwall.audit.event import Event
from ringwall.authority.access_token import CLIENT
from ringwall.decision import new_id
from ringwall.errors import Misconfigured
from ringwall.store import families
from ringwall.store.contract import Transaction

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority


async def create(
    authority: Authority,
    *,
    client_id: str,
    redirect_uri: str,
    challenge: str,
    sub: str,
    sid: str,
    auth_time: float,
    scope: str,
    audience: str,
    nonce: str = "",
) -> str:
    """Store a new grant and return its code: 43 characters that can be spent once, within a minute.

    The caller has checked everything: that the person is logged in (``sid`` is their session, ``auth_time`` when they
    proved themselves), that ``redirect_uri`` is exactly one of the client's, that ``challenge`` is an S256 challenge
    (RFC 7636) and that the person agreed to ``scope``. ``audience`` is the service that access tokens will be for.
    Raises ``Misconfigured`` for a ``sub`` that would be taken for a client or a service.
    """
    if sub.startswith(CLIENT) or "://" in sub or "|" in sub:
        raise Misconfigured(f"nobody may be called {sub!r}", hint="choose a name without ':' and '|'")
    code = secrets.token_urlsafe(32)
    now = int(authority.clock.now())
    lifetimes = authority.settings.lifetimes
    family = families.Family(
        id=new_id(),
        client=client_id,
        sub=sub,
        sid=sid,
        scope=scope,
        audience=audience,
        auth_time=int(auth_time),
        created=now,
        expires=now + lifetimes.family,
    )
    row = families.Code(digest(code), client_id, redirect_uri, challenge, nonce, now + lifetimes.code)
    await authority.store.write(_create, family, row)
    return code


def digest(value: str) -> bytes:
    """What is stored of a code or refresh token. They are random and long, so one SHA-256 is enough."""
    return hashlib.sha256(value.encode()).digest()


def _create(tx: Transaction, family: families.Family, code: families.Code) -> None:
    families.begin(tx, family, code)
    detail = {"client": family.client, "sid": family.sid, "scope": family.scope, "family": family.id}
    tx.record(Event("code.issued", family.created, actor=family.sub, subject=family.audience, detail=detail))
