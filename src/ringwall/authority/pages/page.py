"""How every page is made: one template, one stylesheet, and headers that let nothing else run."""

from __future__ import annotations

import logging
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ringwall.errors import RingwallError, Unavailable

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority
    from ringwall.authority.people.directory import Directory

_HERE = "ringwall.authority.pages"
log = logging.getLogger(_HERE)


class Refused(RingwallError):
    """A page cannot be shown as asked. ``status`` goes out with the reason, which names nothing secret."""

    def __init__(self, message: str, *, status: int = 400, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


def authority_of(request: Request) -> Authority:
    return request.app.state.authority  # type: ignore[no-any-return]


def directory_of(request: Request) -> Directory:
    return request.app.state.directory  # type: ignore[no-any-return]


def show(template: str, status: int = 200, *, lead_to: str = "", **facts: Any) -> HTMLResponse:
    """Render ``template``. Its forms may lead to this authority, and to the origin of ``lead_to`` by redirect."""
    html = _environment().get_template(template).render(facts)
    return HTMLResponse(html, status, headers=headers(lead_to))


def headers(lead_to: str = "") -> dict[str, str]:
    """What every page carries. Chromium applies ``form-action`` to redirects as well, hence ``lead_to``."""
    away = urlsplit(lead_to)
    # A content security policy cannot name an IPv6 address (CSP Level 3, host-part), only its scheme.
    origin = f"{away.scheme}:" if "[" in away.netloc else f"{away.scheme}://{away.netloc}"
    forms = f"'self' {origin}" if away.netloc else "'self'"
    policy = f"default-src 'none'; style-src 'self'; form-action {forms}; frame-ancestors 'none'; base-uri 'none'"
    return {
        "content-security-policy": policy,
        "cache-control": "no-store",
        # "no-referrer" would make browsers send "Origin: null" with our own forms.
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
    }


async def stylesheet(_request: Request) -> Response:
    css = resources.files(_HERE).joinpath("pages.css").read_bytes()
    return Response(
        css, media_type="text/css", headers={"cache-control": "max-age=3600", "x-content-type-options": "nosniff"}
    )


async def front(request: Request) -> Response:
    return show("front.html", issuer=authority_of(request).settings.issuer)


async def refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return show("refused.html", error.status, message=error.message, hint=error.hint)


async def missing(_request: Request, _error: Exception) -> Response:
    return show("refused.html", 404, message="there is nothing at this address", hint="")


async def failed(_request: Request, error: Exception) -> Response:
    if isinstance(error, Unavailable):
        response = show("refused.html", 503, message="the authority cannot answer now", hint="try again in a moment")
        response.headers["retry-after"] = str(max(1, round(error.retry_after)))
        return response
    log.error("a page failed", exc_info=error)
    return show("refused.html", 500, message="the authority failed; its log says why", hint="")


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
