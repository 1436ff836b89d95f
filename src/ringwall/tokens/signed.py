"""Opening a signed token: from untrusted text to claims that one key vouches for (RFC 7515 compact form, RFC 8725)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Never

from ringwall.errors import Invalid, Unauthenticated
from ringwall.tokens.keys import MAX_TEXT, KeySet, VerifyingKey
from ringwall.tokens.strict_json import parse_object

MAX_HEADER = 1024


@dataclass(frozen=True, slots=True)
class Signed:
    """What ``key`` signed. ``typ`` is the header's media type in lower case, without ``application/``."""

    typ: str
    payload: dict[str, Any]
    key: VerifyingKey


def open_signed(token: str, keys: KeySet, algorithms: frozenset[str], max_bytes: int) -> Signed:
    """Check form and signature of ``token``; its claims are still to be judged.

    The key that ``kid`` names decides the algorithm; the header may only agree. Raises
    :class:`~ringwall.tokens.keys.UnknownKey`, or :class:`Unauthenticated` with code ``invalid_token``.
    """
    segments = _segments(token, max_bytes)
    try:
        header = parse_object(_decoded(segments[0], "header"), "the token's header")
        payload_bytes = _decoded(segments[1], "payload")
        _decoded(segments[2], "signature")
        _check_header(header)
        key = keys.find(header.get("kid"))
        if key.algorithm not in algorithms:
            refuse(f"the algorithm {key.algorithm} of key {key.kid!r} is not allowed here")
        if _canonical(header["alg"]) != key.algorithm:
            refuse(f"the token's algorithm is not that of its key {key.kid!r}, {key.algorithm}")
        if not key.verifies(token.encode("ascii")):
            refuse(f"the signature does not hold under key {key.kid!r}")
        return Signed(_media_type(header.get("typ")), parse_object(payload_bytes, "the token's payload"), key)
    except Invalid as error:
        refuse(error.message)


def refuse(message: str) -> Never:
    """Raise the :class:`Unauthenticated` of RFC 6750 for a token that is no good."""
    raise Unauthenticated(message, code="invalid_token")


def _segments(token: str, max_bytes: int) -> list[str]:
    if len(token) > max_bytes:
        refuse(f"the token is larger than {max_bytes} bytes")
    if not token.isascii():
        refuse("the token is not ASCII")
    segments = token.split(".")
    if len(segments) == 5:
        refuse("the token is encrypted (JWE); only signed ones are accepted")
    if len(segments) != 3:
        refuse("the token is not a signed token of three parts")
    if len(segments[0]) > MAX_HEADER:
        refuse(f"the token's header is larger than {MAX_HEADER} bytes")
    return segments


def _decoded(segment: str, name: str) -> bytes:
    # Encoding again is the proof that this is the only spelling: unused bits zero, no padding, no foreign alphabet.
    try:
        data = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except (binascii.Error, ValueError):
        data = b""
    if not data or base64.urlsafe_b64encode(data).rstrip(b"=").decode() != segment:
        refuse(f"the token's {name} is not canonical base64url")
    return data


# Each would let the token bring its own key, its own reading, or a nested token.
_REFUSED = ("jwk", "jku", "x5u", "x5c", "crit", "b64", "enc", "zip", "cty")


def _check_header(header: Mapping[str, Any]) -> None:
    for name in _REFUSED:
        if name in header:
            refuse(f"the token's header carries {name!r}")
    if not isinstance(header.get("alg"), str):
        refuse("the token's header names no algorithm")
    kid = header.get("kid", "-")
    if not (isinstance(kid, str) and 0 < len(kid) <= MAX_TEXT and kid.isprintable()):
        refuse("the token's 'kid' is not a short printable string")
    if not isinstance(header.get("typ", ""), str):
        refuse("the token's 'typ' is not a string")


def _canonical(algorithm: str) -> str:
    return "EdDSA" if algorithm == "Ed25519" else algorithm


def _media_type(typ: str | None) -> str:
    return (typ or "").lower().removeprefix("application/")
