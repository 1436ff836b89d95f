from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.peers.realm import LOOPBACK, Realm

from ringwall.authority.ca.certificate_authority import CertificateAuthority
from ringwall.authority.ca.profile import INTERMEDIATE_LIFE, LeafIdentity
from ringwall.errors import Invalid, RingwallError, Tampered, Unavailable
from ringwall.peers.identity import SpiffeId

NOW = 1_800_000_000.0
CA = CertificateAuthority.create("ringwall.internal", NOW)
ORDERS = LeafIdentity(SpiffeId.of("ringwall.internal", "orders"), ("orders.internal",), (LOOPBACK,))
KEY = ec.generate_private_key(ec.SECP256R1())


def seal(data: bytes, purpose: str) -> bytes:
    return bytes(12) + AESGCM(hashlib.sha256(purpose.encode()).digest()).encrypt(bytes(12), data, None)


def open_(data: bytes, purpose: str) -> bytes:
    return AESGCM(hashlib.sha256(purpose.encode()).digest()).decrypt(data[:12], data[12:], None)


def leaf_of(authority: CertificateAuthority = CA, now: float = NOW) -> x509.Certificate:
    return x509.load_der_x509_certificate(authority.issue(KEY.public_key(), ORDERS, now).chain[0])


def test_a_leaf_says_what_it_must() -> None:
    issued = CA.issue(KEY.public_key(), ORDERS, NOW)
    leaf = x509.load_der_x509_certificate(issued.chain[0])
    get = leaf.extensions.get_extension_for_class
    assert leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "orders"
    names = get(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == ["spiffe://ringwall.internal/orders"]
    assert names.get_values_for_type(x509.DNSName) == ["orders.internal"]
    assert names.get_values_for_type(x509.IPAddress) == [LOOPBACK]
    usage = get(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.key_cert_sign
    assert set(get(x509.ExtendedKeyUsage).value) == {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}
    assert get(x509.BasicConstraints).critical
    assert not get(x509.BasicConstraints).value.ca
    assert get(x509.AuthorityKeyIdentifier)
    assert get(x509.SubjectKeyIdentifier)
    assert leaf.not_valid_after_utc.timestamp() == NOW + 3600
    assert leaf.not_valid_before_utc.timestamp() == NOW - 60
    assert issued.record.serial == leaf.serial_number
    assert (issued.record.not_before, issued.record.not_after) == (NOW - 60, NOW + 3600)
    assert (issued.record.spiffe_id, issued.record.purpose) == ("spiffe://ringwall.internal/orders", "leaf")


@pytest.mark.parametrize("purpose", ["sslserver", "sslclient"])
def test_openssl_finds_the_chain_strict(tmp_path: Path, stranger: object, purpose: str) -> None:
    openssl = stranger("openssl")  # type: ignore[operator]
    realm = Realm()
    chain, _, ca = realm.files(tmp_path, realm.context("orders"))
    command = [openssl, "verify", "-x509_strict", "-purpose", purpose, "-CAfile", ca, "-untrusted", chain, chain]
    assert subprocess.run(command, capture_output=True, text=True, timeout=10).stdout == f"{chain}: OK\n"


def test_pyca_verifies_the_chain_as_server_and_as_client() -> None:
    root, intermediate = CA.root.certificate, CA.intermediate.certificate
    at = dt.datetime.fromtimestamp(NOW, dt.UTC)
    builder = verification.PolicyBuilder().store(verification.Store([root])).time(at)
    verified = builder.build_client_verifier().verify(leaf_of(), [intermediate])
    assert x509.UniformResourceIdentifier("spiffe://ringwall.internal/orders") in (verified.subjects or [])
    builder.build_server_verifier(x509.DNSName("orders.internal")).verify(leaf_of(), [intermediate])
    with pytest.raises(verification.VerificationError):
        builder.build_server_verifier(x509.DNSName("billing.internal")).verify(leaf_of(), [intermediate])


def test_the_intermediate_is_renewed_before_it_ends() -> None:
    assert CA.renewed(NOW + INTERMEDIATE_LIFE * 0.45) is CA
    later = CA.renewed(NOW + INTERMEDIATE_LIFE * 0.55)
    assert later.root is CA.root
    assert later.intermediate.not_after == NOW + INTERMEDIATE_LIFE * 1.55
    at = dt.datetime.fromtimestamp(NOW + INTERMEDIATE_LIFE * 0.55, dt.UTC)
    builder = verification.PolicyBuilder().store(verification.Store([CA.root.certificate])).time(at)
    leaf = leaf_of(later, NOW + INTERMEDIATE_LIFE * 0.55)
    builder.build_client_verifier().verify(leaf, [later.intermediate.certificate])


def test_nothing_outlives_its_issuer() -> None:
    end = CA.intermediate.not_after
    assert leaf_of(now=end - 100).not_valid_after_utc.timestamp() == end
    with pytest.raises(Unavailable, match="intermediate certificate has expired"):
        CA.issue(KEY.public_key(), ORDERS, end)
    last = CA.renewed(CA.root.not_after - 10)
    assert last.intermediate.not_after == CA.root.not_after
    with pytest.raises(Unavailable, match="root certificate has expired"):
        CA.renewed(CA.root.not_after)


def test_a_clock_that_went_back_makes_a_new_intermediate() -> None:
    assert CA.renewed(NOW - 3600).intermediate is not CA.intermediate


def request(key: ec.EllipticCurvePrivateKey, *names: x509.GeneralName) -> x509.CertificateSigningRequest:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256())


def test_a_request_gets_the_names_of_its_identity() -> None:
    wanted = request(KEY, x509.UniformResourceIdentifier("spiffe://ringwall.internal/orders"))
    issued = CA.issue(wanted, ORDERS, NOW)
    assert x509.load_der_x509_certificate(issued.chain[0]).public_key() == KEY.public_key()


@pytest.mark.parametrize(
    "name",
    [
        x509.UniformResourceIdentifier("spiffe://ringwall.internal/billing"),
        x509.DNSName("billing.internal"),
        x509.RFC822Name("ann@example.org"),
    ],
)
def test_attack_request_for_somebody_elses_name(name: x509.GeneralName) -> None:
    with pytest.raises(Invalid, match="a name that is not"):
        CA.issue(request(KEY, name), ORDERS, NOW)


def test_attack_request_signed_by_another_key() -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    der = request(KEY).public_bytes(Encoding.DER)
    mine = ec.generate_private_key(ec.SECP256R1()).public_key()
    swapped = der.replace(_point(KEY.public_key()), _point(mine))
    assert swapped != der
    with pytest.raises(Invalid, match="not signed by its own key"):
        CA.issue(x509.load_der_x509_csr(swapped), ORDERS, NOW)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()).public_key(),
        ed25519.Ed25519PrivateKey.generate().public_key(),
        rsa.generate_private_key(65537, 2048).public_key(),
    ],
)
def test_other_keys_are_refused(key: object) -> None:
    with pytest.raises(Invalid, match="P-256"):
        CA.issue(key, ORDERS, NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["spiffe://other.internal/orders", "spiffe://ringwall.internal"])
