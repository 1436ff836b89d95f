from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.peers.realm import Realm

from ringwall.errors import Invalid, RingwallError, Tampered
from ringwall.peers.certificate import PeerCertificate
from ringwall.peers.x509_context import X509Context

REALM = Realm()
ORDERS = REALM.context("orders")


def test_a_context_survives_the_disk() -> None:
    context = replace(ORDERS, denied=frozenset({7, 2**158}))
    assert X509Context.decode(context.encode()) == context


def test_the_key_is_in_no_repr() -> None:
    assert repr(ORDERS.key.reveal())[2:20] not in repr(ORDERS)
    assert "•••" in repr(ORDERS)


def test_a_key_of_another_certificate_is_refused() -> None:
    other = REALM.context("orders")
    with pytest.raises(Tampered, match="does not belong"):
        X509Context.assemble(ORDERS.chain, other.key.reveal(), ORDERS.bundle)


def test_a_ca_certificate_is_no_identity() -> None:
    with pytest.raises(Invalid, match="a CA's"):
        PeerCertificate.parse(ORDERS.chain[1])


def test_a_deny_list_is_read_only_from_an_authority_of_ours() -> None:
    key = ORDERS.key.reveal()
    crl = REALM.authority.crl({7: time.time(), 9: time.time()}, time.time())
    assert X509Context.assemble(ORDERS.chain, key, ORDERS.bundle, (crl,)).denied == {7, 9}
    forged = Realm().authority.crl({7: time.time()}, time.time())
    with pytest.raises(Tampered, match="not signed by an authority"):
        X509Context.assemble(ORDERS.chain, key, ORDERS.bundle, (forged,))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_an_error_and_never_an_identity(data: st.DataObject) -> None:
    saved = bytearray(ORDERS.encode())
    at = data.draw(st.integers(0, len(saved) - 1))
    saved[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(saved)))
    for damaged in (bytes(saved), bytes(saved[:cut])):
        try:
            decoded = X509Context.decode(damaged)
        except (RingwallError, ValueError):
            continue
        assert decoded.spiffe_id == ORDERS.spiffe_id


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_garbage_is_no_certificate(der: bytes) -> None:
    with pytest.raises(Invalid):
        PeerCertificate.parse(der)
