"""The client that is there in development, and only there: for a first login from any program on this machine."""

from __future__ import annotations

from ringwall.authority.clients.registry import Registry
from ringwall.errors import Misconfigured
from ringwall.store.clients import Client

_LOOPBACK = ("http://127.0.0.1", "http://[::1]")

DEMO = Client(
    id="demo",
    method="none",
    kind="native",
    redirect_uris=tuple(f"{origin}/callback" for origin in _LOOPBACK),
    post_logout_redirect_uris=tuple(f"{origin}/" for origin in _LOOPBACK),
    name="Demo",
)
"""Public, with PKCE. It is answered at ``/callback`` of any port of a loopback address."""


async def register(clients: Registry, *, development: bool) -> None:
    """Register the demo client. Raises ``Misconfigured`` outside development."""
    if not development:
        raise Misconfigured("the demo client exists in development only")
    await clients.put(DEMO, actor="development")
