"""Connections over memory buffers: every reason to refuse, at the handshake and while the connection lives."""

from __future__ import annotations

import ssl
import time
from dataclasses import replace
from typing import Any

import pytest
from tests.peers.realm import Held, Realm, TurnedClock

from ringwall.errors import Unavailable
from ringwall.peers.check import PeerCheck, PeerRefused
from ringwall.peers.context import _load, client_context, server_context
from ringwall.peers.x509_context import X509Context

REALM = Realm()


class Wire:
    """A client and a server connection, and the bytes between them."""

    def __init__(self, client: ssl.SSLContext, server: ssl.SSLContext, session: Any = None) -> None:
        self._up, self._down = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.client = client.wrap_bio(self._down, self._up, server_hostname="billing", session=session)
        self.server = server.wrap_bio(self._up, self._down, server_side=True)

    def shake(self) -> Wire:
        for _ in range(4):
            for end in (self.client, self.server):
                try:
                    end.do_handshake()
                except ssl.SSLWantReadError:
                    continue
        return self

    def send(self, data: bytes = b"hello") -> bytes:
        self.client.write(data)
        return self.server.read(100)

    def answer(self, data: bytes = b"hello") -> bytes:
        self.server.write(data)
        return self.client.read(100)


def calls(source: Any, **options: Any) -> ssl.SSLContext:
    return client_context(source(), PeerCheck(source, **options))


