"""The gate of a WSGI application (PEP 3333)."""

from __future__ import annotations

import concurrent.futures
import ssl
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

from ringwall import current
from ringwall.current import Visit
from ringwall.errors import Denied, RingwallError, Unauthenticated, Unavailable
from ringwall.guard import Guard
from ringwall.intake.csrf import SAFE
from ringwall.intake.headers import SecureHeaders
from ringwall.intake.problem import phrase
from ringwall.on.answer import Answer, Asker, answer
from ringwall.on.asgi import certificate_of
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
from ringwall.on.scope import KEY
from ringwall.on.undecided import undecided
from ringwall.on.wsgi_body import GuardedInput
from ringwall.refusal import Refusal

Environ = dict[str, Any]
Start = Callable[..., Any]
App = Callable[[Environ, Start], Iterable[bytes]]


class Gate:
    """Proves who calls, runs the application, and lets no response start that nobody has decided about."""

    def __init__(self, app: App, guard: Guard) -> None:
        self._app = app
        self._guard = guard
        self._headers = SecureHeaders(production=not guard.settings.development)
        self._limits = guard.settings.limits
        self._login_paths = guard.endpoints.paths if guard.endpoints is not None else frozenset()

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace")
        visit = Visit(self._guard, environ["REQUEST_METHOD"], path, environ.get("REMOTE_ADDR", ""))
        current.VISIT.set(visit)
        environ[KEY] = visit
        exit_ = _Exit(start_response, visit, self._headers)
        try:
            self._enter(visit, environ)
            if path in self._login_paths:
                reply = self._login(visit, environ)
                visit.end()
                return exit_.answer(reply, head=visit.method == "HEAD")
            chunks = self._app(environ, exit_)
            # An application may call start_response as late as with its first chunk.
            return _Visited(chunks if exit_.started else _begun(chunks), visit)
        except BaseException as error:
            if visit.refusal is None or exit_.started:
                visit.end()
                raise
            reply = self.reply(visit, visit.refusal, environ)
            visit.end()
            if not isinstance(error, Refusal):
                raise
            return exit_.answer(reply, head=visit.method == "HEAD")

    def reply(self, visit: Visit, refusal: Refusal, environ: Environ) -> Answer:
        """Write a denial down, wait until that is durable, and say what to answer."""
        try:
            if (recorded := self._guard.record(visit, refusal)) is not None:
                recorded.result(DEADLINE)
        except (RingwallError, concurrent.futures.TimeoutError):
            refusal = Refusal(Unavailable("the audit log cannot be written"))
        query = environ.get("QUERY_STRING", "")
        place = quote(environ.get("SCRIPT_NAME", "") + visit.path, safe="/:@!$&'()*+,;=~") + (
            f"?{query}" if query else ""
        )
        accept, mode = environ.get("HTTP_ACCEPT", ""), environ.get("HTTP_SEC_FETCH_MODE", "")
        development = self._guard.settings.development
        return answer(refusal, Asker(visit.method, place, accept, mode, bool(self._login_paths), development))

    def _enter(self, visit: Visit, environ: Environ) -> None:
        headers = [value for name, value in environ.items() if name.startswith("HTTP_")]
        if len(headers) > HEADERS or sum(map(len, headers)) > HEADER_BYTES:
            refuse_headers(visit)
        # A server joins headers of one name by commas; a token has none, so two of them are seen here as one malformed.
        authorization = [value] if (value := environ.get("HTTP_AUTHORIZATION")) is not None else []
        if (wait := present(visit, authorization, environ.get("HTTP_COOKIE", ""), certificate_in(environ))) is not None:
            try:
                admitted(visit, self._guard.keeper.submit(wait.find()).result(DEADLINE))
            except concurrent.futures.TimeoutError:
                failed(visit, Unavailable("the proof of who calls could not be checked in time"))
            except (Unauthenticated, Unavailable) as error:
                failed(visit, error)
        if must_prove_origin(visit):
            _check_origin(visit, environ)
        environ["wsgi.input"] = GuardedInput(environ, visit, self._limits)

    def _login(self, visit: Visit, environ: Environ) -> Answer:
        from ringwall.login.web import WebRequest

        assert self._guard.endpoints is not None
        if visit.method not in SAFE and not _check_origin(visit, environ):
            assert isinstance(visit.failure, Denied)
            self._guard.refuse(visit, visit.failure, visit.failure.decision)
        headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name[:5] == "HTTP_"}
        request = WebRequest(
            method=visit.method,
            scheme=environ["wsgi.url_scheme"],
            host=environ.get("HTTP_HOST", ""),
            path=visit.path,
            query=environ.get("QUERY_STRING", ""),
            headers={**headers, "content-type": environ.get("CONTENT_TYPE", "")},
            cookies=cookies(environ.get("HTTP_COOKIE", "")),
            body=environ["wsgi.input"].read(),
            client=visit.client,
        )
        response = self._guard.keeper.submit(self._guard.endpoints.handle(request)).result(DEADLINE)
        visit.decided = True
        return Answer(response.status, response.headers, response.body)


def certificate_in(environ: Environ) -> bytes | None:
    """The client's leaf certificate in DER, as the TLS layer verified it."""
    if (scope := environ.get("asgi.scope")) is not None:  # a2wsgi's, under an ASGI server
        return certificate_of(scope.get("extensions") or {})
    # Servers set the certificate also when they could not verify it.
    certificate = environ.get("SSL_CLIENT_CERT") if environ.get("SSL_CLIENT_VERIFY") == "SUCCESS" else None
    return ssl.PEM_cert_to_DER_cert(certificate) if certificate else None


class _Exit:
    """A ``start_response`` that adds secure headers and is the last line."""

    def __init__(self, start_response: Start, visit: Visit, headers: SecureHeaders) -> None:
        self._start = start_response
        self._visit = visit
        self._headers = headers
        self.started = False

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        if not self._visit.decided:
            if self._visit.refusal is not None:
                raise self._visit.refusal
            undecided(self._visit, {"status": int(status[:3]), "headers": raw}, stop=True)
        self.started = True
        complete = self._headers.complete(raw, private=self._visit.caller is not None)
        added = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in complete[len(raw) :]]
        return self._start(status, [*headers, *added], *((exc_info,) if exc_info else ()))

    def answer(self, reply: Answer, *, head: bool) -> list[bytes]:
        """Start one complete response of our own, and give its body."""
        self._visit.decided = True
        length = ("content-length", str(len(reply.body)))
        self(f"{reply.status} {phrase(reply.status)}", [*reply.headers, length])
        return [] if head else [reply.body]


class _Visited:
    """The chunks of a response. The visit ends with the last of them, or when the server closes them before that."""

    def __init__(self, chunks: Iterable[bytes], visit: Visit) -> None:
        self._chunks = chunks
        self._visit = visit

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._chunks
        finally:
            self._visit.end()

    def close(self) -> None:
        self._visit.end()
        getattr(self._chunks, "close", lambda: None)()


def _begun(chunks: Iterable[bytes]) -> Iterable[bytes]:
    iterator = iter(chunks)
    first = next(iterator, b"")

    def rest() -> Iterator[bytes]:
        try:
            yield first
            yield from iterator
        finally:
            getattr(chunks, "close", lambda: None)()

    return rest()


def _check_origin(visit: Visit, environ: Environ) -> bool:
    return check_origin(
        visit,
        fetch_site=environ.get("HTTP_SEC_FETCH_SITE", ""),
        origin=environ.get("HTTP_ORIGIN", ""),
        host=environ.get("HTTP_HOST", ""),
        scheme=environ["wsgi.url_scheme"],
    )
