"""The SPIFFE Workload API over a Unix socket: who connects is who the kernel says it is; no secret is needed to begin.

Implements the X.509 profile of the SPIFFE Workload API (sections 4 and 5). The JWT profile answers UNIMPLEMENTED.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import socket
import struct
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grpclib.const import Cardinality, Handler, Status
from grpclib.exceptions import GRPCError
from grpclib.server import Server, Stream

from ringwall.authority.ca.attest import Attestor
from ringwall.authority.ca.issuer import Issuer
from ringwall.authority.ca.profile import LeafIdentity
from ringwall.clock import SYSTEM, Clock
from ringwall.errors import RingwallError
from ringwall.peers.spiffe import FETCH_X509_BUNDLES, FETCH_X509_SVID, JWT_METHODS, SECURITY_HEADER
from ringwall.peers.spiffe import workload_pb2 as pb
from ringwall.peers.x509_context import X509Context

log = logging.getLogger("ringwall.authority.workload")

_jitter = random.SystemRandom()

Profile = Callable[[str], LeafIdentity]
"""The names that a service's certificate shall carry."""


class WorkloadServer:
    """Streams to each attested process its identity: at once, at half of its life, and when something is withdrawn."""

    def __init__(self, issuer: Issuer, attest: Attestor, profile: Profile, *, clock: Clock = SYSTEM) -> None:
        self._issuer = issuer
        self._attest = attest
        self._profile = profile
        self._clock = clock
        self._changed = asyncio.Event()
        self._connections: weakref.WeakSet[Any] = weakref.WeakSet()
        self._server: Server | None = None
        self._path: Path | None = None

    async def start(self, path: Path, *, mode: int = 0o600) -> None:
        """Listen at ``path``; ``mode`` is 0o666 where services run as other users. Raises ``OSError``."""
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        try:
            os.fchmod(listener.fileno(), mode)  # before the name exists, so that it never stands open
            listener.bind(os.fspath(path))
            path.chmod(mode)
            self._server = Server([self])
            await self._server.start(sock=listener)
        except BaseException:
            listener.close()
            raise
        self._path = path

    async def stop(self) -> None:
        """Close the socket and end every stream. Services keep what they hold."""
        if self._server is not None:
            self._server.close()
            for connection in tuple(self._connections):
                connection.close()  # grpclib would leave them open, and their clients waiting
            # Newer event loops wait here for the last client to hang up; ours have a certificate for the hour.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._server.wait_closed(), 1.0)
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def notify(self) -> None:
        """Push to every stream now: the deny-list or the bundle is another."""
        self._changed.set()
        self._changed = asyncio.Event()

    def __mapping__(self) -> dict[str, Handler]:
        stream = Cardinality.UNARY_STREAM
        return {
            FETCH_X509_SVID: Handler(self._x509_svid, stream, pb.X509SVIDRequest, pb.X509SVIDResponse),
            FETCH_X509_BUNDLES: Handler(self._x509_bundles, stream, pb.X509BundlesRequest, pb.X509BundlesResponse),
            **{
                method: Handler(_unimplemented, Cardinality.UNARY_UNARY, pb.X509SVIDRequest, pb.X509SVIDResponse)
                for method in JWT_METHODS
            },
        }

    async def _x509_svid(self, stream: Stream[pb.X509SVIDRequest, pb.X509SVIDResponse]) -> None:
        name = await self._accept(stream)
        context = await self._issue(name)
        due = self._half_life(context)
        while True:
            changed = self._changed
            await stream.send_message(_response(context, self._issuer.crls_for(context.chain)))
            while not changed.is_set() and (left := due - self._clock.now()) > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), left)
            if self._clock.now() >= due or not self._issuer.signed(context.chain):
                if self._service(stream) != name:
                    raise GRPCError(Status.PERMISSION_DENIED, "the process is no longer the service that it was")
                context = await self._issue(name)
                due = self._half_life(context)

    async def _x509_bundles(self, stream: Stream[pb.X509BundlesRequest, pb.X509BundlesResponse]) -> None:
        await self._accept(stream)
        while True:
            changed = self._changed
            domain = f"spiffe://{self._issuer.trust_domain}"
            await stream.send_message(pb.X509BundlesResponse(bundles={domain: b"".join(self._issuer.bundle)}))
            await changed.wait()

    async def _accept(self, stream: Stream[Any, Any]) -> str:
        if stream.metadata is None or stream.metadata.get(SECURITY_HEADER) != "true":
            raise GRPCError(Status.INVALID_ARGUMENT, "security header missing from request")
        self._connections.add(_transport(stream))
        # Who it is comes before what it sends: a message of a stranger could be of any size.
        if (name := self._service(stream)) is None:
            raise GRPCError(Status.PERMISSION_DENIED, "no identity issued")
        await stream.recv_message()
        return name

    def _service(self, stream: Stream[Any, Any]) -> str | None:
        pid, uid, gid = _credentials(stream)
        name = self._attest(pid, uid, gid)
        if name is None:
            log.warning("no service is registered for process %d of user %d", pid, uid)
        return name

    async def _issue(self, name: str) -> X509Context:
        try:
            context = await self._issuer.issue(self._profile(name))
        except RingwallError as error:
            log.error("no certificate for %s: %s", name, error.message)
            raise GRPCError(Status.UNAVAILABLE, "no certificate can be issued now") from error
        log.info("issued a certificate to %s until %.0f", context.spiffe_id, context.not_after)
        return context

    def _half_life(self, context: X509Context) -> float:
        """When to renew: at half of what is left, less some jitter, so that services do not renew all together."""
        now = self._clock.now()
        return now + (context.not_after - now) * _jitter.uniform(0.45, 0.5)


async def _unimplemented(_stream: Stream[Any, Any]) -> None:
    # Said here, because grpclib's own answer to an unknown method is one that its clients cannot read.
    raise GRPCError(Status.UNIMPLEMENTED, "only the X.509 profile is served")


def _credentials(stream: Stream[Any, Any]) -> tuple[int, int, int]:
    """Process, user and group of the other end as they were when it connected (SO_PEERCRED, unix(7))."""
    descriptor = os.dup(_transport(stream).get_extra_info("socket").fileno())
    with socket.socket(fileno=descriptor) as connection:
        return struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))


def _transport(stream: Stream[Any, Any]) -> Any:
    return stream.peer._transport  # grpclib shows a peer's address, but not its connection


def _response(context: X509Context, crls: tuple[bytes, ...]) -> pb.X509SVIDResponse:
    svid = pb.X509SVID(
        spiffe_id=str(context.spiffe_id),
        x509_svid=b"".join(context.chain),
        x509_svid_key=context.key.reveal(),
        bundle=b"".join(context.bundle),
    )
    return pb.X509SVIDResponse(svids=[svid], crl=crls)
