"""What a request brought to prove who calls, read from its headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ringwall.errors import Unauthenticated


def bearer(authorization: Sequence[str]) -> str | None:
    """The token in the ``Authorization`` headers (RFC 6750 section 2.1), or ``None`` when there is no such header.

    Raises ``Unauthenticated``: with ``invalid_request`` for more than one header or a malformed one, where two readers
    might see two callers; with no code for a scheme that we do not know.
    """
    if not authorization:
        return None
    if len(authorization) > 1:
        raise Unauthenticated("the request has two Authorization headers", code="invalid_request")
    scheme, _, token = authorization[0].strip(" \t").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("the Authorization header has a scheme other than Bearer")
    token = token.strip(" ")
    if not token or not token.isascii() or " " in token or "," in token or "\t" in token:
        raise Unauthenticated("the Authorization header is malformed", code="invalid_request")
    return token


def cookies(header: str) -> Mapping[str, str]:
    """The cookies of one ``Cookie`` header. A name that comes twice is left out: nobody can say which one is meant."""
    found: dict[str, str] = {}
    twice = set()
    for pair in header.split(";"):
        name, separator, value = pair.strip(" \t").partition("=")
        if separator:
            if name in found:
                twice.add(name)
            found[name] = value
    for name in twice:
        del found[name]
    return found
