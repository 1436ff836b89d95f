"""The gate of an ASGI application: pure ASGI, outside everything that the application is made of."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from ringwall import current
from ringwall.current import Visit
from ringwall.errors import Denied, RingwallError, Unauthenticated, Unavailable
from ringwall.guard import Guard
from ringwall.intake.csrf import SAFE
from ringwall.intake.headers import SecureHeaders
from ringwall.on.answer import Answer, Asker, answer
from ringwall.on.asgi_body import GuardedBody, read_all
from ringwall.on.asgi_exit import Exit
from ringwall.on.credentials import cookies
from ringwall.on.entrance import (
    DEADLINE,
    HEADER_BYTES,
    HEADERS,
    admitted,
    check_origin,
    failed,
    must_prove_origin,
    present,
    refuse_headers,
)
from ringwall.on.scope import GuardedScope
from ringwall.parts import Wait
from ringwall.refusal import Refusal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_HTTP_1 = ("1.1", "1.0")


class Gate:
    """Proves who calls, lets the application route, has each endpoint decided about before it runs, and sees to it
    that nothing is answered without a decision.

    ``meet`` is asked about each endpoint that routing arrives at, and raises :class:`Refusal`.
    """

    def __init__(self, app: App, guard: Guard, meet: Callable[[Visit, Any, GuardedScope], None]) -> None:
        self._app = app
        self._guard = guard
        self._meet = meet
        self._headers = SecureHeaders(production=not guard.settings.development)
        self._limits = guard.settings.limits
        self._login_paths = guard.endpoints.paths if guard.endpoints is not None else frozenset()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind not in ("http", "websocket"):
            # The lifespan is nobody's request. Any other protocol is unknown to us, and stays closed.
            if kind == "lifespan":
                await self._app(scope, receive, send)
            return
        client = scope.get("client")
        visit = Visit(self._guard, scope.get("method", "GET"), scope["path"], client[0] if client else "")
        current.VISIT.set(visit)
        exit_ = Exit(send, visit, self._headers)
        try:
            wait, content_type = _enter(visit, scope)
            if wait is not None:
                await self._wait(visit, wait)
            if visit.caller is not None and must_prove_origin(visit, websocket=kind != "http"):
                _check_origin(visit, scope)
            body = receive
            if content_type is not None:
                body = GuardedBody(receive, visit, self._limits, content_type)
            if scope["path"] in self._login_paths and kind == "http":
                await self._login(visit, scope, receive, exit_)
                return
            await self._app(GuardedScope(scope, visit, self._meet), body, exit_)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            if visit.refusal is None or exit_.started:
                raise
            await self._refuse(visit, visit.refusal, scope, exit_)
            if not isinstance(error, Refusal | BaseExceptionGroup):
                raise
        else:
            if visit.refusal is not None and not exit_.started:
                await self._refuse(visit, visit.refusal, scope, exit_)
        finally:
            visit.end()

    async def _wait(self, visit: Visit, wait: Wait) -> None:
        try:
            future = self._guard.keeper.submit(wait.find())
            # Shielded: a renewal has spent its refresh token, and must be able to keep what it got for it.
            admitted(visit, await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), DEADLINE))
        except TimeoutError:
            failed(visit, Unavailable("the proof of who calls could not be checked in time"))
        except (Unauthenticated, Unavailable) as error:
            failed(visit, error)

    async def _login(self, visit: Visit, scope: Scope, receive: Receive, exit_: Exit) -> None:
        from ringwall.login.web import WebRequest

        assert self._guard.endpoints is not None
        if visit.method not in SAFE and not _check_origin(visit, scope):
            assert isinstance(visit.failure, Denied)
            self._guard.refuse(visit, visit.failure, visit.failure.decision)
        host, cookie = _headers(scope, b"host", b"cookie")
        request = WebRequest(
            method=visit.method,
            scheme=scope.get("scheme", "http"),
            host=host,
            path=scope["path"],
            query=scope.get("query_string", b"").decode("latin-1"),
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            cookies=cookies(cookie),
            body=await read_all(receive, visit, self._limits.body),
            client=visit.client,
        )
        response = await self._guard.endpoints.handle(request)
        visit.decided = True
        await exit_.answer(Answer(response.status, response.headers, response.body), head=visit.method == "HEAD")

    async def _refuse(self, visit: Visit, refusal: Refusal, scope: Scope, exit_: Exit) -> None:
        """Write the denial down, wait until that is durable, and only then answer."""
        try:
            if (recorded := self._guard.record(visit, refusal)) is not None:
                await asyncio.wait_for(asyncio.wrap_future(recorded), DEADLINE)
        except (RingwallError, TimeoutError):
            refusal = Refusal(Unavailable("the audit log cannot be written"))
        accept, mode = _headers(scope, b"accept", b"sec-fetch-mode")
        query = scope.get("query_string", b"").decode("latin-1")
        place = quote(scope["path"], safe="/:@!$&'()*+,;=~") + (f"?{query}" if query else "")
        settings = self._guard.settings
        asker = Asker(visit.method, place, accept, mode, bool(self._login_paths), settings.development)
        reply = answer(refusal, asker)
        if scope["type"] == "websocket":
            offered = "websocket.http.response" in scope.get("extensions", {})
            await exit_.refuse_websocket(reply, in_http=offered)
        else:
            await exit_.answer(reply, head=visit.method == "HEAD")


def _enter(visit: Visit, scope: Scope) -> tuple[Wait | None, bytes | None]:
    """Present what the headers bring. Gives what there is to wait for, and the type of the body, ``None`` without one.

    This runs for every request, so it goes through the headers once. Raises :class:`Refusal`.
    """
    size = 0
    authorization: list[str] = []
    cookie = ""
    content_type = b""
    has_body = False
    headers = scope["headers"]
    for name, value in headers:
        size += len(value)
        if name == b"authorization":
            authorization.append(value.decode("latin-1"))
        elif name == b"cookie":
            cookie = f"{cookie}; {value.decode('latin-1')}" if cookie else value.decode("latin-1")
        elif name == b"content-length" or name == b"transfer-encoding":
            has_body = True
        elif name == b"content-type" and not content_type:
            content_type = value  # of two, the frameworks read the first
    if size > HEADER_BYTES or len(headers) > HEADERS:
        refuse_headers(visit)
    extensions = scope.get("extensions")
    wait = present(visit, authorization, cookie, certificate_of(extensions) if extensions else None)
    # Only HTTP/1 says in its headers whether a body follows.
    return wait, content_type if has_body or scope.get("http_version") not in _HTTP_1 else None


def _check_origin(visit: Visit, scope: Scope) -> bool:
    fetch_site, origin, host = _headers(scope, b"sec-fetch-site", b"origin", b"host")
    return check_origin(visit, fetch_site=fetch_site, origin=origin, host=host, scheme=scope.get("scheme", "http"))


def certificate_of(extensions: dict[str, Any]) -> bytes | None:
    """The client's leaf certificate in DER, from the server's TLS extension (ASGI TLS 0.2)."""
    tls = extensions.get("tls")
    # A server may pass on a certificate that it could not verify, and say so.
    if not tls or tls.get("client_cert_error"):
        return None
    if (der := tls.get("client_cert")) is not None:
        return bytes(der)
    chain = tls.get("client_cert_chain")
    return ssl.PEM_cert_to_DER_cert(chain[0]) if chain else None


def _headers(scope: Scope, *names: bytes) -> list[str]:
    """The first value of each header, empty when it is absent."""
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        found.setdefault(name, value)
    return [found.get(name, b"").decode("latin-1") for name in names]
