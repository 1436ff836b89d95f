"""ID tokens: what an OpenID provider says about a login that we asked for (OpenID Connect Core 1.0)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ringwall.tokens import claims as read
from ringwall.tokens.keys import KeySet
from ringwall.tokens.signed import open_signed, refuse

PROVIDER_ALGORITHMS = frozenset({"ES256", "RS256", "PS256", "EdDSA"})


@dataclass(frozen=True, slots=True)
class IdTokenRequirements:
    """What an ID token must say: who issued it, and that it is for us. Times are in seconds."""

    issuer: str
    client_id: str
    leeway: float = 60.0
    max_lifetime: float = 24 * 3600.0
    max_bytes: int = 16384
    algorithms: frozenset[str] = PROVIDER_ALGORITHMS


@dataclass(frozen=True, slots=True, eq=False)
class VerifiedIdToken:
    """An ID token that held. ``sub`` is unique only together with ``issuer``; ``sid`` is empty when absent."""

    issuer: str
    sub: str
    issued: int
    expires: int
    sid: str
    claims: Mapping[str, Any] = field(repr=False)


def verify_id_token(
    token: str,
    keys: KeySet,
    requirements: IdTokenRequirements,
    now: float,
    *,
    nonce: str | None,
    access_token: str | None,
    max_age: float | None = None,
) -> VerifiedIdToken:
    """Verify ``token`` at ``now`` by the steps of OpenID Connect Core section 3.1.3.7.

    ``nonce`` is the one that this login sent; ``None`` only for a token that a refresh brought (section 12.2).
    ``access_token`` came in the same response; an ``at_hash`` must match it. ``max_age`` bounds, in seconds, how long
    ago the person logged in (``auth_time``). Raises :class:`~ringwall.errors.Unauthenticated`.
    """
    signed = open_signed(token, keys, requirements.algorithms, requirements.max_bytes)
    claims = signed.payload
    if signed.typ not in ("", "jwt") or "events" in claims:
        refuse("the token is not an ID token")
    if read.text(claims, "iss") != requirements.issuer:
        refuse(f"the ID token is not issued by {requirements.issuer!r}")
    _check_audience(claims, requirements.client_id)
    issued, expires = read.check_times(claims, now, requirements.leeway, requirements.max_lifetime)
    if nonce is not None and not _same(read.text(claims, "nonce"), nonce):
        refuse("the ID token does not belong to this login: its nonce differs")
    if "at_hash" in claims:
        _check_at_hash(read.text(claims, "at_hash"), access_token, signed.key.algorithm)
    if max_age is not None and now - read.instant(claims, "auth_time") > max_age + requirements.leeway:
        refuse("the login that the ID token tells of is too long ago")
    return VerifiedIdToken(
        issuer=requirements.issuer,
        sub=read.text(claims, "sub"),
        issued=issued,
        expires=expires,
        sid=read.optional_text(claims, "sid"),
        claims=read.frozen(claims),
    )


def _check_audience(claims: dict[str, Any], client_id: str) -> None:
    audience = read.audience(claims)
    if client_id not in audience:
        refuse(f"the ID token is not meant for {client_id!r}")
    if (len(audience) > 1 or "azp" in claims) and read.text(claims, "azp") != client_id:
        refuse(f"the ID token was not issued to {client_id!r}")


_AT_HASH = {"ES256": "sha256", "RS256": "sha256", "PS256": "sha256", "ES384": "sha384", "EdDSA": "sha512"}


def _check_at_hash(at_hash: str, access_token: str | None, algorithm: str) -> None:
    if access_token is None:
        refuse("the ID token has an 'at_hash' and no access token came with it")
    digest = hashlib.new(_AT_HASH[algorithm], access_token.encode()).digest()
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    if not _same(at_hash, half):
        refuse("the access token is not the one that the ID token came with: its at_hash differs")


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())
