"""Who calls: a bearer token, a browser's session, or a client certificate."""

from __future__ import annotations

from ringwall.caller import Caller
from ringwall.clock import SYSTEM, Clock
from ringwall.errors import RingwallError, Unauthenticated
from ringwall.login.session import Present, Renewal
from ringwall.on.composition.verification import Verification
from ringwall.on.login import Login
from ringwall.parts import Admitted, Credentials, Wait
from ringwall.peers.certificate import PeerCertificate


class Admission:
    """The bearer token decides before the session, and the session before the certificate."""

    def __init__(
        self, verification: Verification, login: Login | None, trust_domain: str, clock: Clock = SYSTEM
    ) -> None:
        self._verification = verification
        self._trust_domain = trust_domain
        self._login = login
        self._clock = clock

    def admit(self, credentials: Credentials) -> Admitted | Wait | None:
        if credentials.bearer is not None:
            caller = self._verification.caller(credentials.bearer)
            peer = None if credentials.certificate is None else self._peer(credentials.certificate)
            _check_sender(caller, peer)
            return Admitted(caller, credentials.bearer)
        if credentials.cookies and self._login is not None:
            found = self._login.session(credentials.cookies)
            if isinstance(found, Renewal):
                return self._renewing(self._login, found)
            if found is not None:
                return _admitted(found)
        if credentials.certificate is not None:
            peer = self._peer(credentials.certificate)
            return Admitted(Caller(str(peer.spiffe_id), "service", proof="certificate", expires=peer.not_after))
        return None

    def _renewing(self, login: Login, renewal: Renewal) -> Wait:
        async def find() -> Admitted | None:
            found = await login.renew(renewal)
            return None if found is None else _admitted(found)

        return Wait(find)

    def _peer(self, der: bytes) -> PeerCertificate:
        # Our own listeners have judged it at the handshake and on each read. Another server may have looked but once.
        try:
            certificate = PeerCertificate.parse(der)
        except RingwallError as error:
            raise Unauthenticated(f"the client certificate names no service: {error.message}") from error
        if not certificate.not_before <= self._clock.now() < certificate.not_after:
            raise Unauthenticated("the client certificate has expired")
        if certificate.spiffe_id.trust_domain != self._trust_domain:
            raise Unauthenticated(f"the client certificate is not of our trust domain {self._trust_domain}")
        return certificate


def _admitted(present: Present) -> Admitted:
    return Admitted(present.caller, present.access_token or None)


def _check_sender(caller: Caller, peer: PeerCertificate | None) -> None:
    """A service's token is taken only over mutual TLS with that service, and a person's only without: so neither is of
    use to whoever took it from the one it was made for."""
    sender = caller if caller.kind == "service" and caller.actor is None else caller.actor
    made_for, sent_by = sender and sender.id, peer and str(peer.spiffe_id)
    if made_for != sent_by:
        raise Unauthenticated(
            f"the token was made for {made_for or 'a person'} to send, and {sent_by or 'nobody known'} sent it",
            code="invalid_token",
        )
