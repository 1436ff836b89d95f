"""An authority as one running process: OAuth, pages, CA, Workload API and vault, behind its listeners."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import resource
import ssl
from ipaddress import ip_address

from ringwall.authority.authority import Authority
from ringwall.authority.authzen.door import PREFIX, decision_point
from ringwall.authority.ca import attest, operate
from ringwall.authority.ca.issuer import Issuer
from ringwall.authority.ca.kept import open_ca
from ringwall.authority.ca.own_identity import OwnIdentity
from ringwall.authority.ca.profile import LeafIdentity
from ringwall.authority.ca.workload import WorkloadServer
from ringwall.authority.clients.development import register
from ringwall.authority.deployment import Deployment
from ringwall.authority.listener import bind
from ringwall.authority.pages import pages
from ringwall.authority.people import development
from ringwall.authority.people.directory import Directory
from ringwall.authority.policies import push
from ringwall.authority.server import Server
from ringwall.authority.vault import operator_vault, vault
from ringwall.authority.vault.rotation import rotate_due
from ringwall.clock import SYSTEM, Clock
from ringwall.errors import Misconfigured
from ringwall.peers.check import PeerCheck
from ringwall.peers.context import server_context
from ringwall.peers.identity import SpiffeId

log = logging.getLogger("ringwall.authority")

_ROTATE_EVERY = 10.0


class Running:
    """Built by :meth:`start`; serves until :meth:`stop`."""

    def __init__(self, deployment: Deployment, authority: Authority, directory: Directory, issuer: Issuer) -> None:
        self.deployment = deployment
        self.authority = authority
        self.directory = directory
        self.issuer = issuer
        self._tasks: list[asyncio.Task[None]] = []
        self._server: Server | None = None
        self._workload: WorkloadServer | None = None

    @classmethod
    async def start(cls, deployment: Deployment, clock: Clock = SYSTEM) -> Running:
        """Bind, open, and serve. In development taken ports are replaced by free ones; what it became is in
        ``deployment``. Raises ``Misconfigured`` and ``Unavailable``; then nothing runs, and nothing is bound.
        """
        _allow_open_files()
        public = bind(*deployment.public, another=deployment.development)
        with contextlib.ExitStack() as undo:
            undo.callback(public.close)
            internal = bind(*deployment.internal, another=deployment.development)
            undo.callback(internal.close)
            if deployment.development:
                deployment = _as_bound(deployment, public.getsockname()[1], internal.getsockname()[1])
            home, settings = deployment.home, deployment.settings
            authority = Authority.open(home, settings, passphrase=deployment.passphrase, clock=clock)
            undo.callback(authority.close)
            # In production services and operators are other users: they pass through to the sockets, and see no list.
            home.chmod(0o700 if deployment.development else 0o711)
            directory = Directory(authority)
            authority.people = directory
            issuer = await open_ca(authority)
            running = cls(deployment, authority, directory, issuer)
            own = OwnIdentity(issuer, _names(attest.RESERVED, deployment), clock)
            await own.begin()
            running._server = Server(
                authority,
                home,
                public=public,
                internal=internal,
                internal_tls=server_context(PeerCheck(own.current, clock=clock)),
                public_tls=_public_tls(deployment),
                public_proxies=deployment.proxies,
                public_mounts={"": pages(authority, directory), PREFIX: decision_point(authority)},
                internal_mounts={"/v1/": vault(authority), PREFIX: decision_point(authority)},
                operator_mounts={"/v1/": operator_vault(authority), PREFIX: decision_point(authority)},
                operator_routes={**operate.ROUTES, **push.ROUTES},
            )
            running._workload = WorkloadServer(
                issuer, _attestor(deployment), lambda service: _names(service, deployment), clock=clock
            )
            await running._workload.start(home / "workload.sock", mode=0o600 if deployment.development else 0o666)
            if deployment.development:
                await development.populate(directory, development=True)
                await register(authority.clients, development=True)
            await running._server.start()
            running._tasks += (asyncio.create_task(own.renew()), asyncio.create_task(_rotate(authority)))
            undo.pop_all()
            return running

    async def stop(self) -> None:
        """Let requests finish, make everything durable, and let go."""
        for task in self._tasks:
            task.cancel()
        if self._workload is not None:
            await self._workload.stop()
        self.directory.close()
        if self._server is not None:
            await self._server.stop()


def _allow_open_files() -> None:
    # The usual soft limit of 1024 is soon reached by idle connections, and then no listener accepts any more.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _rotate(authority: Authority) -> None:
    while True:
        await asyncio.sleep(_ROTATE_EVERY)
        try:
            await rotate_due(authority)
        except Exception:
            log.exception("secrets that are due could not be rotated; it is tried again in %.0f s", _ROTATE_EVERY)


def _as_bound(deployment: Deployment, public: int, internal: int) -> Deployment:
    settings = dataclasses.replace(
        deployment.settings, issuer=f"http://localhost:{public}", internal=f"https://localhost:{internal}"
    )
    return dataclasses.replace(
        deployment,
        settings=settings,
        public=(deployment.public[0], public),
        internal=(deployment.internal[0], internal),
    )


def _attestor(deployment: Deployment) -> attest.Attestor:
    return attest.by_directory(deployment.home.parent) if deployment.development else attest.by_user(deployment.users)


def _names(service: str, deployment: Deployment) -> LeafIdentity:
    """The names in a certificate: the SPIFFE id, by which we judge, and hosts for strangers who judge by host."""
    spiffe_id = SpiffeId.of(deployment.settings.trust_domain, service)
    hosts: tuple[str, ...] = (service, f"{service}.internal")
    if not deployment.development:
        return LeafIdentity(spiffe_id, hosts)
    return LeafIdentity(spiffe_id, (*hosts, "localhost"), (ip_address("127.0.0.1"), ip_address("::1")))


def _public_tls(deployment: Deployment) -> ssl.SSLContext | None:
    if deployment.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(deployment.certificate, deployment.key)
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(f"[tls] {deployment.certificate} cannot be used: {error}") from error
    return context
