"""A trust domain for tests: a CA, identities made from it, and services that listen with them."""

from __future__ import annotations

import contextlib
import ipaddress
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ringwall.authority.ca.certificate_authority import CertificateAuthority
from ringwall.authority.ca.profile import LeafIdentity
from ringwall.on.serve import Server
from ringwall.peers.check import PeerCheck
from ringwall.peers.identity import SpiffeId
from ringwall.peers.peer import Peer
from ringwall.peers.x509_context import X509Context

LOOPBACK = ipaddress.ip_address("127.0.0.1")


class TurnedClock:
    """The machine's clock, ``ahead`` seconds ahead of itself."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def steady(self) -> float:
        return time.monotonic() + self.ahead


class Held:
    """An identity source whose identity a test can replace."""

    def __init__(self, context: X509Context) -> None:
        self.context = context

    def __call__(self) -> X509Context:
        return self.context

    def deny(self, *serials: int) -> None:
        self.context = replace(self.context, denied=self.context.denied | set(serials))


class Realm:
    def __init__(self, trust_domain: str = "ringwall.internal") -> None:
        self.trust_domain = trust_domain
        self.authority = CertificateAuthority.create(trust_domain, time.time())

    def id(self, name: str) -> SpiffeId:
        return SpiffeId.of(self.trust_domain, name)

    def context(self, name: str, *, life: float = 3600) -> X509Context:
        key = ec.generate_private_key(ec.SECP256R1())
        identity = LeafIdentity(self.id(name), ("localhost", name), (LOOPBACK,))
        issued = self.authority.issue(key.public_key(), identity, time.time(), life=life)
        der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return X509Context.assemble(issued.chain, der, self.authority.bundle)

    def held(self, name: str, *, life: float = 3600) -> Held:
        return Held(self.context(name, life=life))

    def files(self, directory: Path, context: X509Context) -> tuple[str, str, str]:
        """Certificate chain, key and CA bundle as PEM files, the way programs without us take them."""
        import ssl

        from cryptography.hazmat.primitives.serialization import load_der_private_key

        pem = load_der_private_key(context.key.reveal(), None).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        paths = [directory / f"{context.spiffe_id.path[1:]}.{kind}" for kind in ("crt", "key", "ca")]
        paths[0].write_text("".join(map(ssl.DER_cert_to_PEM_cert, context.chain)))
        paths[1].write_bytes(pem)
        paths[2].write_text("".join(map(ssl.DER_cert_to_PEM_cert, context.bundle)))
        return str(paths[0]), str(paths[1]), str(paths[2])

    def peer(self, name: str, port: int) -> Peer:
        return Peer(name, f"https://127.0.0.1:{port}", self.id(name))


@contextlib.contextmanager
def served(app: Any, check: PeerCheck | None, **options: Any) -> Iterator[Server]:
    """``app`` behind an internal listener, in a thread of its own."""
    server = Server(
        app,
        **{"internal": ("127.0.0.1", 0) if check else None, "check": check, "timeout_graceful_shutdown": 2, **options},
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert server.ready.wait(10)
        yield server
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Says who called, by the certificate, and with which bearer token."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    peer = scope.get("extensions", {}).get("ringwall.peer")
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": f"{peer.spiffe_id} {message['text']}"})
        return
    token = dict(scope["headers"]).get(b"authorization", b"").decode()
    body = f"{peer.spiffe_id if peer else 'nobody'} {token}".strip().encode()
    length = str(len(body)).encode()
    headers = [(b"content-length", length), (b"set-cookie", b"mine=1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
