"""``tls_client_auth`` (RFC 8705 section 2.1): TLS has proved the certificate, and its SPIFFE id names the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringwall.authority.oauth.error import InvalidClient
from ringwall.store.clients import Client

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority
    from ringwall.authority.http import Request


async def authenticate(authority: Authority, request: Request) -> Client:
    """The service at the other end of this connection. Raises ``InvalidClient``."""
    peer = request.peer
    client = None if peer is None else await authority.clients.appear(peer)
    if client is None or client.method != "tls_client_auth":
        raise InvalidClient("the client certificate names no registered service")
    return client
