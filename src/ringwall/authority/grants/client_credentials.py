"""The client credentials grant (RFC 6749 section 4.4): a client, or a service, acts for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ringwall.authority.access_token import CLIENT, AccessToken, answer
from ringwall.authority.grants.asked import audience, scope
from ringwall.authority.http import Answer
from ringwall.authority.oauth.error import OAuthError
from ringwall.authority.revocation import issue_time
from ringwall.store import ledger
from ringwall.store.clients import Client

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

NAME = "client_credentials"


async def grant(authority: Authority, client: Client, form: Mapping[str, str]) -> Answer:
    """A token whose ``sub`` is the client itself. Raises ``OAuthError``.

    A service's is its SPIFFE id, another client's ``client:<client_id>``, which no person is called: otherwise who
    registers a client could name it like a person (RFC 9700 section 4.15).
    """
    if client.method == "none":
        raise OAuthError("unauthorized_client", "a public client has no credentials to act with")
    sub = client.id if client.kind == "service" else f"{CLIENT}{client.id}"
    issued = await issue_time(authority, sub=sub, client=client.id)
    token = AccessToken(
        sub=sub,
        client=client.id,
        audience=audience(authority, client, form),
        issued=issued,
        expires=issued + authority.settings.lifetimes.access,
        scope=scope(form, client.scopes, personal=False),
    )
    await authority.store.write(ledger.record, token.event(NAME, authority.clock.now()))
    return answer(authority, token)
