"""What mutual TLS costs: kept-alive requests side by side, handshakes, and certificates issued per second.

Run ``python bench/mtls.py``. Each server is a process of its own. Rounds of the variants take turns, so that a busy
machine is unfair to none, and the figure of a variant is the median of its rounds. Goal: kept alive at most 1.10 times
plain HTTP at the median; at least 5,000 certificates a second on one core.
"""

from __future__ import annotations

import multiprocessing
import socket
import ssl
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

sys.path.insert(0, str(Path(__file__).parents[1]))

from cryptography.hazmat.primitives.asymmetric import ec
from tests.peers.realm import Held, Realm, echo

from ringwall.authority.ca.profile import LeafIdentity
from ringwall.on.httpx import client
from ringwall.on.serve import Server
from ringwall.peers.check import PeerCheck
from ringwall.peers.context import client_context
from ringwall.peers.x509_context import X509Context

ROUNDS, REQUESTS = 11, 300
REQUEST = b"GET / HTTP/1.1\r\nhost: billing\r\n\r\n"


@dataclass
class Variant:
    name: str
    call: Callable[[], Any]
    medians: list[float] = field(default_factory=list)

    def round(self) -> None:
        spans = []
        for _ in range(REQUESTS):
            began = time.perf_counter()
            self.call()
            spans.append(time.perf_counter() - began)
        self.medians.append(statistics.median(spans))

    @property
    def figure(self) -> float:
        return statistics.median(self.medians) * 1e6


def serve(identity: bytes, kind: str, loop: str, ports: Any) -> None:
    """One server process: ``plain``, ``mtls`` (the standard library alone) or ``identity`` (checked on every read)."""
    context = X509Context.decode(identity)
    if kind == "identity":
        server = Server(echo, internal=("127.0.0.1", 0), check=PeerCheck(Held(context)), access_log=False, loop=loop)
    else:
        tls = None
        if kind == "mtls":
            tls = usual(ssl.PROTOCOL_TLS_SERVER, context)
            tls.num_tickets = 0
        server = Server(echo, public=("127.0.0.1", 0), public_tls=tls, access_log=False, loop=loop)
    ports.put((kind, (server.internal or server.public or ("", 0))[1]))
    server.run()


def usual(protocol: int, identity: X509Context) -> ssl.SSLContext:
    from ringwall.peers.context import _load

    context = ssl.SSLContext(protocol)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    _load(context, identity)  # type: ignore[arg-type]
    return context


def raw(port: int, context: ssl.SSLContext | None) -> Callable[[], bytes]:
    connection: Any = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if context is not None:
        connection = context.wrap_socket(connection, server_hostname="billing")

    def call() -> bytes:
        connection.sendall(REQUEST)
        answer = connection.recv(65536)
        while b"spiffe" not in answer and b"nobody" not in answer:
            answer += connection.recv(65536)
        return bytes(answer)

    return call


def compare(title: str, variants: list[Variant]) -> None:
    for variant in variants:
        variant.round()
        variant.medians.clear()
    for turn in range(ROUNDS):
        for variant in variants if turn % 2 else reversed(variants):
            variant.round()
    print(title)
    for variant in variants:
        print(f"  {variant.name:<28}{variant.figure:8.1f} µs  ×{variant.figure / variants[0].figure:.2f}")


def issuing(realm: Realm) -> None:
    key, identity = ec.generate_private_key(ec.SECP256R1()).public_key(), LeafIdentity(realm.id("orders"), ("orders",))
    count, began, now = 0, time.perf_counter(), time.time()
    while (span := time.perf_counter() - began) < 2:
        realm.authority.issue(key, identity, now)
        count += 1
    print(f"certificates issued              {count / span:8.0f} a second on one core")
    began = time.perf_counter()
    orders = realm.held("orders")
    for _ in range(200):
        client_context(orders(), PeerCheck(orders))
    print(f"a new TLS context                {(time.perf_counter() - began) / 200 * 1e3:8.2f} ms")


def requests(realm: Realm, loop: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    queue, identity = spawn.Queue(), realm.context("billing").encode()
    kinds = ("plain", "mtls", "identity")
    servers = [spawn.Process(target=serve, args=(identity, kind, loop, queue)) for kind in kinds]
    for server in servers:
        server.start()
    ports = dict(queue.get(timeout=20) for _ in servers)
    time.sleep(1)
    orders = realm.held("orders")
    checked = client_context(orders(), PeerCheck(orders))
    plain = httpx2.Client(base_url=f"http://127.0.0.1:{ports['plain']}", trust_env=False)
    try:
        compare(
            f"kept-alive request, raw client, server on {loop}",
            [
                Variant("plain", raw(ports["plain"], None)),
                Variant("mutual TLS", raw(ports["mtls"], usual(ssl.PROTOCOL_TLS_CLIENT, orders()))),
                Variant("mutual TLS and identity", raw(ports["identity"], checked)),
            ],
        )
        with client(realm.peer("billing", ports["identity"]), orders) as peer:
            compare(
                f"kept-alive request, httpx2, server on {loop}",
                [Variant("plain", lambda: plain.get("/")), Variant("peer client", lambda: peer.get("/"))],
            )
    finally:
        plain.close()
        for server in servers:
            server.terminate()
            server.join(5)


if __name__ == "__main__":
    trust_domain = Realm()
    for event_loop in ("asyncio", "uvloop"):
        requests(trust_domain, event_loop)
    issuing(trust_domain)
