"""The authorization code grant (RFC 6749 section 4.1.3) with PKCE (RFC 7636, S256 only)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ringwall.authority.codes import digest
from ringwall.authority.grants.family_tokens import FamilyTokens
from ringwall.authority.http import Answer
from ringwall.authority.oauth.error import OAuthError
from ringwall.store import families
from ringwall.store.clients import Client

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

NAME = "authorization_code"

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


async def grant(authority: Authority, client: Client, form: Mapping[str, str]) -> Answer:
    """Exchange a code for tokens, once. A second use ends everything that the first one gave. Raises ``OAuthError``."""
    for name in ("code", "redirect_uri", "code_verifier"):
        if not form.get(name):
            raise OAuthError("invalid_request", f"{name} is missing")
    if not _VERIFIER.fullmatch(form["code_verifier"]):
        raise OAuthError(
            "invalid_request", "code_verifier is 43 to 128 letters, digits and -._~ (RFC 7636 section 4.1)"
        )
    code = digest(form["code"])
    found = authority.store.read(families.of_code, code)
    if found is None or found[0].client != client.id:
        raise OAuthError("invalid_grant", "the code is unknown here; start the login again")
    family, nonce = found
    tokens = await FamilyTokens.prepare(authority, client, family, family.scope)
    spent = await authority.store.write(
        tokens.write,
        NAME,
        lambda tx, now: families.spend_code(
            tx,
            code,
            client=client.id,
            redirect_uri=form["redirect_uri"],
            challenge=_challenge(form["code_verifier"]),
            now=now,
        ),
    )
    if isinstance(spent, families.Reused):
        raise OAuthError("invalid_grant", "the code was used before; everything that it gave is revoked now")
    if spent is None:
        raise OAuthError(
            "invalid_grant",
            "the code has expired, its login was ended, or redirect_uri or code_verifier are not its own",
        )
    return tokens.answer(nonce)


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
