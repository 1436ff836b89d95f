"""JWT access tokens (RFC 9068), judged with the care of RFC 8725."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ringwall.errors import Unauthenticated
from ringwall.tokens import claims as read
from ringwall.tokens.keys import ALGORITHMS, KeySet, VerifyingKey
from ringwall.tokens.signed import open_signed, refuse


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a token must say to be taken here. Times are in seconds.

    ``issuer`` must equal ``iss``; ``audience`` must be one of ``aud``. ``iss sub aud exp iat jti`` are always
    required; ``required`` names what else must be present. ``typ`` is the media type of the header, ``at+jwt``;
    loosen it only for an issuer that sets none, whose ID tokens then look the same.
    """

    issuer: str
    audience: str
    typ: str = "at+jwt"
    leeway: float = 5.0
    max_lifetime: float = 24 * 3600.0
    max_bytes: int = 8192
    required: frozenset[str] = frozenset({"client_id"})
    algorithms: frozenset[str] = ALGORITHMS

    def fingerprint(self) -> bytes:
        """32 bytes that differ whenever the requirements do."""
        facts = (self.issuer, self.audience, self.typ, self.leeway, self.max_lifetime, self.max_bytes)
        return hashlib.sha256(repr((*facts, sorted(self.required), sorted(self.algorithms))).encode()).digest()


@dataclass(frozen=True, slots=True, eq=False)
class VerifiedToken:
    """An access token that held. Only :func:`verify` makes one. It is immutable down to its last claim.

    ``issued`` and ``expires`` are ``iat`` and ``exp``, in seconds since 1970. ``sid`` and ``client_id`` are empty when
    absent. ``key`` is the key that signed.
    """

    issuer: str
    sub: str
    jti: str
    issued: int
    expires: int
    sid: str
    client_id: str
    key: VerifyingKey = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)

    @property
    def kid(self) -> str:
        """The id of the key that signed."""
        return self.key.kid


def verify(token: str, keys: KeySet, requirements: Requirements, now: float) -> VerifiedToken:
    """Verify ``token`` at ``now`` (seconds since 1970) with the keys of its one issuer.

    Raises :class:`Unauthenticated` (code ``invalid_token``) with the first thing that is wrong; the message shows of
    the token at most its ``kid`` and ``jti``. Whether it has been revoked is asked elsewhere.
    """
    signed = open_signed(token, keys, requirements.algorithms, requirements.max_bytes)
    if signed.typ != requirements.typ.lower():
        refuse(f"the token is not of type {requirements.typ!r}")
    jti = read.text(signed.payload, "jti")
    try:
        return _judge(signed.payload, signed.key, jti, requirements, now)
    except Unauthenticated as error:
        refuse(f"{error.message} (jti {jti!r})")


def _judge(
    claims: dict[str, Any], key: VerifyingKey, jti: str, requirements: Requirements, now: float
) -> VerifiedToken:
    if read.text(claims, "iss") != requirements.issuer:
        refuse(f"the token is not issued by {requirements.issuer!r}")
    if requirements.audience not in read.audience(claims):
        refuse(f"the token is not meant for {requirements.audience!r}")
    issued, expires = read.check_times(claims, now, requirements.leeway, requirements.max_lifetime)
    for name in sorted(requirements.required):
        if claims.get(name) is None:
            refuse(f"the token has no {name!r}")
    return VerifiedToken(
        issuer=requirements.issuer,
        sub=read.text(claims, "sub"),
        jti=jti,
        issued=issued,
        expires=expires,
        sid=read.optional_text(claims, "sid"),
        client_id=read.optional_text(claims, "client_id"),
        key=key,
        claims=read.frozen(claims),
    )
