"""``private_key_jwt`` (RFC 7523, OpenID Connect Core section 9): a statement, signed with the client's own key."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ringwall.authority.oauth.error import InvalidClient
from ringwall.errors import Invalid, Unauthenticated
from ringwall.store import clients as rows
from ringwall.store.clients import Client
from ringwall.tokens import claims as read
from ringwall.tokens.keys import KeySet
from ringwall.tokens.signed import open_signed
from ringwall.tokens.strict_json import parse_object

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = frozenset({"ES256", "EdDSA", "PS256", "RS256"})
LONGEST = 300.0
"""Seconds that an assertion may live: as long as its ``jti`` has to be remembered."""

_LEEWAY = 5.0
_SIZE = 8192


async def authenticate(authority: Authority, form: Mapping[str, str]) -> Client:
    """The client that signed ``client_assertion``. Each assertion counts once. Raises ``InvalidClient``."""
    if form.get("client_assertion_type") != TYPE:
        raise InvalidClient(f"client_assertion_type must be {TYPE}")
    token = form["client_assertion"]
    client = authority.clients.get(_claimed_subject(token))
    if client is None or client.method != "private_key_jwt" or client.jwks is None:
        raise InvalidClient("the client is unknown, or authenticates in another way")
    now = authority.clock.now()
    try:
        keys = KeySet.parse(json.dumps(client.jwks).encode())
        signed = open_signed(token, keys, ALGORITHMS, _SIZE)
        jti, expires = _judge(authority, client, signed.payload, now)
    except (Unauthenticated, Invalid) as error:
        raise InvalidClient(f"the client assertion is refused: {error.message}") from None
    keep = expires + int(_LEEWAY) + 1
    if not await authority.store.write(rows.note_assertion, client.id, jti, keep, int(now)):
        raise InvalidClient("the client assertion was used before; make a new one, with a new jti, for each request")
    return client


def _judge(authority: Authority, client: Client, claims: Mapping[str, Any], now: float) -> tuple[str, int]:
    if read.text(claims, "iss") != client.id or read.text(claims, "sub") != client.id:
        raise Invalid("iss and sub must both be the client_id")
    issuer = authority.settings.issuer
    # One audience, and ours alone: an assertion that is good at two servers can be replayed from one to the other.
    if read.audience(claims) not in ((issuer,), (f"{issuer}/token",), (f"{authority.settings.internal}/token",)):
        raise Invalid(f"aud must be {issuer} and nothing else")
    if "iat" not in claims:
        claims = {**claims, "iat": int(now)}
    _, expires = read.check_times(claims, now, _LEEWAY, LONGEST)
    if expires > now + LONGEST + _LEEWAY:
        raise Invalid(f"exp is more than {LONGEST:.0f} s ahead")
    return read.text(claims, "jti"), expires


def _claimed_subject(token: str) -> str:
    # Only to know whose keys to try: nothing is believed until one of them vouches for it.
    try:
        payload = token.split(".")[1]
        claims = parse_object(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), "the assertion")
        return read.text(claims, "sub")
    except (IndexError, ValueError, Invalid, Unauthenticated):
        raise InvalidClient("the client assertion is not a JWT with a sub") from None