def test_another_trust_domain_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="no service of ringwall.internal"):
        CA.issue(KEY.public_key(), LeafIdentity(SpiffeId.parse(text)), NOW)


def test_the_authority_survives_the_disk_and_its_keys_are_sealed() -> None:
    stored = CA.sealed(seal)
    again = CertificateAuthority.opened(stored, open_)
    assert again.bundle == CA.bundle
    assert again.root.key.private_numbers() == CA.root.key.private_numbers()
    assert again.intermediate.key.private_numbers() == CA.intermediate.key.private_numbers()
    secret = CA.root.key.private_numbers().private_value.to_bytes(32)
    seen: list[bytes] = []
    CA.sealed(lambda data, purpose: seen.append(data) or seal(data, purpose))  # type: ignore[func-returns-value]
    assert secret in seen[0], "the control: the key passes through the seal"
    import base64
    import json

    assert all(secret not in base64.b64decode(value + "==") for value in json.loads(stored).values())


def test_attack_swapped_ca_keys_at_rest() -> None:
    import json

    fields = json.loads(CA.sealed(lambda data, _purpose: data))
    fields["root_key"], fields["intermediate_key"] = fields["intermediate_key"], fields["root_key"]
    with pytest.raises(Tampered, match="does not belong"):
        CertificateAuthority.opened(json.dumps(fields).encode(), lambda data, _purpose: data)


@given(st.one_of(st.binary(max_size=60), st.integers(0, 3000).map(lambda at: CA.sealed(lambda d, _: d)[:at])))
@settings(max_examples=60, deadline=None)
def test_damaged_state_is_an_error(data: bytes) -> None:
    try:
        CertificateAuthority.opened(data, lambda sealed, _purpose: sealed)
    except RingwallError:
        return
    assert data == CA.sealed(lambda d, _: d)


def test_the_deny_list_is_a_crl() -> None:
    crl = x509.load_der_x509_crl(CA.crl({5: NOW, 6: NOW - 1}, time.time()))
    assert {entry.serial_number for entry in crl} == {5, 6}
    assert crl.is_signature_valid(CA.intermediate.certificate.public_key())  # type: ignore[arg-type]
