"""The mutual-TLS client for the authority's internal listener."""

from __future__ import annotations

from collections.abc import Callable

import httpx2

from ringwall.on.httpx import async_client
from ringwall.peers.check import IdentitySource
from ringwall.peers.identity import SpiffeId
from ringwall.peers.peer import Peer
from ringwall.settings import AuthorityAddress, Settings

SERVICE = "authority"


class AuthorityClient:
    """One client for as long as the authority stays where it is; a new one when it moves. Use it on one event loop."""

    def __init__(self, settings: Settings, identity: IdentitySource) -> None:
        self._settings = settings
        self._identity = identity
        self._held: tuple[AuthorityAddress, httpx2.AsyncClient] | None = None

    def current(self) -> httpx2.AsyncClient:
        """The client. Raises ``Unavailable`` when no authority is known."""
        address = self._settings.authority_address()
        if self._held is None or self._held[0] != address:
            peer = Peer(SERVICE, address.internal, SpiffeId.of(address.trust_domain, SERVICE))
            self._held = (address, async_client(peer, self._identity))
        return self._held[1]


Client = Callable[[], httpx2.AsyncClient]
