"""``/revoke`` (RFC 7009): a client gives a token back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringwall.authority import revocation
from ringwall.authority.clients.authenticate import authenticate
from ringwall.authority.codes import digest
from ringwall.authority.http import NO_STORE, Answer, Request
from ringwall.authority.oauth.error import OAuthError
from ringwall.authority.own_token import own_token
from ringwall.errors import Unauthenticated
from ringwall.store import families

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority


async def revoke(authority: Authority, request: Request) -> Answer:
    """End the token, and for a refresh token its whole family. 200 also for a token that is none (section 2.2)."""
    form = await request.form()
    client = await authenticate(authority, request, form)
    token = form.get("token")
    if not token:
        raise OAuthError("invalid_request", "token is missing")
    now = authority.clock.now()
    found = authority.store.read(families.of_refresh, digest(token), int(now))
    if found is not None:
        if found[0].client == client.id:
            await authority.store.write(
                revocation.end_family, found[0].id, now=now, actor=client.id, reason="given back by the client"
            )
    else:
        await _revoke_access(authority, token, client.id, now)
    return Answer(200, b"", NO_STORE)


async def _revoke_access(authority: Authority, token: str, client: str, now: float) -> None:
    try:
        verified = own_token(authority, token)
    except Unauthenticated:
        return
    if verified.client_id == client:
        await authority.store.write(
            revocation.revoke_jti,
            verified.jti,
            verified.expires,
            now=now,
            actor=client,
            reason="given back by the client",
        )
