"""The refresh token grant (RFC 6749 section 6): each token is spent for its successor (RFC 9700 section 4.14.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ringwall.authority.codes import digest
from ringwall.authority.grants.asked import scope
from ringwall.authority.grants.family_tokens import FamilyTokens
from ringwall.authority.http import Answer
from ringwall.authority.oauth.error import OAuthError
from ringwall.store import families
from ringwall.store.clients import Client

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

NAME = "refresh_token"


async def grant(authority: Authority, client: Client, form: Mapping[str, str]) -> Answer:
    """Exchange a refresh token for new tokens, once. A second use ends the whole family. Raises ``OAuthError``."""
    if not form.get("refresh_token"):
        raise OAuthError("invalid_request", "refresh_token is missing")
    old = digest(form["refresh_token"])
    found = authority.store.read(families.of_refresh, old, int(authority.clock.now()))
    if found is None or found[0].client != client.id:
        raise OAuthError("invalid_grant", "the refresh token is unknown here; log in again")
    family, _ = found
    narrowed = scope(form, family.scope.split())
    tokens = await FamilyTokens.prepare(authority, client, family, narrowed)
    spent = await authority.store.write(
        tokens.write, NAME, lambda tx, now: families.spend_refresh(tx, old, client=client.id, now=now)
    )
    if isinstance(spent, families.Reused):
        raise OAuthError(
            "invalid_grant", "the refresh token was used before; its whole family is revoked now, log in again"
        )
    if spent is None:
        raise OAuthError("invalid_grant", "the refresh token has expired or its login was ended; log in again")
    return tokens.answer()
