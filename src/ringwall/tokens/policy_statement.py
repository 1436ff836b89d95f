"""What the authority signs about a policy set: for which service it is, which version it is, and what it is made of.

A compact JWS (RFC 7515) of a type of its own, so that no other token of the authority stands in for one (RFC 8725
section 3.11). The files of the set travel beside it and are bound to it by their digest.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ringwall.tokens import claims as read
from ringwall.tokens.keys import KeySet
from ringwall.tokens.signed import open_signed, refuse

TYPE = "ringwall-policies+jwt"
MAX_BYTES = 4096
LEEWAY = 5.0

_ALGORITHMS = frozenset({"ES256"})
_LONGEST = 24 * 3600.0
_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PolicyStatement:
    """``pushed`` (microseconds since 1970) grows with each version. ``digest`` is the SHA-256 of the files."""

    version: int
    pushed: int
    digest: str

    def claims(self, *, issuer: str, audience: str, issued: int, expires: int) -> dict[str, Any]:
        """The payload that says so to the service ``audience``, from ``issued`` to ``expires`` (seconds)."""
        return {
            "iss": issuer,
            "aud": audience,
            "iat": issued,
            "exp": expires,
            "version": self.version,
            "pushed": self.pushed,
            "digest": self.digest,
        }


def digest(files: Mapping[str, str]) -> str:
    """The SHA-256 of files and their names, in hexadecimal: what a statement says of them."""
    text = json.dumps(dict(files), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def verify(token: str, keys: KeySet, *, issuer: str, audience: str, now: float | None) -> PolicyStatement:
    """The statement in ``token``, if ``issuer`` signed it for ``audience`` and it holds at ``now``.

    ``now`` is ``None`` for one that was verified when it came, and whose age somebody else judges. Raises
    ``Unauthenticated``.
    """
    signed = open_signed(token, keys, _ALGORITHMS, MAX_BYTES)
    claims = signed.payload
    if signed.typ != TYPE:
        refuse("the token is no statement about policies")
    if read.text(claims, "iss") != issuer:
        refuse(f"the statement is not issued by {issuer!r}")
    if read.audience(claims) != (audience,):
        refuse(f"the statement is not meant for {audience!r}")
    if now is not None:
        read.check_times(claims, now, LEEWAY, _LONGEST)
    digest = read.text(claims, "digest")
    if not _DIGEST.fullmatch(digest):
        refuse("the statement's 'digest' is no SHA-256")
    return PolicyStatement(_count(claims, "version"), _count(claims, "pushed"), digest)


def _count(claims: dict[str, Any], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int or not 0 < value < 2**63:
        refuse(f"the statement's {name!r} is not a number above zero")
    return value
