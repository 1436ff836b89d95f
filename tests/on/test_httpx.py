"""A peer's client: pinned, always current, always bounded, and never a carrier of anything between callers."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from typing import Any

import httpx2
import pytest
from tests.peers.realm import Realm, TurnedClock, echo, served

from ringwall.errors import Misconfigured, RingwallError, Unavailable
from ringwall.on.httpx import async_client, client
from ringwall.peers.check import PeerCheck
from ringwall.peers.peer import Peer
from ringwall.peers.x509_context import X509Context

REALM = Realm()


@pytest.fixture(scope="module")
def billing():
    with served(echo, PeerCheck(REALM.held("billing"))) as server:
        yield server


def peer(server: Any, name: str = "billing") -> Peer:
    return REALM.peer(name, server.internal[1])


def test_a_call_carries_the_service_and_the_caller(billing) -> None:
    tokens = iter(["for-ann", "for-sue", None])
    with client(peer(billing), REALM.held("orders"), token_for_call=lambda: next(tokens)) as http:
        assert type(http) is httpx2.Client
        assert http.get("/").text == "spiffe://ringwall.internal/orders Bearer for-ann"
        assert http.get("/").text == "spiffe://ringwall.internal/orders Bearer for-sue"
        assert http.get("/").text == "spiffe://ringwall.internal/orders"


def test_the_same_on_an_event_loop(billing) -> None:
    async def token() -> str:
        return "for-ann"

    async def work() -> None:
        async with async_client(peer(billing), REALM.held("orders"), token_for_call=token) as http:
            assert type(http) is httpx2.AsyncClient
            assert (await http.get("/")).text == "spiffe://ringwall.internal/orders Bearer for-ann"
            async with http.stream("GET", "/") as response:
                assert (await response.aread()).startswith(b"spiffe://")

    asyncio.run(work())


def test_attack_other_service_at_the_peers_address(billing) -> None:
    seen = []
    with client(peer(billing, "vault"), REALM.held("orders"), token_for_call=lambda: seen.append(1) or "t") as http:
        with pytest.raises(httpx2.ConnectError, match="billing is there, and only .*vault may be"):
            http.get("/")

    async def work() -> None:
        async with async_client(peer(billing, "vault"), REALM.held("orders")) as http:
            with pytest.raises(httpx2.ConnectError, match="billing is there"):
                await http.get("/")

    asyncio.run(work())


def test_attack_cookie_of_one_caller_travels_with_the_next(billing) -> None:
    with client(peer(billing), REALM.held("orders")) as http:
        assert http.get("/").headers["set-cookie"] == "mine=1"
        assert len(http.cookies) == 0


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "https://evil.example/", "https://127.0.0.1:1/"])
def test_attack_token_sent_elsewhere(billing, url: str) -> None:
    asked = []
    with client(peer(billing), REALM.held("orders"), token_for_call=lambda: asked.append(1) or "secret") as http:
        with pytest.raises(Misconfigured, match="was asked to call"):
            http.get(url.format(port=billing.internal[1]))
    assert not asked


def test_attack_redirect_takes_the_token_elsewhere() -> None:
    async def redirects(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await echo(scope, receive, send)
            return
        headers = [(b"location", b"https://evil.example/"), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 302, "headers": headers})
        await send({"type": "http.response.body"})

    with served(redirects, PeerCheck(REALM.held("billing"))) as server:
        with client(peer(server), REALM.held("orders"), token_for_call=lambda: "secret") as http:
            assert http.get("/").status_code == 302
            with pytest.raises(Misconfigured, match=r"evil\.example"):
                http.get("/", follow_redirects=True)


def test_the_sync_client_on_an_event_loop_names_the_other(billing) -> None:
    async def work() -> None:
        with client(peer(billing), REALM.held("orders")) as http:
            http.get("/")

    with pytest.raises(Misconfigured, match="running event loop") as refused:
        asyncio.run(work())
    assert "guard.async_peer('billing')" in refused.value.hint


def test_a_timeout_is_always_set() -> None:
    stopped = threading.Event()

    async def sleeps(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await echo(scope, receive, send)
            return
        while not stopped.is_set():
            await asyncio.sleep(0.02)

    with served(sleeps, PeerCheck(REALM.held("billing"))) as server:
        with client(peer(server), REALM.held("orders"), timeout=httpx2.Timeout(0.3)) as http:
            with pytest.raises(httpx2.ReadTimeout):
                http.get("/", timeout=None)
        stopped.set()


def test_environment_has_no_say(billing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    with client(peer(billing), REALM.held("orders")) as http:
        assert http.get("/").status_code == 200


def test_no_identity_is_a_503_of_ours_and_no_call(billing) -> None:
    def source() -> X509Context:
        raise Unavailable("certificate has not been loaded yet")

    with client(peer(billing), source) as http, pytest.raises(RingwallError, match="not been loaded"):
        http.get("/")


def test_attack_withdrawn_server_on_a_kept_alive_connection(billing) -> None:
    orders = REALM.held("orders")
    with client(peer(billing), orders) as http:
        shown = []
        assert http.get("/", extensions={"trace": lambda *_: shown.append(1)}).status_code == 200
        with http.stream("GET", "/") as response:
            serial = response.extensions["network_stream"].get_extra_info("ssl_object")
            response.read()
        assert serial is not None
        pool = http._transport._pools._pool
        connection = pool.transport._pool.connections[0]._connection._network_stream._sock
        orders.deny(connection.admitted.certificate.serial)
        with pytest.raises(httpx2.TransportError):
            http.get("/")


def test_a_client_moves_to_its_new_certificate_and_the_old_pool_is_closed(billing) -> None:
    orders = REALM.held("orders")
    with client(peer(billing), orders) as http:
        pools = http._transport._pools
        assert http.get("/").status_code == 200
        first = pools._pool
        assert http.get("/").status_code == 200
        assert pools._pool is first
        with http.stream("GET", "/") as open_response:
            orders.context = REALM.context("orders")
            assert http.get("/").status_code == 200
            assert pools._pool is not first
            assert first in pools._draining
            assert open_response.read()
        assert not pools._draining
        assert first.transport._pool.connections == []


def test_a_clients_pool_is_renewed_before_the_servers_certificate_ends() -> None:
    clock = TurnedClock()
    with served(echo, PeerCheck(REALM.held("billing", life=100))) as server:
        with client(peer(server), REALM.held("orders"), clock=clock) as http:
            http.get("/")
            first = http._transport._pools._pool
            clock.ahead = 70
            http.get("/")
            assert http._transport._pools._pool is first
            clock.ahead = 85
            http.get("/")
            assert http._transport._pools._pool is not first


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_no_request_is_lost_while_both_ends_rotate(kind: str) -> None:
    """Certificates of three seconds, replaced several times a second, under load."""
    billing, orders = REALM.held("billing", life=3), REALM.held("orders", life=3)
    stop = time.monotonic() + 2.5
    rotations = itertools.count()

    def rotate() -> None:
        while time.monotonic() < stop:
            time.sleep(0.1)
            held, name = ((billing, "billing"), (orders, "orders"))[next(rotations) % 2]
            held.context = REALM.context(name, life=3)

    answers: list[str] = []

    def work() -> None:
        with client(peer(server), orders) as http:
            while time.monotonic() < stop:
                answers.append(http.get("/").text)

    async def work_async() -> None:
        async with async_client(peer(server), orders) as http:

            async def one() -> None:
                while time.monotonic() < stop:
                    answers.append((await http.get("/")).text)

            await asyncio.gather(*(one() for _ in range(6)))

    with served(echo, PeerCheck(billing)) as server:
        turning = threading.Thread(target=rotate)
        turning.start()
        if kind == "async":
            asyncio.run(work_async())
        else:
            work()
        turning.join()
    assert next(rotations) > 15
    assert len(answers) > 100
    assert set(answers) == {"spiffe://ringwall.internal/orders"}
