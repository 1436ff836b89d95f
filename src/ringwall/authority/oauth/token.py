"""``/token`` (RFC 6749 section 3.2): a grant comes in, tokens go out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from ringwall.authority.clients.authenticate import authenticate
from ringwall.authority.grants import authorization_code, client_credentials, refresh_token, token_exchange
from ringwall.authority.http import Answer, Request
from ringwall.authority.oauth.error import OAuthError
from ringwall.store.clients import Client

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

Grant: TypeAlias = "Callable[[Authority, Client, Mapping[str, str]], Awaitable[Answer]]"

GRANTS: Mapping[str, Grant] = {
    client_credentials.NAME: client_credentials.grant,
    authorization_code.NAME: authorization_code.grant,
    refresh_token.NAME: refresh_token.grant,
    token_exchange.NAME: token_exchange.grant,
}


async def token(authority: Authority, request: Request) -> Answer:
    """Answer a token request."""
    form = await request.form()
    named, actor = form.get("grant_type", ""), form.get("client_id", "")
    try:
        if not named:
            raise OAuthError("invalid_request", f"grant_type is missing; it is one of: {', '.join(GRANTS)}")
        grant = GRANTS.get(named)
        if grant is None:
            raise OAuthError("unsupported_grant_type", f"grant_type is one of: {', '.join(GRANTS)}")
        client = await authenticate(authority, request, form)
        actor = client.id
        if named not in client.grants:
            raise OAuthError("unauthorized_client", f"this client is not registered for {named}")
        return await grant(authority, client, form)
    except OAuthError as error:
        error.actor, error.facts = actor[:200], {"grant": named[:100]}
        raise
