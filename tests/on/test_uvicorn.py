"""A service on uvicorn: who calls is in the scope, who may not call is out, and nobody inherits anything."""

from __future__ import annotations

import asyncio
import contextvars
import json
import re
import socket
import ssl
import time
from typing import Any

import pytest
from tests.peers.realm import Realm, TurnedClock, echo, served

from ringwall.errors import Misconfigured
from ringwall.on.serve import Server
from ringwall.on.uvicorn import H11, HttpTools
from ringwall.peers.check import PeerCheck
from ringwall.peers.context import client_context

REALM = Realm()
PROTOCOLS = [(protocol, loop) for protocol in (HttpTools, H11) for loop in ("asyncio", "uvloop")]


def connect(server: Server, source: Any, context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
    context = context or client_context(source(), PeerCheck(source))
    plain = socket.create_connection(server.internal, timeout=5)
    try:
        return context.wrap_socket(plain, server_hostname="billing")
    except BaseException:
        plain.close()
        raise


def get(connection: socket.socket, request: bytes = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n") -> bytes:
    connection.sendall(request)
    answer = b""
    while more := connection.recv(65536):
        answer += more
        head, _, body = answer.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if length is not None and len(body) >= int(length[1]):
            break
    return answer


async def tell(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the TLS extension of its scope."""
    if scope["type"] == "lifespan":
        await echo(scope, receive, send)
        return
    tls = {name: repr(value) for name, value in scope["extensions"]["tls"].items()}
    body = json.dumps(tls).encode()
    head = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize(("protocol", "loop"), PROTOCOLS)
def test_the_scope_names_the_peer(protocol: type, loop: str) -> None:
    with served(echo, PeerCheck(REALM.held("billing")), http=protocol, loop=loop) as server:
        for name in ("orders", "shop"):
            with connect(server, REALM.held(name)) as connection:
                assert get(connection).endswith(f"spiffe://ringwall.internal/{name}".encode())
                assert get(connection).endswith(f"spiffe://ringwall.internal/{name}".encode())


@pytest.mark.parametrize("protocol", [HttpTools, H11])
def test_the_tls_extension_is_filled_as_specified(protocol: type) -> None:
    with served(tell, PeerCheck(REALM.held("billing")), http=protocol) as server:
        orders = REALM.held("orders")
        with connect(server, orders) as connection:
            tls = json.loads(get(connection).partition(b"\r\n\r\n")[2])
    chain = (*orders().chain, *orders().bundle)
    assert tls["client_cert_chain"] == repr(tuple(map(ssl.DER_cert_to_PEM_cert, chain)))
    assert tls["client_cert"] == repr(orders().chain[0])
    assert tls["client_cert_name"] == "'CN=orders'"
    assert tls["tls_version"] == repr(0x0304)
    assert tls["cipher_suite"] in {repr(0x1301), repr(0x1302), repr(0x1303)}
    assert tls["client_cert_error"] == tls["server_cert"] == "None"


@pytest.mark.parametrize(("protocol", "loop"), PROTOCOLS)
def test_attack_expired_client_certificate_on_a_kept_alive_connection(protocol: type, loop: str) -> None:
    clock = TurnedClock()
    check = PeerCheck(REALM.held("billing"), clock=clock)
    with served(echo, check, http=protocol, loop=loop) as server:
        with connect(server, REALM.held("orders", life=60)) as connection:
            assert b" 200 " in get(connection)
            clock.ahead = 61
            with pytest.raises((OSError, AssertionError)):
                assert b" 200 " in get(connection)
        assert check.refusals[-1] == "the certificate of spiffe://ringwall.internal/orders has expired"


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_attack_withdrawn_client_on_a_kept_alive_connection(loop: str) -> None:
    billing = REALM.held("billing")
    check = PeerCheck(billing)
    with served(echo, check, loop=loop) as server:
        from ringwall.peers.certificate import PeerCertificate

        orders = REALM.held("orders")
        with connect(server, orders) as connection:
            assert b" 200 " in get(connection)
            billing.deny(PeerCertificate.parse(orders().chain[0]).serial)
            with pytest.raises((OSError, AssertionError)):
                assert b" 200 " in get(connection)
    assert "withdrawn" in check.refusals[-1]


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_attack_expired_client_certificate_on_a_websocket(loop: str) -> None:
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect as websocket

    clock = TurnedClock()
    check = PeerCheck(REALM.held("billing"), clock=clock)
    with served(echo, check, loop=loop) as server:
        orders = REALM.held("orders", life=60)
        context = client_context(orders(), PeerCheck(orders))
        url = f"wss://127.0.0.1:{server.internal[1]}/"
        with websocket(url, ssl=context, proxy=None, close_timeout=0.5) as socket_:
            socket_.send("hello")
            assert socket_.recv(timeout=5) == "spiffe://ringwall.internal/orders hello"
            clock.ahead = 61
            with pytest.raises((ConnectionClosed, OSError)):
                socket_.send("hello")
                socket_.recv(timeout=5)
    assert any("expired" in reason for reason in check.refusals)


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_attack_strangers_at_the_internal_listener(loop: str) -> None:
    check = PeerCheck(REALM.held("billing"), allowed=frozenset({REALM.id("orders")}))
    anonymous = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anonymous.check_hostname, anonymous.verify_mode = False, ssl.CERT_NONE
    with served(echo, check, loop=loop) as server:

        def refused(source: Any, context: ssl.SSLContext | None = None) -> str:
            with pytest.raises((OSError, AssertionError)), connect(server, source, context) as connection:
                assert b" 200 " in get(connection)
            return check.refusals[-1]

        assert "peer did not return a certificate" in refused(None, anonymous)
        assert "shop is there, and only spiffe://ringwall.internal/orders may be" in refused(REALM.held("shop"))
        with socket.create_connection(server.internal, timeout=5) as plain:
            with pytest.raises((OSError, AssertionError)):
                assert b" 200 " in get(plain)
        with socket.create_connection(server.internal, timeout=5) as garbage:
            garbage.sendall(b"\x16\x03\x01\x40\x00" + b"\xff" * 16384)
            with pytest.raises((OSError, AssertionError)):
                assert b" 200 " in garbage.recv(100)
        with connect(server, REALM.held("orders")) as connection:
            assert b" 200 " in get(connection), "and the listener still serves those it should"


WHO: contextvars.ContextVar[str] = contextvars.ContextVar("who", default="nobody")


async def leaks(scope: Any, receive: Any, send: Any) -> None:
    """Sets a context variable, as careless code does, and answers with what it found there before."""
    if scope["type"] == "lifespan":
        await echo(scope, receive, send)
        return
    found = WHO.get()
    if scope["path"] == "/ann":
        WHO.set("ann")
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"6")]})
    await send({"type": "http.response.body", "body": found.ljust(6).encode()})


@pytest.mark.parametrize(("protocol", "loop"), PROTOCOLS)
def test_attack_identity_bleeds_into_a_pipelined_request(protocol: type, loop: str) -> None:
    with served(leaks, PeerCheck(REALM.held("billing")), http=protocol, loop=loop) as server:
        with connect(server, REALM.held("orders")) as connection:
            first, second = (f"GET /{path} HTTP/1.1\r\nhost: x\r\n\r\n".encode() for path in ("ann", "x"))
            connection.sendall(first + second)
            answer = b""
            while answer.count(b"nobody") < 2:
                assert b"ann" not in answer
                more = connection.recv(4096)
                assert more, answer
                answer += more


def test_attack_handshake_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringwall.on.serve.HANDSHAKE_TIMEOUT", 0.3)
    with served(echo, PeerCheck(REALM.held("billing"))) as server:
        with socket.create_connection(server.internal, timeout=5) as slow:
            slow.sendall(b"\x16\x03\x01\x40\x00\x01")
            began = time.monotonic()
            with pytest.raises((OSError, AssertionError)):
                assert slow.recv(100)
            assert time.monotonic() - began < 3


def test_two_listeners_are_one_application() -> None:
    check = PeerCheck(REALM.held("billing"))
    with served(echo, check, public=("127.0.0.1", 0)) as server:
        with socket.create_connection(server.public, timeout=5) as plain:
            assert get(plain).endswith(b"nobody")
        with connect(server, REALM.held("orders")) as connection:
            assert get(connection).endswith(b"spiffe://ringwall.internal/orders")


def test_a_port_in_use_is_said_in_one_line_and_nothing_is_left_bound() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as other:
        free = other.getsockname()
        other.close()
        with pytest.raises(Misconfigured, match="cannot listen on 127.0.0.1 port .*in use"):
            Server(echo, public=free, internal=taken.getsockname(), check=PeerCheck(REALM.held("billing")))
        socket.create_server(free).close()
    with pytest.raises(Misconfigured, match="no listener"):
        Server(echo)
    with pytest.raises(Misconfigured, match="no identity"):
        Server(echo, internal=("127.0.0.1", 0))


def test_a_stop_waits_for_the_request_in_flight() -> None:
    async def slow(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await asyncio.sleep(0.4)
        await echo(scope, receive, send)

    with served(slow, PeerCheck(REALM.held("billing"))) as server:
        with connect(server, REALM.held("orders")) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            time.sleep(0.1)
            server.should_exit = True
            assert b" 200 " in connection.recv(4096)
