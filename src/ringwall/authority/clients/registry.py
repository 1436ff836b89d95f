"""The clients in memory, and how a service becomes one."""

from __future__ import annotations

from collections.abc import Sequence

from ringwall.audit.event import Event
from ringwall.authority.settings import ServiceSettings, Settings
from ringwall.clock import Clock
from ringwall.store import clients as rows
from ringwall.store.clients import Client, Removed
from ringwall.store.contract import Store, Transaction

SERVICE_GRANTS = (
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:token-exchange",
)


class Registry:
    """Every registered client, by id. It follows the store, so a change is seen as soon as it is durable."""

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        self._store, self._settings, self._clock = store, settings, clock
        self._known: dict[str, Client] = {}
        store.listen(self.take)
        self.take(store.read(rows.every))

    def take(self, news: Sequence[object]) -> None:
        """Take up what was announced."""
        for entry in news:
            if isinstance(entry, Client):
                self._known[entry.id] = entry
            elif isinstance(entry, Removed):
                self._known.pop(entry.id, None)

    def get(self, client: str) -> Client | None:
        """The client with this id."""
        return self._known.get(client)

    def service(self, name: str) -> Client | None:
        """The service with this name."""
        return self._known.get(self._settings.spiffe_id(name))

    def name(self, client: Client) -> str:
        """What an ``aud`` calls this client: a service's name, another client's id."""
        return self._settings.service_name(client.id) or client.id

    async def begin(self) -> None:
        """Register the services that the configuration names.

        In production the configuration is the whole truth, and services that are not in it are forgotten; in
        development what a service said of itself stays.
        """
        if not self._settings.development:
            named = {self._settings.spiffe_id(name) for name in self._settings.services}
            for client in [client for client in self._known.values() if client.kind == "service"]:
                if client.id not in named:
                    await self.remove(client.id, actor="configuration")
        for name, settings in self._settings.services.items():
            if self.service(name) is None or not self._settings.development:
                await self.put(_service(self._settings, name, settings), actor="configuration")

    async def put(self, client: Client, *, actor: str) -> None:
        """Register ``client``, or replace what was registered under its id. Nothing happens when it is the same."""
        if self._known.get(client.id) != client:
            await self._store.write(_put, client, actor, self._clock.now())

    async def remove(self, client: str, *, actor: str) -> None:
        """Forget a client."""
        await self._store.write(_remove, client, actor, self._clock.now())

    async def appear(self, spiffe_id: str) -> Client | None:
        """The client of a service that has just shown its certificate.

        In development a service of our trust domain that nobody registered is registered now; in production, never.
        """
        client = self._known.get(spiffe_id)
        if client is not None or not self._settings.development:
            return client
        name = self._settings.service_name(spiffe_id)
        if name is None:
            return None
        client = _service(self._settings, name, ServiceSettings())
        await self.put(client, actor=spiffe_id)
        return client


def _service(settings: Settings, name: str, allowed: ServiceSettings) -> Client:
    return Client(
        id=settings.spiffe_id(name),
        method="tls_client_auth",
        kind="service",
        redirect_uris=allowed.redirect_uris,
        post_logout_redirect_uris=allowed.post_logout_redirect_uris,
        grants=SERVICE_GRANTS,
        audiences=(name, *(other for other in allowed.audiences if other != name)),
        exchange=None if settings.development else allowed.exchange,
        name=name,
    )


def _put(tx: Transaction, client: Client, actor: str, now: float) -> None:
    rows.put(tx, client, int(now))
    detail = {"kind": client.kind, "method": client.method, "redirect_uris": list(client.redirect_uris)}
    tx.record(Event("client.registered", now, actor=actor, subject=client.id, detail=detail))


def _remove(tx: Transaction, client: str, actor: str, now: float) -> None:
    rows.remove(tx, client)
    tx.record(Event("client.removed", now, actor=actor, subject=client))
