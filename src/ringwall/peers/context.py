"""TLS contexts that know who may be at the other end, and keep asking.

``SSLContext.sslobject_class`` and ``sslsocket_class`` are the standard library's documented seam: whatever server or
client takes a context makes its connections from these classes. A context is never changed once it is used (changing
a shared one is a data race inside OpenSSL); a new identity makes a new context, swapped in whole.
"""

from __future__ import annotations

import _ssl
import os
import ssl
import tempfile
from typing import Any

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from ringwall.errors import RingwallError
from ringwall.peers.check import Admitted, PeerCheck
from ringwall.peers.x509_context import X509Context


class _Checked:
    """What :class:`ssl.SSLObject` and :class:`ssl.SSLSocket` have in common here."""

    admitted: Admitted | None = None
    context: Any

    def _shake(self, handshake: Any) -> None:
        check: PeerCheck = self.context.check
        try:
            handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except ssl.SSLError as error:
            check.refused(_reason(error))
            raise
        chain = _verified_chain(self)
        resumed: bool = self.session_reused  # type: ignore[attr-defined]
        self.admitted = check.admit(chain, resumed=resumed)
        context: IdentityContext = self.context
        context.stale_at = min(context.stale_at, check.renew_at(self.admitted))

    def _hold(self) -> None:
        if self.admitted is None:
            self.do_handshake()  # type: ignore[attr-defined]  # else OpenSSL shakes hands inside its read, unasked
        admitted = self.admitted
        assert admitted is not None
        admitted.check.hold(admitted)


class CheckedObject(_Checked, ssl.SSLObject):
    """A TLS connection over memory buffers: asyncio, uvloop, anyio."""

    def do_handshake(self) -> None:
        self._shake(super().do_handshake)

    def read(self, len: int = 1024, buffer: Any = None) -> Any:  # noqa: A002 - the standard library's name
        self._hold()
        return super().read(len, buffer)

    def write(self, data: Any) -> int:
        self._hold()
        return super().write(data)


class CheckedSocket(_Checked, ssl.SSLSocket):
    """A TLS connection over a socket: threads."""

    def do_handshake(self, block: bool = False) -> None:
        self._shake(lambda: super(CheckedSocket, self).do_handshake(block))

    def read(self, len: int = 1024, buffer: Any = None) -> Any:  # noqa: A002 - the standard library's name
        self._hold()
        return super().read(len, buffer)

    def write(self, data: Any) -> int:
        self._hold()
        return super().write(data)

    def send(self, data: Any, flags: int = 0) -> int:
        self._hold()
        return super().send(data, flags)


class IdentityContext(ssl.SSLContext):
    """A context whose connections satisfy ``check``, from the handshake to the last byte.

    From ``stale_at`` on (seconds since 1970) the certificate of a peer that it met is near its end: a client then does
    well to connect anew, before the connection is cut.
    """

    sslobject_class = CheckedObject
    sslsocket_class = CheckedSocket
    check: PeerCheck
    stale_at = float("inf")


def client_context(
    identity: X509Context, check: PeerCheck, *, minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> IdentityContext:
    """A context for calls that are made as ``identity``. The server is known by its SPIFFE id, not by its host name."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT, check, minimum)
    _load(context, identity)
    return context


def server_context(check: PeerCheck, *, minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> IdentityContext:
    """A context to listen with. It holds no certificate itself: each handshake is given one of the current identity.

    ``minimum`` may be lowered to TLS 1.2, never further.
    """
    listener = _context(ssl.PROTOCOL_TLS_SERVER, check, minimum)
    current: tuple[X509Context, IdentityContext] | None = None

    def choose(connection: Any, _name: str | None, _listener: ssl.SSLContext) -> int | None:
        nonlocal current
        try:
            identity = check.identity()
        except RingwallError as error:
            check.refused(error.message)
            return ssl.ALERT_DESCRIPTION_INTERNAL_ERROR
        if current is None or not current[0].same_credentials(identity):
            fresh = _context(ssl.PROTOCOL_TLS_SERVER, check, minimum)
            _load(fresh, identity)
            current = identity, fresh
        connection.context = current[1]
        return None

    listener.sni_callback = choose  # also called for clients that name no host
    return listener


def _context(protocol: int, check: PeerCheck, minimum: ssl.TLSVersion) -> IdentityContext:
    if minimum < ssl.TLSVersion.TLSv1_2:
        raise ValueError("TLS 1.2 is the oldest version that is ever spoken")
    context = IdentityContext(protocol)
    context.check = check
    context.minimum_version = minimum
    # ringwall: allow tls-not-verified until=2027-12-31 because a peer is known by its SPIFFE id, checked by the hook
    context.check_hostname = False
    # verify_mode and num_tickets stay those of the listener when a handshake swaps its context, so each has both.
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    if protocol == ssl.PROTOCOL_TLS_SERVER:
        context.num_tickets = 0
    return context


def _load(context: IdentityContext, identity: X509Context) -> None:
    context.load_verify_locations(cadata=b"".join(identity.bundle))
    key = load_der_private_key(identity.key.reveal(), None)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem += "".join(map(ssl.DER_cert_to_PEM_cert, identity.chain)).encode()
    # The standard library reads a key from a named file only; on Linux that file can be one that is on no disk.
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("identity"), "wb") as file:
            file.write(pem)
            file.flush()
            context.load_cert_chain(f"/proc/self/fd/{file.fileno()}")
    else:
        with tempfile.NamedTemporaryFile() as file:
            file.write(pem)
            file.flush()
            context.load_cert_chain(file.name)


def _verified_chain(connection: Any) -> tuple[bytes, ...]:
    if hasattr(connection, "get_verified_chain"):  # Python 3.13
        return tuple(connection.get_verified_chain())
    chain = connection._sslobj.get_verified_chain() or ()
    return tuple(certificate.public_bytes(_ssl.ENCODING_DER) for certificate in chain)


def _reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate does not hold: {error.verify_message}"
    return (error.reason or str(error)).replace("_", " ").lower()
