"""A peer's certificate, read strictly: an X.509-SVID leaf, or nothing (SPIFFE X.509-SVID, sections 2 to 5.2)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from ringwall.errors import Invalid
from ringwall.peers.identity import SpiffeId

E = TypeVar("E", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True)
class PeerCertificate:
    """What a leaf says. That it may be believed is for TLS to prove first.

    Times are seconds since 1970. ``der`` is the leaf, ``issuers`` the verified certificates above it up to the root.
    """

    spiffe_id: SpiffeId
    serial: int
    not_before: float
    not_after: float
    der: bytes = field(repr=False)
    issuers: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def parse(cls, der: bytes, issuers: tuple[bytes, ...] = ()) -> PeerCertificate:
        """Read a DER leaf. Raises :class:`Invalid` when it is a CA, or does not name exactly one service."""
        try:
            leaf = x509.load_der_x509_certificate(der)
            names = _extension(leaf, x509.SubjectAlternativeName)
            uris = names.get_values_for_type(x509.UniformResourceIdentifier) if names else []
            constraints = _extension(leaf, x509.BasicConstraints)
            usage = _extension(leaf, x509.KeyUsage)
        except (ValueError, x509.DuplicateExtension, UnsupportedAlgorithm) as error:
            raise Invalid("the certificate cannot be read") from error
        if (constraints and constraints.ca) or (usage and (usage.key_cert_sign or usage.crl_sign)):
            raise Invalid("the certificate is a CA's, which is no proof of a service")
        if len(uris) != 1:
            raise Invalid(f"the certificate carries {len(uris)} URI names instead of exactly one spiffe id")
        spiffe_id = SpiffeId.parse(uris[0])
        if not spiffe_id.path:
            raise Invalid("the certificate names a trust domain and no service")
        return cls(
            spiffe_id,
            leaf.serial_number,
            leaf.not_valid_before_utc.timestamp(),
            leaf.not_valid_after_utc.timestamp(),
            der,
            issuers,
        )

    @property
    def thumbprint(self) -> str:
        """``x5t#S256`` of RFC 8705 section 3.1: what a certificate-bound token says of its holder."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.der).digest()).rstrip(b"=").decode()


def _extension(certificate: x509.Certificate, kind: type[E]) -> E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
