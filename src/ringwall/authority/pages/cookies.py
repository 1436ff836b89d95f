"""The two cookies of the authority: the session, and the mark of a browser in which a person has logged in before."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

_DEVICE_LIFE = 180 * 86400


def session_name(authority: Authority) -> str:
    """``__Host-`` ties a cookie to this very host over https; plain http, in development alone, cannot have it."""
    return "__Host-ringwall" if _secure(authority) else "ringwall-authority"


def device_name(authority: Authority) -> str:
    return "__Host-ringwall-device" if _secure(authority) else "ringwall-authority-device"


def put_session(authority: Authority, response: Response, value: str) -> None:
    response.set_cookie(
        session_name(authority), value, httponly=True, samesite="lax", secure=_secure(authority), path="/"
    )


def drop_session(authority: Authority, response: Response) -> None:
    response.delete_cookie(session_name(authority), httponly=True, samesite="lax", secure=_secure(authority), path="/")


def put_device(authority: Authority, response: Response, sub: str) -> None:
    """Mark this browser as one where ``sub`` has logged in."""
    mark = secrets.token_hex(16)
    value = f"{mark}.{_proof(authority, mark, sub)}"
    response.set_cookie(
        device_name(authority),
        value,
        _DEVICE_LIFE,
        httponly=True,
        samesite="strict",
        secure=_secure(authority),
        path="/",
    )


def device(authority: Authority, request: Request, name: str) -> str | None:
    """The mark of this browser, when it is one where the person called ``name`` has logged in before."""
    mark, _, proof = request.cookies.get(device_name(authority), "").partition(".")
    return mark if proof and hmac.compare_digest(proof, _proof(authority, mark, name)) else None


def _proof(authority: Authority, mark: str, sub: str) -> str:
    message = f"{mark}.{sub}".encode("utf-8", "surrogatepass")
    return hmac.digest(authority.seal.key("known device"), message, "sha256").hex()


def _secure(authority: Authority) -> bool:
    return authority.settings.issuer.startswith("https:")
