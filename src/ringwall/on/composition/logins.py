"""Browser logins of one service: the providers it relies on, and where it keeps sessions."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ssl
from collections.abc import Callable

import httpx2

from ringwall.audit.event import Event
from ringwall.caller import Caller
from ringwall.errors import Unavailable
from ringwall.keeper import Keeper
from ringwall.login.client import Client as RelyingClient
from ringwall.login.place import Origins, is_local
from ringwall.login.web import WebRequest, WebResponse
from ringwall.on.composition.authority_client import SERVICE, AuthorityClient
from ringwall.on.composition.verification import Verification
from ringwall.on.login import Keeping, Login, OtherProvider, OwnAuthority, Relying
from ringwall.peers.check import IdentitySource, PeerCheck
from ringwall.peers.context import client_context
from ringwall.peers.identity import SpiffeId
from ringwall.secret import Secret
from ringwall.settings import LoginSettings, Settings
from ringwall.snapshot_file import key_file
from ringwall.store.session_file import FileSessions
from ringwall.store.sessions import MemorySessions, SessionStore
from ringwall.tokens.principal import Naming

OWN_SCOPES = ("openid", "profile", "offline_access")
_ORIGINS = 8


def login_of(
    settings: Settings,
    keeper: Keeper,
    identity: IdentitySource,
    verification: Verification,
    secret: Callable[[str], Secret[str]],
    is_revoked: Callable[[Caller, float], bool],
    record: Callable[[Event], object],
) -> Login:
    """The login of this service: at the providers of ``[login.…]``, or at our own authority when there are none."""
    relying: list[Relying]
    if settings.logins:
        relying = [_other(settings, name, login, secret) for name, login in settings.logins.items()]
    else:
        relying = [_own(settings, identity, verification)]
    return Login(
        settings.service.name,
        relying,
        Origins(settings.service.url, development=settings.development),
        Keeping(
            store=_store(settings),
            key=key_file(settings.state_directory / "session.key"),
            lifetimes=settings.sessions,
            is_revoked=is_revoked,
            background=keeper.submit,
            clock=keeper.clock,
        ),
        development=settings.development,
        record=record,
    )


class KeptLogin:
    """The login pages, run on the keeper's loop.

    In development the service tells the authority where it is reached before the first person is sent there.
    """

    def __init__(self, login: Login, settings: Settings, keeper: Keeper, client: AuthorityClient) -> None:
        self._login = login
        self._settings = settings
        self._keeper = keeper
        self._client = client
        self._told: list[str] = []
        self._registers = settings.development and not settings.logins

    @property
    def paths(self) -> frozenset[str]:
        return self._login.paths

    async def handle(self, request: WebRequest) -> WebResponse:
        return await asyncio.wrap_future(self._keeper.submit(self._handle(request)))

    async def _handle(self, request: WebRequest) -> WebResponse:
        origin = f"{request.scheme}://{request.host}"
        # Whoever asks chooses the Host: a foreign one is for the login to refuse.
        if self._registers and request.path == "/login" and origin not in self._told and is_local(origin):
            with contextlib.suppress(httpx2.HTTPError, OSError, Unavailable):
                # When this fails, the login itself says better than we could what is wrong.
                await self._register(origin)
        return await self._login.handle(request)

    async def _register(self, origin: str) -> None:
        known = [*self._told, origin][-_ORIGINS:]
        facts = {
            "redirect_uris": [f"{one}/callback" for one in known],
            "post_logout_redirect_uris": [f"{one}/" for one in known],
        }
        response = await self._client.current().put("/services/self", json=facts)
        if response.status_code == 200:
            self._told = known


def _own(settings: Settings, identity: IdentitySource, verification: Verification) -> OwnAuthority:
    domain = settings.trust_domain
    check = PeerCheck(identity, allowed=frozenset({SpiffeId.of(domain, SERVICE)}))

    def tls() -> ssl.SSLContext:
        return client_context(check.identity(), check)

    client = RelyingClient(str(SpiffeId.of(domain, settings.service.name)), OWN_SCOPES, "certificate")
    return OwnAuthority(
        issuer=lambda: settings.authority_address().issuer, client=client, caller=verification.caller, tls=tls
    )


def _other(settings: Settings, name: str, login: LoginSettings, secret: Callable[[str], Secret[str]]) -> OtherProvider:
    naming = Naming(
        "", provider=name, attributes=settings.claims, foreign_roles=login.roles, foreign_roles_claim=login.roles_claim
    )

    return OtherProvider(
        name=name,
        issuer=lambda: login.issuer,
        client=RelyingClient(login.client_id, login.scopes, "basic" if login.client_secret else "none"),
        caller=functools.partial(naming.caller, proof="session"),
        secret=(lambda: secret(login.client_secret)) if login.client_secret else None,
    )


def _store(settings: Settings) -> SessionStore:
    if settings.sessions.store == "memory":
        return MemorySessions()
    return FileSessions(settings.path.parent / settings.sessions.store)
