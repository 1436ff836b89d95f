"""``/introspect`` (RFC 7662): what a token says, for those it is meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ringwall.authority.clients.authenticate import authenticate
from ringwall.authority.codes import digest
from ringwall.authority.http import Answer, Request, answer_json
from ringwall.authority.oauth.error import InvalidClient, OAuthError
from ringwall.authority.own_token import own_token
from ringwall.errors import Unauthenticated
from ringwall.store import families
from ringwall.store.clients import Client
from ringwall.tokens import claims as read

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority


async def introspect(authority: Authority, request: Request) -> Answer:
    """The token's claims and ``active``, if the client may know: it is the audience, or the token was issued to it."""
    form = await request.form()
    client = await authenticate(authority, request, form)
    if client.method == "none":
        raise InvalidClient("a public client may not introspect")
    token = form.get("token")
    if not token:
        raise OAuthError("invalid_request", "token is missing")
    return answer_json(_access(authority, client, token) or _refresh(authority, client, token) or {"active": False})


def _access(authority: Authority, client: Client, token: str) -> dict[str, Any] | None:
    try:
        verified = own_token(authority, token)
    except Unauthenticated:
        return None
    mine = {authority.clients.name(client), *client.audiences}
    if mine.isdisjoint(read.audience(verified.claims)) and verified.client_id != client.id:
        return None
    return {"active": True, "token_type": "Bearer", **_thawed(verified.claims)}


def _refresh(authority: Authority, client: Client, token: str) -> dict[str, Any] | None:
    found = authority.store.read(families.of_refresh, digest(token), int(authority.clock.now()))
    if found is None or not found[1] or found[0].client != client.id:
        return None
    family = found[0]
    return {
        "active": True,
        "client_id": family.client,
        "sub": family.sub,
        "sid": family.sid,
        "scope": family.scope,
        "iss": authority.settings.issuer,
    }


def _thawed(value: Any) -> Any:
    if hasattr(value, "items"):
        return {name: _thawed(member) for name, member in value.items()}
    return [_thawed(member) for member in value] if isinstance(value, tuple) else value
