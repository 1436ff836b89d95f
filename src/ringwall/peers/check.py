"""Whether the other end of a connection may be there, asked at its handshake and again whenever data moves.

A TLS library looks at a certificate once. A connection that is kept alive then outlives the certificate, the CA and the
permission that it was made with. Here the question stays open for as long as the connection does.
"""

from __future__ import annotations

import logging
import ssl
from collections import deque
from collections.abc import Callable

from ringwall.clock import SYSTEM, Clock
from ringwall.errors import RingwallError, Unavailable
from ringwall.peers.certificate import PeerCertificate
from ringwall.peers.identity import SpiffeId
from ringwall.peers.x509_context import X509Context

log = logging.getLogger("ringwall.peers")

IdentitySource = Callable[[], X509Context]
"""Gives our current identity from memory, at once; raises ``Unavailable`` when there is none."""


class PeerRefused(ssl.SSLCertVerificationError):
    """The other end may not be here. An ``SSLError``, so that every TLS stack drops the connection for it."""


class Admitted:
    """One connection's peer, who let it in, and the snapshot of ours that it was last compared with."""

    __slots__ = ("certificate", "check", "not_after", "seen")

    def __init__(self, certificate: PeerCertificate, check: PeerCheck, seen: X509Context) -> None:
        self.certificate = certificate
        self.check = check
        self.not_after = certificate.not_after
        self.seen = seen


class PeerCheck:
    """The conditions of one listener, or of one pool of client connections.

    ``allowed`` are the SPIFFE ids that may be at the other end; ``None`` stands for any service of our own trust
    domain. ``refusals`` holds the newest reasons, oldest first.
    """

    def __init__(
        self, source: IdentitySource, *, allowed: frozenset[SpiffeId] | None = None, clock: Clock = SYSTEM
    ) -> None:
        self._source = source
        self._allowed = allowed
        self._clock = clock
        self.refusals: deque[str] = deque(maxlen=64)

    def identity(self) -> X509Context:
        """Ours, now. Raises :class:`Unavailable` when there is none, or when it has ended."""
        ours = self._source()
        if self._clock.now() >= ours.not_after:
            raise Unavailable(f"our own certificate, of {ours.spiffe_id}, has expired and no newer one came")
        return ours

    def now(self) -> float:
        """The time by which certificates are judged, in seconds since 1970."""
        return self._clock.now()

    def admit(self, chain: tuple[bytes, ...], *, resumed: bool) -> Admitted:
        """At the end of a handshake that the TLS library accepted, with the DER chain that it verified, leaf first.

        Raises :class:`PeerRefused`.
        """
        if resumed:
            raise self.refused("it resumed an old session, which proves nothing about today")
        if not chain:
            raise self.refused("it sent no certificate")
        try:
            certificate = PeerCertificate.parse(chain[0], chain[1:])
            ours = self._source()
        except RingwallError as error:
            raise self.refused(error.message) from error
        admitted = Admitted(certificate, self, ours)
        self._expired(admitted)
        self._compare(certificate, ours)
        return admitted

    def hold(self, admitted: Admitted) -> None:
        """Before data moves in either direction. Raises :class:`PeerRefused` once the reason to be here has gone."""
        self._expired(admitted)
        try:
            ours = self._source()
        except RingwallError as error:
            raise self.refused(error.message) from error
        if ours is not admitted.seen:
            self._compare(admitted.certificate, ours)
            admitted.seen = ours

    def renew_at(self, admitted: Admitted) -> float:
        """When to replace a connection, in good time: at 80 % of what is left of the peer's certificate."""
        now = self._clock.now()
        return now + 0.8 * (admitted.certificate.not_after - now)

    def refused(self, reason: str) -> PeerRefused:
        """Note the reason where operators look for it; asyncio's servers drop a failed handshake in silence."""
        log.warning("refused a peer: %s", reason)
        self.refusals.append(reason)
        return PeerRefused(1, f"peer refused: {reason}")

    def _expired(self, admitted: Admitted) -> None:
        if self._clock.now() >= admitted.not_after:
            raise self.refused(f"the certificate of {admitted.certificate.spiffe_id} has expired")

    def _compare(self, certificate: PeerCertificate, ours: X509Context) -> None:
        theirs = certificate.spiffe_id
        if theirs.trust_domain != ours.spiffe_id.trust_domain:
            raise self.refused(f"{theirs} is not of our trust domain {ours.spiffe_id.trust_domain}")
        if self._allowed is not None and theirs not in self._allowed:
            expected = " or ".join(sorted(map(str, self._allowed)))
            raise self.refused(f"{theirs} is there, and only {expected or 'nobody'} may be")
        if certificate.serial in ours.denied:
            raise self.refused(f"a certificate of {theirs} has been withdrawn")
        if not certificate.issuers or certificate.issuers[-1] not in ours.bundle:
            raise self.refused(f"the root above {theirs} is no longer trusted")
