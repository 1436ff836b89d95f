"""A request and a response that belong to no framework, and the few kinds of response that a login gives."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import parse_qsl

from ringwall.login.refusal import LoginRefused

Headers = tuple[tuple[str, str], ...]

_PRIVATE: Headers = (
    ("cache-control", "no-store"),
    # "no-referrer" would make browsers send "Origin: null" with our own forms.
    ("referrer-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
)
_STYLE = """
:root { color-scheme: light dark }
body { margin: 0; font: 1.0625rem/1.6 system-ui, sans-serif }
main { max-width: 32rem; margin: 0 auto; padding: 12vh 1.5rem 3rem }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .75rem }
button { font: inherit; padding: .5rem 1.25rem }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_MAX_FIELDS = 32


@dataclass(frozen=True, slots=True)
class WebRequest:
    """What came in. ``query`` is raw text without ``?``; header names are lower case; ``host`` is the ``Host`` header.

    ``client`` is the peer's address, for logs only.
    """

    method: str
    scheme: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    body: bytes
    client: str

    @property
    def wants_page(self) -> bool:
        """Whether a person looks at the answer, so that it is a page and not a problem document."""
        return "text/html" in self.headers.get("accept", "")


@dataclass(frozen=True, slots=True)
class WebResponse:
    """What goes out. ``headers`` may name ``set-cookie`` more than once."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def with_headers(self, *headers: tuple[str, str]) -> WebResponse:
        """The same response with these headers added."""
        return replace(self, headers=self.headers + headers)

    def with_cookies(self, *cookies: str) -> WebResponse:
        """The same response with these ``Set-Cookie`` values added."""
        return self.with_headers(*(("set-cookie", cookie) for cookie in cookies))


def parameters(query: str) -> dict[str, str]:
    """The parameters of a query, each at most once (RFC 6749 section 3.1). Raises ``LoginRefused``."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise LoginRefused("the query cannot be read") from error
    found = dict(pairs)
    if len(found) != len(pairs):
        raise LoginRefused("a parameter of the query comes twice")
    return found


def is_same_origin(request: WebRequest, origin: str) -> bool:
    """Whether the browser says that a page of this very origin sent the request. Silence is a no."""
    site = request.headers.get("sec-fetch-site")
    return site == "same-origin" if site is not None else request.headers.get("origin") == origin


def redirect(location: str, status: int = 303) -> WebResponse:
    """Go there, by ``GET``. ``location`` has been checked by whoever made it."""
    return WebResponse(status, (("location", location), *_PRIVATE))


def page(status: int, title: str, *body: str, head: str = "", headers: Headers = ()) -> WebResponse:
    """A small page without scripts. ``title`` is text; ``body`` and ``head`` are HTML, made safe by the caller."""
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}<style>{_STYLE}</style>'
        f"</head><body><main><h1>{escape(title)}</h1>{''.join(body)}</main></body></html>"
    )
    kind = (("content-type", "text/html; charset=utf-8"), ("content-security-policy", _POLICY))
    return WebResponse(status, (*kind, *_PRIVATE, *headers), text.encode())


def problem(
    request: WebRequest, status: int, title: str, detail: str, *, retry_after: float | None = None
) -> WebResponse:
    """A refusal: a page for a person, else a problem document (RFC 9457). Neither repeats anything that came in."""
    retry: Headers = () if retry_after is None else (("retry-after", str(max(1, math.ceil(retry_after)))),)
    if request.wants_page:
        again = '<p><a href="/login">Log in again</a></p>'
        return page(status, title, f"<p>{escape(detail)}</p>", again, headers=retry)
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}).encode()
    return WebResponse(status, (("content-type", "application/problem+json"), *_PRIVATE, *retry), body)
