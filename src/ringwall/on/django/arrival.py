"""A request comes to the gate: its visit, its proof, its origin and its body."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from ringwall import current
from ringwall.caller import Caller
from ringwall.current import Visit
from ringwall.errors import Denied, Misconfigured
from ringwall.guard import Guard
from ringwall.intake.csrf import SAFE
from ringwall.login.web import WebRequest
from ringwall.on.credentials import cookies
from ringwall.on.entrance import HEADER_BYTES, HEADERS, check_origin, must_prove_origin, present, refuse_headers
from ringwall.on.scope import KEY
from ringwall.on.wsgi import certificate_in
from ringwall.on.wsgi_body import GuardedInput
from ringwall.parts import Wait


def arrive(request: HttpRequest, guard: Guard) -> Visit:
    """The visit of this request, which keeps it among what its server said of it."""
    visit = Visit(guard, request.method or "", request.path_info, request.META.get("REMOTE_ADDR") or "")
    current.VISIT.set(visit)
    request.META[KEY] = visit
    return visit


def visit_of(request: HttpRequest) -> Visit:
    """The visit of a request. Raises ``Misconfigured`` for one that did not come through a gate, or that is over."""
    visit = request.META.get(KEY)
    if not isinstance(visit, Visit) or visit.over:
        raise Misconfigured("a request reached a protected project around its gate")
    return visit


def caller_of(request: HttpRequest) -> Caller:
    """Who sent this request: ``request.caller``. Raises ``Unauthenticated`` when nobody did."""
    return visit_of(request).proven()


def show(visit: Visit, request: HttpRequest) -> Wait | None:
    """Show the credentials to the guard: see :func:`ringwall.on.entrance.present`. Raises ``Refusal``."""
    meta = request.META
    headers = [value for name, value in meta.items() if name.startswith("HTTP_")]
    if len(headers) > HEADERS or sum(map(len, headers)) > HEADER_BYTES:
        refuse_headers(visit)
    # Headers of one name come joined by commas; a token has none, so two of them are seen here as one malformed.
    authorization = [value] if (value := meta.get("HTTP_AUTHORIZATION")) is not None else []
    scope = getattr(request, "scope", None)
    certificate = certificate_in({"asgi.scope": scope} if scope is not None else meta)
    return present(visit, authorization, _cookie(request), certificate)


def enter(visit: Visit, request: HttpRequest) -> None:
    """A cookie needs the word of the browser, and the body gets its limits."""
    if must_prove_origin(visit):
        _check_origin(visit, request)
    # Django has taken the stream out of the environ already, and bounded it by the length that was announced.
    stream = {**request.META, "wsgi.input": request._stream, "wsgi.input_terminated": True}
    request._stream = _Body(stream, visit, visit.guard.settings.limits)  # type: ignore[assignment]


def web_request(visit: Visit, request: HttpRequest) -> WebRequest:
    """What the login pages see of a request. Raises ``Refusal`` for a form that another site sent."""
    if visit.method not in SAFE and not _check_origin(visit, request):
        assert isinstance(visit.failure, Denied)
        visit.guard.refuse(visit, visit.failure, visit.failure.decision)
    meta = request.META
    headers = {name[5:].replace("_", "-").lower(): value for name, value in meta.items() if name.startswith("HTTP_")}
    return WebRequest(
        method=visit.method,
        scheme=request.scheme or "http",
        host=meta.get("HTTP_HOST", ""),
        path=visit.path,
        query=meta.get("QUERY_STRING", ""),
        headers={**headers, "content-type": meta.get("CONTENT_TYPE", "")},
        cookies=cookies(_cookie(request)),
        body=request.read(),
        client=visit.client,
    )


def _check_origin(visit: Visit, request: HttpRequest) -> bool:
    meta = request.META
    return check_origin(
        visit,
        fetch_site=meta.get("HTTP_SEC_FETCH_SITE", ""),
        origin=meta.get("HTTP_ORIGIN", ""),
        host=meta.get("HTTP_HOST", ""),
        scheme=request.scheme or "http",
    )


def _cookie(request: HttpRequest) -> str:
    # Over HTTP/2 each cookie may come in a header of its own (RFC 9113 section 8.2.3), and Django joins them by commas.
    scope = getattr(request, "scope", None)
    if scope is None:
        return str(request.META.get("HTTP_COOKIE", ""))
    return "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")


class _Body(GuardedInput):
    """The stream of a request. Django closes it at the end."""

    def close(self) -> None:
        close: Any = getattr(self._stream, "close", lambda: None)
        close()