def foreign(context: X509Context | None = None) -> ssl.SSLContext:
    """A client that is not ours, and checks nothing."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    if context is not None:
        _load(made, context)  # type: ignore[arg-type]
    return made


def test_two_services_meet() -> None:
    check = PeerCheck(REALM.held("billing"))
    wire = Wire(calls(REALM.held("orders")), server_context(check)).shake()
    assert wire.send() == wire.answer() == b"hello"
    assert str(wire.server.admitted.certificate.spiffe_id) == "spiffe://ringwall.internal/orders"
    assert wire.server.version() == "TLSv1.3"
    assert not check.refusals


def test_attack_expired_certificate_on_a_kept_alive_connection() -> None:
    clock = TurnedClock()
    check = PeerCheck(REALM.held("billing"), clock=clock)
    wire = Wire(calls(REALM.held("orders", life=60)), server_context(check)).shake()
    assert wire.send() == b"hello"
    clock.ahead = 61
    with pytest.raises(PeerRefused, match="has expired"):
        wire.send()
    with pytest.raises(PeerRefused, match="has expired"):
        wire.server.write(b"a stream that the server goes on sending")
    assert "spiffe://ringwall.internal/orders has expired" in check.refusals[-1]


def test_attack_withdrawn_certificate_on_a_kept_alive_connection() -> None:
    orders, billing = REALM.held("orders"), REALM.held("billing")
    wire = Wire(calls(orders), server_context(PeerCheck(billing))).shake()
    assert wire.send() == b"hello"
    billing.deny(wire.server.admitted.certificate.serial)
    with pytest.raises(PeerRefused, match="withdrawn"):
        wire.send()


def test_attack_ca_removed_under_a_kept_alive_connection() -> None:
    billing = REALM.held("billing")
    wire = Wire(calls(REALM.held("orders")), server_context(PeerCheck(billing))).shake()
    assert wire.send() == b"hello"
    billing.context = replace(billing.context, bundle=Realm().authority.bundle)
    with pytest.raises(PeerRefused, match="no longer trusted"):
        wire.send()


def test_attack_withdrawn_certificate_makes_a_new_connection() -> None:
    orders, billing = REALM.held("orders"), REALM.held("billing")
    server = server_context(PeerCheck(billing))
    serial = Wire(calls(orders), server).shake().server.admitted.certificate.serial
    billing.deny(serial)
    with pytest.raises(PeerRefused, match="withdrawn"):
        Wire(calls(orders), server).shake()


def test_attack_server_certificate_expires_under_a_client() -> None:
    clock = TurnedClock()
    client = calls(REALM.held("orders"), clock=clock)
    wire = Wire(client, server_context(PeerCheck(REALM.held("billing", life=60)))).shake()
    assert wire.answer() == b"hello"
    clock.ahead = 61
    with pytest.raises(PeerRefused, match="billing has expired"):
        wire.answer()


VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


def resumed(server: ssl.SSLContext, version: ssl.TLSVersion) -> Wire:
    """A second connection with what the first one left behind."""
    client = foreign(REALM.context("orders"))
    client.maximum_version = version
    first = Wire(client, server).shake()
    assert first.send() == first.answer() == b"hello"
    return Wire(client, server, first.client.session).shake()


@pytest.mark.parametrize("version", VERSIONS)
def test_attack_resumed_session(version: ssl.TLSVersion) -> None:
    usual = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    usual.verify_mode = ssl.CERT_REQUIRED
    _load(usual, REALM.context("billing"))  # type: ignore[arg-type]
    assert resumed(usual, version).server.session_reused, "the control: a usual server resumes"

    check = PeerCheck(REALM.held("billing"))
    careless = server_context(check, minimum=ssl.TLSVersion.TLSv1_2)
    careless.num_tickets = 2
    careless.options &= ~ssl.OP_NO_TICKET
    with pytest.raises(PeerRefused, match="resumed an old session"):
        resumed(careless, version)

    assert not resumed(server_context(check), ssl.TLSVersion.TLSv1_3).server.session_reused


def test_attack_no_certificate() -> None:
    check = PeerCheck(REALM.held("billing"))
    with pytest.raises(ssl.SSLError):
        Wire(foreign(), server_context(check)).shake()
    assert "peer did not return a certificate" in check.refusals[-1]


def test_attack_certificate_of_another_ca_with_our_name() -> None:
    check = PeerCheck(REALM.held("billing"))
    evil = Realm()
    with pytest.raises(ssl.SSLError):
        Wire(foreign(evil.context("orders")), server_context(check)).shake()
    assert "certificate does not hold" in check.refusals[-1]


def test_attack_another_trust_domain_that_we_know_the_root_of() -> None:
    other, billing = Realm("other.internal"), REALM.held("billing")
    billing.context = replace(billing.context, bundle=(*billing.context.bundle, *other.authority.bundle))
    with pytest.raises(PeerRefused, match="not of our trust domain"):
        Wire(foreign(other.context("orders")), server_context(PeerCheck(billing))).shake()


def test_attack_wrong_service_at_the_servers_address() -> None:
    client = calls(REALM.held("orders"), allowed=frozenset({REALM.id("billing")}))
    with pytest.raises(PeerRefused, match="intruder is there, and only .*billing may be"):
        Wire(client, server_context(PeerCheck(REALM.held("intruder")))).shake()


def test_attack_service_that_is_not_on_the_list() -> None:
    check = PeerCheck(REALM.held("billing"), allowed=frozenset({REALM.id("orders")}))
    with pytest.raises(PeerRefused, match="intruder is there"):
        Wire(calls(REALM.held("intruder")), server_context(check)).shake()
    closed = PeerCheck(REALM.held("billing"), allowed=frozenset())
    with pytest.raises(PeerRefused, match="only nobody may be"):
        Wire(calls(REALM.held("orders")), server_context(closed)).shake()


def test_attack_reading_before_the_handshake() -> None:
    """OpenSSL would shake hands inside the read, where no hook looks."""
    closed = PeerCheck(REALM.held("billing"), allowed=frozenset())
    wire = Wire(foreign(REALM.context("orders")), server_context(closed))
    with pytest.raises(ssl.SSLWantReadError):
        wire.client.do_handshake()
    with pytest.raises(ssl.SSLWantReadError):
        wire.server.read(100)
    wire.client.do_handshake()
    wire.client.write(b"let me in")
    with pytest.raises(PeerRefused):
        wire.server.read(100)


@pytest.mark.parametrize("hello", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"\x00" * 70000, b"\x80" * 9])
def test_attack_garbage_client_hello(hello: bytes) -> None:
    check = PeerCheck(REALM.held("billing"))
    incoming = ssl.MemoryBIO()
    server = server_context(check).wrap_bio(incoming, ssl.MemoryBIO(), server_side=True)
    incoming.write(hello)
    incoming.write_eof()
    with pytest.raises(ssl.SSLError):
        server.do_handshake()
    assert len(check.refusals) == 1


def test_attack_old_protocol() -> None:
    check = PeerCheck(REALM.held("billing"))
    client = foreign(REALM.context("orders"))
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        Wire(client, server_context(check)).shake()
    assert "unsupported protocol" in check.refusals[-1]
    with pytest.raises(ValueError, match=r"TLS 1\.2"):
        server_context(check, minimum=ssl.TLSVersion.TLSv1)


def test_an_error_of_ours_never_becomes_a_yes() -> None:
    billing = REALM.held("billing")
    failing = False

    def source() -> X509Context:
        if failing:
            raise Unavailable("the certificate is 3700 s old")
        return billing()

    check = PeerCheck(source)
    server = server_context(check)
    wire = Wire(calls(REALM.held("orders")), server).shake()
    failing = True
    with pytest.raises(PeerRefused, match="3700 s old"):
        wire.send()
    with pytest.raises(ssl.SSLError):
        Wire(foreign(REALM.context("orders")), server).shake()


def test_our_own_expired_certificate_is_never_shown() -> None:
    clock = TurnedClock()
    check = PeerCheck(Held(REALM.context("billing", life=60)), clock=clock)
    clock.ahead = 61
    with pytest.raises(Unavailable, match="our own certificate"):
        check.identity()
    with pytest.raises(ssl.SSLError):
        Wire(foreign(REALM.context("orders")), server_context(check)).shake()


def test_a_new_identity_is_shown_at_the_next_handshake_and_no_connection_breaks() -> None:
    billing = REALM.held("billing")
    server = server_context(PeerCheck(billing))
    before = Wire(calls(REALM.held("orders")), server).shake()
    billing.context = REALM.context("billing")
    after = Wire(calls(REALM.held("orders")), server).shake()
    shown = [wire.client.admitted.certificate.serial for wire in (before, after)]
    assert shown[0] != shown[1]
    assert before.send() == after.send() == b"hello"


def test_a_client_reconnects_before_the_servers_certificate_ends() -> None:
    client = calls(REALM.held("orders"))
    Wire(client, server_context(PeerCheck(REALM.held("billing", life=100)))).shake()
    assert 70 < client.stale_at - time.time() <= 80
