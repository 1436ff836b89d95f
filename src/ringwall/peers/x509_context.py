"""What a workload holds: its X.509-SVID with the key, the roots it trusts, and the certificates that are withdrawn."""

from __future__ import annotations

import base64
import itertools
import json
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from ringwall.errors import Tampered
from ringwall.peers.certificate import PeerCertificate
from ringwall.peers.identity import SpiffeId
from ringwall.secret import Secret


@dataclass(frozen=True, slots=True)
class X509Context:
    """One immutable snapshot; a newer one replaces it whole.

    ``chain`` is DER, leaf first, without the root; ``key`` is PKCS#8 DER; ``bundle`` is the DER roots of our trust
    domain; ``denied`` are serial numbers; times are seconds since 1970.
    """

    spiffe_id: SpiffeId
    chain: tuple[bytes, ...]
    key: Secret[bytes]
    bundle: tuple[bytes, ...]
    not_before: float
    not_after: float
    denied: frozenset[int] = frozenset()

    @classmethod
    def assemble(
        cls, chain: tuple[bytes, ...], key: bytes, bundle: tuple[bytes, ...], crls: tuple[bytes, ...] = ()
    ) -> X509Context:
        """The context made of these parts, checked to belong together.

        Raises :class:`Invalid` for a leaf that is no SVID, and :class:`Tampered` when the key is not the leaf's, a part
        cannot be read or was not issued by the next one, or a CRL is not signed by a CA of this chain or bundle.
        """
        if not chain or not bundle:
            raise Tampered("an identity without a certificate or without roots")
        leaf = PeerCertificate.parse(chain[0])
        try:
            public = x509.load_der_x509_certificate(chain[0]).public_key()
            if _spki(public) != _spki(load_der_private_key(key, None).public_key()):
                raise Tampered("the private key does not belong to the certificate")
            _must_be_issued(chain, bundle)
            authorities = [x509.load_der_x509_certificate(der) for der in (*chain[1:], *bundle)]
            denied = frozenset(serial for crl in crls for serial in _serials(crl, authorities))
        except (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature) as error:
            raise Tampered("a part of the identity cannot be read") from error
        return cls(leaf.spiffe_id, chain, Secret(key), bundle, leaf.not_before, leaf.not_after, denied)

    def same_credentials(self, other: X509Context) -> bool:
        """Whether connections made with ``other`` would be made the same way: equal certificate, equal roots."""
        return self.chain == other.chain and self.bundle == other.bundle

    def encode(self) -> bytes:
        """The context as bytes, key included: for a file that is encrypted."""
        return json.dumps(
            {
                "chain": [_b64(der) for der in self.chain],
                "key": _b64(self.key.reveal()),
                "bundle": [_b64(der) for der in self.bundle],
                "denied": sorted(self.denied),
            }
        ).encode()

    @classmethod
    def decode(cls, data: bytes) -> X509Context:
        """The inverse of :meth:`encode`. Raises as :meth:`assemble` does."""
        try:
            fields = json.loads(data)
            chain, bundle = (tuple(base64.b64decode(der) for der in fields[name]) for name in ("chain", "bundle"))
            key = base64.b64decode(fields["key"])
            denied = frozenset(int(serial) for serial in fields["denied"])
        except (ValueError, KeyError, TypeError) as error:
            raise Tampered("a saved identity cannot be read") from error
        fresh = cls.assemble(chain, key, bundle)
        return cls(fresh.spiffe_id, chain, fresh.key, bundle, fresh.not_before, fresh.not_after, denied)


def _must_be_issued(chain: tuple[bytes, ...], bundle: tuple[bytes, ...]) -> None:
    """Each certificate must be signed by the next one, and the last by a root.

    No path is validated here; that is for TLS. It tells bytes that were damaged from those that were issued.
    """
    certificates = [x509.load_der_x509_certificate(der) for der in chain]
    for issued, issuer in itertools.pairwise(certificates):
        issued.verify_directly_issued_by(issuer)
    # While a root is replaced, two of them carry the same name.
    if not any(_issued(certificates[-1], x509.load_der_x509_certificate(root)) for root in bundle):
        raise ValueError("no root has issued the chain")


def _issued(certificate: x509.Certificate, root: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _serials(crl: bytes, authorities: list[x509.Certificate]) -> list[int]:
    listed = x509.load_der_x509_crl(crl)
    for authority in authorities:
        if authority.subject == listed.issuer and listed.is_signature_valid(authority.public_key()):  # type: ignore[arg-type]
            return [entry.serial_number for entry in listed]
    raise Tampered("a revocation list is not signed by an authority of this trust domain")


def _spki(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
