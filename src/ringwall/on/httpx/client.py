"""httpx2's own clients, bound to one peer."""

from __future__ import annotations

from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx2

from ringwall.clock import SYSTEM, Clock
from ringwall.on.httpx.transport import AsyncPeerTransport, AsyncTokenForCall, PeerTransport, TokenForCall, Whereabouts
from ringwall.peers.check import IdentitySource, PeerCheck
from ringwall.peers.peer import Peer

DEFAULT_TIMEOUT = httpx2.Timeout(10.0, connect=3.0)


def client(
    peer: Peer,
    source: IdentitySource,
    *,
    token_for_call: TokenForCall = lambda: None,
    whereabouts: Whereabouts | None = None,
    timeout: httpx2.Timeout = DEFAULT_TIMEOUT,
    clock: Clock = SYSTEM,
) -> httpx2.Client:
    """A sync client for ``peer``: mutual TLS as whoever ``source`` says we are, to nobody but ``peer.spiffe_id``.

    ``token_for_call`` is asked once for each request, and its answer sent as the bearer token: that is how a caller is
    carried on. Paths are relative to ``peer.url``; no other address can be called. ``whereabouts`` says at which URL
    the peer listens now, where that is not ``peer.url``. Seconds in ``timeout``.
    """
    transport = PeerTransport(peer, _check(peer, source, clock), token_for_call, timeout, whereabouts)
    return httpx2.Client(transport=transport, **_settings(peer, timeout))


def async_client(
    peer: Peer,
    source: IdentitySource,
    *,
    token_for_call: AsyncTokenForCall | None = None,
    whereabouts: Whereabouts | None = None,
    timeout: httpx2.Timeout = DEFAULT_TIMEOUT,
    clock: Clock = SYSTEM,
) -> httpx2.AsyncClient:
    """The same as :func:`client`, for use on an event loop; ``token_for_call`` is awaited."""
    transport = AsyncPeerTransport(peer, _check(peer, source, clock), token_for_call or _nobody, timeout, whereabouts)
    return httpx2.AsyncClient(transport=transport, **_settings(peer, timeout))


def _check(peer: Peer, source: IdentitySource, clock: Clock) -> PeerCheck:
    return PeerCheck(source, allowed=frozenset({peer.spiffe_id}), clock=clock)


def _settings(peer: Peer, timeout: httpx2.Timeout) -> dict[str, Any]:
    return {
        "base_url": peer.url,
        "timeout": timeout,
        "trust_env": False,  # a proxy or a CA file from the environment has no say here
        "follow_redirects": False,
        # One client serves many callers: a cookie that answered one of them must not travel with the next.
        "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=())),
    }


async def _nobody() -> None:
    return None
