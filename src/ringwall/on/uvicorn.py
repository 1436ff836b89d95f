"""Ringwall on uvicorn: the verified peer reaches the application, and identities stay apart.

uvicorn verifies a client's certificate and then keeps it to itself. The mixin here writes it into each ASGI scope:
``extensions["tls"]`` as the ASGI TLS extension 0.2 defines it, with the leaf as DER in ``client_cert`` beside it, and
``extensions["ringwall.peer"]``: the :class:`~ringwall.peers.certificate.PeerCertificate` that our own check admitted.
"""

from __future__ import annotations

import asyncio
import contextvars
import ssl
from typing import TYPE_CHECKING, Any

from cryptography import x509
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.auto import AutoWebSocketsProtocol

from ringwall.peers.check import PeerCheck
from ringwall.peers.context import CheckedObject, IdentityContext, server_context

if TYPE_CHECKING:
    from collections.abc import Callable

PEER = "ringwall.peer"

_VERSIONS = {"TLSv1.2": 0x0303, "TLSv1.3": 0x0304}


def tls_context(check: PeerCheck) -> Callable[[Config, Callable[[], ssl.SSLContext]], IdentityContext]:
    """For uvicorn's ``ssl_context_factory``: each client must show a certificate that satisfies ``check``."""
    return lambda _config, _default: server_context(check)


class TlsScope(asyncio.Protocol):
    """A mixin for uvicorn's protocol classes."""

    app: Any
    config: Config

    def __init__(self, config: Config, *args: Any, **options: Any) -> None:
        # Else a pipelined request starts in the context, and so with the context variables, of the one before it.
        config.reset_contextvars = True
        super().__init__(config, *args, **options)  # type: ignore[call-arg]  # the protocol class beside this mixin

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        connection = transport.get_extra_info("ssl_object")
        if connection is None:
            return
        app, facts = self.app, _extensions(connection)

        async def with_peer(scope: Any, receive: Any, send: Any) -> None:
            scope["extensions"] = {**facts, **scope.get("extensions", {})}
            await app(scope, receive, send)

        self.app = with_peer


class H11(TlsScope, H11Protocol):
    """HTTP/1.1 in pure Python."""


class HttpTools(TlsScope, HttpToolsProtocol):
    """HTTP/1.1 by the parser of Node.js."""


def _web_socket() -> type[asyncio.Protocol] | None:
    if AutoWebSocketsProtocol is None:
        return None

    class WebSocket(TlsScope, AutoWebSocketsProtocol):  # type: ignore[misc, valid-type]
        def data_received(self, data: bytes) -> None:
            # uvicorn resets context variables for HTTP only, and an upgraded connection may have served requests.
            contextvars.Context().run(super().data_received, data)

    return WebSocket


WebSocket = _web_socket()
"""WebSocket, by whichever library is installed; ``None`` when there is none."""


def _extensions(connection: Any) -> dict[str, Any]:
    leaf: bytes | None = connection.getpeercert(True)
    admitted = connection.admitted if isinstance(connection, CheckedObject) else None
    chain = () if leaf is None else (leaf, *(admitted.certificate.issuers if admitted else ()))
    tls = {
        "server_cert": None,
        "client_cert": leaf,
        "client_cert_chain": tuple(map(ssl.DER_cert_to_PEM_cert, chain)),
        "client_cert_name": x509.load_der_x509_certificate(leaf).subject.rfc4514_string() if leaf else None,
        "client_cert_error": None,
        "tls_version": _VERSIONS.get(connection.version() or ""),
        "cipher_suite": _suite(connection),
    }
    return {"tls": tls, PEER: admitted.certificate} if admitted else {"tls": tls}


def _suite(connection: Any) -> int | None:
    name = connection.cipher()[0]
    return next((suite["id"] & 0xFFFF for suite in connection.context.get_ciphers() if suite["name"] == name), None)
