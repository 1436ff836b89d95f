"""The three kinds of certificate that we issue, each strict by RFC 5280 and by SPIFFE's X.509-SVID."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ringwall.peers.identity import SpiffeId

ROOT_LIFE = 10 * 365 * 86400
INTERMEDIATE_LIFE = 86400
LEAF_LIFE = 3600
BACKDATE = 60  # a peer's clock may run behind ours by this many seconds


@dataclass(frozen=True, slots=True)
class LeafIdentity:
    """Whom a leaf names: one service, and the hosts at which strangers without SPIFFE may look for it."""

    spiffe_id: SpiffeId
    dns: tuple[str, ...] = ()
    ip: tuple[IPv4Address | IPv6Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Signer:
    """A CA certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def not_after(self) -> float:
        """Seconds since 1970."""
        return self.certificate.not_valid_after_utc.timestamp()


def new_root(trust_domain: str, now: float) -> Signer:
    """A self-signed root for ``trust_domain``; it may sign intermediates, and they may sign leaves only."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Ringwall root of {trust_domain}")
    return Signer(_sign_ca(_builder(name, name, key.public_key(), now, ROOT_LIFE), trust_domain, 1, None, key), key)


def new_intermediate(root: Signer, trust_domain: str, now: float) -> Signer:
    """An intermediate for one day, which never outlives ``root``."""
    key = ec.generate_private_key(ec.SECP256R1())
    # A name of its own, so that a chain is never ambiguous while two intermediates are about.
    name = _name(f"Ringwall intermediate of {trust_domain}, {_utc(now):%Y-%m-%d %H:%M:%S}")
    life = min(INTERMEDIATE_LIFE, root.not_after - now)
    builder = _builder(name, root.certificate.subject, key.public_key(), now, life)
    return Signer(_sign_ca(builder, trust_domain, 0, root, root.key), key)


def new_leaf(
    issuer: Signer, identity: LeafIdentity, key: ec.EllipticCurvePublicKey, now: float, life: float
) -> x509.Certificate:
    """An X.509-SVID for ``identity``, good as server and as client, which never outlives ``issuer``."""
    uri = x509.UniformResourceIdentifier(str(identity.spiffe_id))
    names: list[x509.GeneralName] = [uri, *map(x509.DNSName, identity.dns), *map(x509.IPAddress, identity.ip)]
    subject = _name(identity.spiffe_id.path.rsplit("/", 1)[-1])
    life = min(life, issuer.not_after - now)
    return (
        _builder(subject, issuer.certificate.subject, key, now, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(_authority(issuer), critical=False)
        .sign(issuer.key, hashes.SHA256())
    )


def new_crl(issuer: Signer, denied: dict[int, float], now: float) -> x509.CertificateRevocationList:
    """The deny-list, serial number to time of withdrawal, as a CRL (RFC 5280 section 5) whose number is the time."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(_utc(now))
        .next_update(_utc(now + INTERMEDIATE_LIFE))
        .add_extension(_authority(issuer), critical=False)
        .add_extension(x509.CRLNumber(int(now * 1000)), critical=False)
    )
    for serial, when in denied.items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(_utc(when)).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(issuer.key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: float, life: float
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_utc(now - BACKDATE))
        .not_valid_after(_utc(now + life))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _sign_ca(
    builder: x509.CertificateBuilder,
    trust_domain: str,
    path_length: int,
    issuer: Signer | None,
    key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    trust_domain_id = x509.UniformResourceIdentifier(str(SpiffeId(trust_domain)))
    builder = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectAlternativeName([trust_domain_id]), critical=False)
    )
    if issuer is not None:
        builder = builder.add_extension(_authority(issuer), critical=False)
    return builder.sign(key, hashes.SHA256())


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _authority(issuer: Signer) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])  # RFC 5280: at most 64 characters


def _utc(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC)
