"""A request and an answer, as the authority's endpoints see them: raw ASGI with nothing in between."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from ringwall.authority.certificate import spiffe_id
from ringwall.authority.oauth.error import OAuthError

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGI: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

FORM = b"application/x-www-form-urlencoded"
FIELDS = 64
"""The most parameters that a form or a query may carry."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()

    async def send(self, send: Send) -> None:
        length = (b"content-length", str(len(self.body)).encode())
        await send({"type": "http.response.start", "status": self.status, "headers": [length, *self.headers]})
        await send({"type": "http.response.body", "body": self.body})


_encode = json.JSONEncoder(separators=(",", ":")).encode

JSON = (b"content-type", b"application/json")
NO_STORE = ((b"cache-control", b"no-store"), (b"pragma", b"no-cache"))


def answer_json(value: Any, status: int = 200, *headers: tuple[bytes, bytes]) -> Answer:
    """``value`` as JSON that no cache keeps."""
    return Answer(status, _encode(value).encode(), (JSON, *NO_STORE, *headers))


class Request:
    """One HTTP request. Its body is read when it is asked for; the protocol class has bounded it already."""

    __slots__ = ("_body", "_receive", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self._receive = receive
        self._body: bytes | None = None

    @property
    def method(self) -> str:
        return self.scope["method"]  # type: ignore[no-any-return]

    @property
    def path(self) -> str:
        return self.scope["path"]  # type: ignore[no-any-return]

    @property
    def address(self) -> str:
        """Where the request came from: an IP address, or empty on a Unix socket."""
        client = self.scope.get("client")
        return client[0] if client else ""

    @property
    def certificate(self) -> bytes | None:
        """The client certificate (DER) that the TLS handshake of this listener has verified."""
        tls = (self.scope.get("extensions") or {}).get("tls")
        return tls.get("client_cert") if tls else None

    @property
    def peer(self) -> str | None:
        """The SPIFFE id in the client certificate."""
        return None if (der := self.certificate) is None else spiffe_id(der)

    @property
    def user(self) -> int | None:
        """The user id at the other end of a Unix socket, as the kernel says."""
        unix = (self.scope.get("extensions") or {}).get("unix")
        return unix["uid"] if unix else None

    def header(self, name: bytes) -> bytes | None:
        """The header of this name (lower case). Raises :class:`OAuthError` when it came more than once."""
        found = None
        for key, value in self.scope["headers"]:
            if key == name:
                if found is not None:
                    raise OAuthError("invalid_request", f"more than one {name.decode()} header")
                found = value
        return found

    async def body(self) -> bytes:
        """The whole body. Raises :class:`OAuthError` when the client goes away."""
        if self._body is None:
            parts = []
            more = True
            while more:
                message = await self._receive()
                if message["type"] == "http.disconnect":
                    raise OAuthError("invalid_request", "the request was cut off")
                parts.append(message.get("body", b""))
                more = message.get("more_body", False)
            self._body = b"".join(parts)
        return self._body

    async def form(self) -> Mapping[str, str]:
        """The parameters of a form (RFC 6749 appendix B); empty ones count as absent (section 3.1).

        Raises :class:`OAuthError` for another content type, and for a parameter that came twice (section 3.2).
        """
        kind = (self.header(b"content-type") or b"").split(b";", 1)[0].strip().lower()
        if kind != FORM:
            sent = "the body is JSON; " if kind == b"application/json" else ""
            raise OAuthError(
                "invalid_request",
                f"{sent}send the parameters as {FORM.decode()}, for example grant_type=client_credentials",
            )
        return parameters(await self.body())

    async def json(self) -> Any:
        """The body as JSON. Raises :class:`OAuthError`."""
        try:
            return json.loads(await self.body())
        except (ValueError, RecursionError):
            raise OAuthError("invalid_request", "the body is not JSON") from None

    def query(self) -> Mapping[str, str]:
        """The parameters of the query, under the rules of :meth:`form`."""
        return parameters(self.scope["query_string"])


def parameters(encoded: bytes) -> Mapping[str, str]:
    """``a=1&b=2`` as a mapping. Raises :class:`OAuthError` for duplicates, bad UTF-8, or too many."""
    found: dict[str, str] = {}
    try:
        for name, value in _pairs(encoded):
            if name in found:
                raise OAuthError("invalid_request", f"the parameter {name[:40]!r} came more than once")
            found[name] = value
    except UnicodeDecodeError:
        raise OAuthError("invalid_request", "the parameters are not UTF-8") from None
    except ValueError:
        raise OAuthError("invalid_request", f"more than {FIELDS} parameters") from None
    return found


def _pairs(encoded: bytes) -> Iterable[tuple[str, str]]:
    return parse_qsl(encoded.decode(), errors="strict", max_num_fields=FIELDS)
