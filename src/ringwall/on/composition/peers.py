"""``guard.peer(name)`` and ``guard.async_peer(name)``."""

from __future__ import annotations

import functools

import httpx2

from ringwall.errors import Misconfigured
from ringwall.on.composition.exchange import Exchange
from ringwall.on.composition.whereabouts import whereabouts
from ringwall.on.httpx import async_client, client
from ringwall.on.httpx.transport import Whereabouts
from ringwall.peers.check import IdentitySource
from ringwall.peers.identity import SpiffeId
from ringwall.peers.peer import Peer
from ringwall.settings import PeerSettings, Settings


class Peers:
    """The clients for the services of ``[peers]``."""

    def __init__(self, settings: Settings, identity: IdentitySource, exchange: Exchange) -> None:
        self._settings = settings
        self._identity = identity
        self._exchange = exchange

    def sync(self, name: str) -> httpx2.Client:
        """A client that calls as this service, for the caller of the handler that it is used in."""
        service = self._named(name).service
        token = self._exchange.token_for(service)
        return client(self._peer(name), self._identity, token_for_call=token, whereabouts=self._where(name))

    def asynchronous(self, name: str) -> httpx2.AsyncClient:
        """The same for coroutines."""
        service = self._named(name).service
        token = self._exchange.async_token_for(service)
        return async_client(self._peer(name), self._identity, token_for_call=token, whereabouts=self._where(name))

    def _peer(self, name: str) -> Peer:
        found = self._named(name)
        return Peer(name, found.url, SpiffeId.of(self._settings.trust_domain, found.service))

    def _where(self, name: str) -> Whereabouts:
        return functools.partial(whereabouts, self._settings, self._named(name))

    def _named(self, name: str) -> PeerSettings:
        found = self._settings.peers.get(name)
        if found is None:
            raise Misconfigured(
                f"there is no peer {name!r} under [peers]",
                hint=f'add: {name} = "https://{name}.internal:8443"',
                where=str(self._settings.path),
            )
        return found
