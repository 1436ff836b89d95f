"""What a token endpoint answers (RFC 6749 sections 5.1 and 5.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ringwall.errors import Invalid, Unavailable
from ringwall.login.refusal import LoginRefused
from ringwall.tokens.strict_json import parse_object

MAX_RESPONSE = 64 * 1024
_MAX_TOKEN = 16 * 1024
_MAX_LIFETIME = 365 * 86400


@dataclass(frozen=True, slots=True)
class TokenResponse:
    """The tokens of one response. ``expires`` is when the access token ends, in seconds since 1970, if it was said.

    A token that did not come is empty.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    id_token: str = field(repr=False)
    expires: float


def read_token_response(status: int, body: bytes, now: float) -> TokenResponse:
    """Read the response to a request that was sent at ``now``.

    Raises ``Unavailable`` when the endpoint took nothing in (429, 503), else ``LoginRefused``: code ``replay`` when
    the code or refresh token is spent or unknown (``invalid_grant``), ``provider`` when the request was refused for
    another reason (4xx), ``token`` when nobody can say what became of it.
    """
    if status in (429, 503):
        raise Unavailable("the provider's token endpoint is busy", retry_after=5.0)
    if len(body) > MAX_RESPONSE:
        raise _refused(f"the token response is larger than {MAX_RESPONSE} bytes")
    if status != 200 and not 400 <= status < 500:
        raise _refused(f"the token endpoint answered {status}")
    try:
        found = parse_object(body, "the token response")
    except Invalid as error:
        raise _refused(f"{error.message} (status {status})") from None
    if status == 400 and found.get("error") == "invalid_grant":
        raise LoginRefused("the provider takes this grant no longer", code="replay")
    if status != 200:
        raise LoginRefused(f"the token endpoint refused us with status {status}", code="provider", status=502)
    if str(found.get("token_type", "")).lower() != "bearer":
        raise _refused("the token response's token_type is not Bearer")
    if not (access_token := _token(found, "access_token")):
        raise _refused("the token response has no access_token")
    lifetime = found.get("expires_in")
    if lifetime is not None and not (type(lifetime) is int and 0 < lifetime <= _MAX_LIFETIME):
        raise _refused("the token response's expires_in is not a number of seconds")
    return TokenResponse(
        access_token=access_token,
        refresh_token=_token(found, "refresh_token"),
        id_token=_token(found, "id_token"),
        expires=float("inf") if lifetime is None else now + lifetime,
    )


def _token(found: dict[str, Any], name: str) -> str:
    value = found.get(name, "")
    if not (isinstance(value, str) and value.isascii() and value.isprintable() and len(value) <= _MAX_TOKEN):
        raise _refused(f"the token response's {name} is not a token")
    return value


def _refused(message: str) -> LoginRefused:
    return LoginRefused(message, code="token", status=502)
