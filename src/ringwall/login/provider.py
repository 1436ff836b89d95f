"""An OpenID provider, as its discovery document describes it (OpenID Connect Discovery 1.0, RFC 8414)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import InitVar, dataclass
from typing import Any
from urllib.parse import urlsplit

from ringwall.errors import Invalid, Misconfigured, Unavailable
from ringwall.login import pkce
from ringwall.login.place import is_local
from ringwall.login.step import STEP, only_from_before
from ringwall.tokens.strict_json import parse_object

MAX_DOCUMENT = 64 * 1024
_MAX_URL = 1024
_PRINTABLE = re.compile(r"[!-\[\]-~]+")


@dataclass(frozen=True, slots=True)
class Provider:
    """Where a provider's endpoints are. Only :func:`provider` makes one; an optional endpoint that is absent is empty.

    ``names_itself`` says that its answers carry ``iss`` (RFC 9207), which is then required.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    revocation_endpoint: str
    end_session_endpoint: str
    names_itself: bool
    step: InitVar[object] = None

    def __post_init__(self, step: object) -> None:
        only_from_before(self, step)


def discovery_url(issuer: str) -> str:
    """Where the document is (OpenID Connect Discovery section 4)."""
    return issuer.rstrip("/") + "/.well-known/openid-configuration"


def provider(document: bytes, issuer: str, *, development: bool, by_certificate: bool) -> Provider:
    """Read the discovery document of ``issuer``.

    Every URL is https; http only in development, and there only to this machine. With ``by_certificate`` the endpoints
    that we call ourselves are those of ``mtls_endpoint_aliases`` (RFC 8705 section 5), where there are any. Raises
    ``Unavailable`` for a document that cannot be used, ``Misconfigured`` when its issuer is not exactly ``issuer``.
    """
    check_url(issuer, "the issuer", development=development)
    if len(document) > MAX_DOCUMENT:
        raise _unusable(issuer, f"is larger than {MAX_DOCUMENT} bytes")
    try:
        found = parse_object(document, "it")
    except Invalid:
        raise _unusable(issuer, "is not one unambiguous JSON object") from None
    if found.get("issuer") != issuer:
        raise Misconfigured(
            f"the provider at {issuer} calls itself by another name",
            hint="write the issuer exactly as the provider's discovery document does, down to the last slash",
        )
    _check_abilities(found, issuer)
    aliases = found.get("mtls_endpoint_aliases") if by_certificate else None
    direct = {**found, **aliases} if isinstance(aliases, Mapping) else found

    def url(source: Mapping[str, Any], name: str, *, required: bool = True) -> str:
        value = source.get(name)
        if value is None and not required:
            return ""
        if not isinstance(value, str):
            raise _unusable(issuer, f"has no {name!r}")
        check_url(value, name, development=development)
        return value

    return Provider(
        issuer=issuer,
        authorization_endpoint=url(found, "authorization_endpoint"),
        token_endpoint=url(direct, "token_endpoint"),
        jwks_uri=url(found, "jwks_uri"),
        revocation_endpoint=url(direct, "revocation_endpoint", required=False),
        end_session_endpoint=url(found, "end_session_endpoint", required=False),
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
        step=STEP,
    )


def check_url(url: str, what: str, *, development: bool) -> None:
    """Refuse a URL that is not https (or local, in development), or that hides something. Raises ``Misconfigured``."""
    parts = urlsplit(url) if len(url) <= _MAX_URL and _PRINTABLE.fullmatch(url) else None
    secure = parts is not None and bool(parts.hostname) and (parts.scheme == "https" or (development and is_local(url)))
    if parts is None or not secure or parts.fragment or "@" in parts.netloc:
        raise Misconfigured(
            f"{what} is not an https URL without user and fragment",
            hint="in development http is taken too, to a loopback address or *.localhost",
        )


def _check_abilities(found: Mapping[str, Any], issuer: str) -> None:
    # Where a provider lists what it can do, the code flow with S256 must be in the list. Absent lists promise nothing.
    for name, needed in (("response_types_supported", "code"), ("code_challenge_methods_supported", pkce.METHOD)):
        listed = found.get(name, [needed])
        if not isinstance(listed, list) or needed not in listed:
            raise _unusable(issuer, f"does not list {needed!r} in {name!r}")


def _unusable(issuer: str, why: str) -> Unavailable:
    return Unavailable(f"the discovery document of {issuer} {why}", retry_after=30.0)
