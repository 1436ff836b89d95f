"""The CA as a value: what it holds, how it renews, what it issues, how it is sealed at rest. Nothing here does I/O."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from ringwall.authority.ca.profile import LEAF_LIFE, LeafIdentity, Signer, new_crl, new_intermediate, new_leaf, new_root
from ringwall.errors import Invalid, Tampered, Unavailable

Seal = Callable[[bytes, str], bytes]
"""``(bytes, purpose) -> bytes``: seals, or opens what was sealed for the same purpose."""


@dataclass(frozen=True, slots=True)
class CertificateRecord:
    """One row of the ledger. ``purpose`` is ``root``, ``intermediate`` or ``leaf``; times are seconds since 1970."""

    serial: int
    spiffe_id: str
    not_before: float
    not_after: float
    purpose: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A new leaf: its DER chain without the root, leaf first, and the row that must be durable before it leaves."""

    chain: tuple[bytes, ...]
    record: CertificateRecord


@dataclass(frozen=True, slots=True)
class CertificateAuthority:
    """A root and its current intermediate, for one trust domain."""

    trust_domain: str
    root: Signer
    intermediate: Signer

    @classmethod
    def create(cls, trust_domain: str, now: float) -> CertificateAuthority:
        """A new root with its first intermediate."""
        root = new_root(trust_domain, now)
        return cls(trust_domain, root, new_intermediate(root, trust_domain, now))

    def renewed(self, now: float) -> CertificateAuthority:
        """The authority to issue with at ``now``: this one, or past half the intermediate's life one with a new one.

        Raises :class:`Unavailable` when the root has ended.
        """
        if now >= self.root.not_after:
            raise Unavailable("the root certificate has expired", hint="create a new root and distribute its bundle")
        begin = self.intermediate.certificate.not_valid_before_utc.timestamp()
        if begin <= now < (begin + self.intermediate.not_after) / 2:
            return self
        return replace(self, intermediate=new_intermediate(self.root, self.trust_domain, now))

    def issue(
        self,
        key: ec.EllipticCurvePublicKey | x509.CertificateSigningRequest,
        identity: LeafIdentity,
        now: float,
        *,
        life: float = LEAF_LIFE,
    ) -> Issued:
        """A leaf for ``identity`` over a P-256 key, or over the key of a request that asks for nothing beyond it.

        Raises :class:`Invalid` for another key, another trust domain, or a request for somebody else's name.
        """
        if isinstance(key, x509.CertificateSigningRequest):
            key = _requested_key(key, identity)
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise Invalid("a leaf's key must be P-256")
        if identity.spiffe_id.trust_domain != self.trust_domain or not identity.spiffe_id.path:
            raise Invalid(f"{identity.spiffe_id} is no service of {self.trust_domain}")
        if now >= self.intermediate.not_after:
            raise Unavailable("the intermediate certificate has expired")
        leaf = new_leaf(self.intermediate, identity, key, now, life)
        return Issued((_der(leaf), _der(self.intermediate.certificate)), _record(leaf, str(identity.spiffe_id), "leaf"))

    def crl(self, denied: dict[int, float], now: float) -> bytes:
        """The deny-list, signed by the current intermediate, DER."""
        return new_crl(self.intermediate, denied, now).public_bytes(Encoding.DER)

    @property
    def bundle(self) -> tuple[bytes, ...]:
        """The roots that peers must trust, DER."""
        return (_der(self.root.certificate),)

    def records(self) -> tuple[CertificateRecord, CertificateRecord]:
        """The ledger's rows for the root and the intermediate."""
        domain = f"spiffe://{self.trust_domain}"
        return (
            _record(self.root.certificate, domain, "root"),
            _record(self.intermediate.certificate, domain, "intermediate"),
        )

    def sealed(self, seal: Seal) -> bytes:
        """The authority as bytes to store; keys pass through ``seal`` and are never in them in the clear."""
        fields = {"trust_domain": self.trust_domain}
        for purpose, signer in (("root", self.root), ("intermediate", self.intermediate)):
            key = signer.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
            fields[purpose] = base64.b64encode(_der(signer.certificate)).decode()
            fields[f"{purpose}_key"] = base64.b64encode(seal(key, _purpose(purpose))).decode()
        return json.dumps(fields).encode()

    @classmethod
    def opened(cls, data: bytes, open_: Seal) -> CertificateAuthority:
        """The inverse of :meth:`sealed`. Raises :class:`Tampered`, and whatever ``open_`` raises."""
        try:
            fields = json.loads(data)
            signers = [
                Signer(
                    x509.load_der_x509_certificate(base64.b64decode(fields[purpose])),
                    _private(open_(base64.b64decode(fields[f"{purpose}_key"]), _purpose(purpose))),
                )
                for purpose in ("root", "intermediate")
            ]
            trust_domain = fields["trust_domain"]
        except (ValueError, KeyError, TypeError, UnsupportedAlgorithm) as error:
            raise Tampered("the stored certificate authority cannot be read") from error
        for signer in signers:
            if signer.certificate.public_key() != signer.key.public_key():
                raise Tampered("a stored CA key does not belong to its certificate")
        return cls(trust_domain, *signers)


def _requested_key(request: x509.CertificateSigningRequest, identity: LeafIdentity) -> ec.EllipticCurvePublicKey:
    if not request.is_signature_valid:
        raise Invalid("the certificate request is not signed by its own key")
    try:
        asked = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        asked = x509.SubjectAlternativeName([])
    except (ValueError, x509.DuplicateExtension, UnsupportedAlgorithm) as error:
        raise Invalid("the certificate request cannot be read") from error
    granted: set[x509.GeneralName] = {x509.UniformResourceIdentifier(str(identity.spiffe_id))}
    granted.update(map(x509.DNSName, identity.dns), map(x509.IPAddress, identity.ip))
    if beyond := [name for name in asked if name not in granted]:
        raise Invalid(f"the request asks for {beyond[0].value}, a name that is not {identity.spiffe_id}'s")
    key = request.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise Invalid("a leaf's key must be P-256")
    return key


def _record(certificate: x509.Certificate, spiffe_id: str, purpose: str) -> CertificateRecord:
    return CertificateRecord(
        certificate.serial_number,
        spiffe_id,
        certificate.not_valid_before_utc.timestamp(),
        certificate.not_valid_after_utc.timestamp(),
        purpose,
    )


def _private(der: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_der_private_key(der, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Tampered("a stored CA key is of another kind")
    return key


def _purpose(which: str) -> str:
    return f"ringwall ca {which} key"


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
