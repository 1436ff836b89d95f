"""The running server: mutual TLS by our own CA, the note for services, ports, and the clean stop."""

from __future__ import annotations

import asyncio
import json
import ssl
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ringwall.authority.authority import Authority
from ringwall.authority.ca.certificate_authority import CertificateAuthority
from ringwall.authority.ca.profile import LeafIdentity
from ringwall.authority.listener import bind
from ringwall.authority.server import Server
from ringwall.authority.settings import Settings
from ringwall.errors import Unavailable
from ringwall.peers.check import PeerCheck
from ringwall.peers.context import client_context, server_context
from ringwall.peers.identity import SpiffeId
from ringwall.peers.x509_context import X509Context
from ringwall.tokens.feed import FeedReader
from ringwall.tokens.revocation import Revocation
from ringwall.tokens.snapshot import Snapshot

CA = CertificateAuthority.create("ringwall.internal", time.time())


def identity(service: str) -> X509Context:
    key = ec.generate_private_key(ec.SECP256R1())
    issued = CA.issue(key.public_key(), LeafIdentity(SpiffeId.of("ringwall.internal", service)), time.time())
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return X509Context.assemble(issued.chain, der, CA.bundle)


def check(service: str) -> PeerCheck:
    held = identity(service)
    return PeerCheck(lambda: held)


async def exchange(port: int, request: bytes, context: ssl.SSLContext | None = None) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


def http(method: str, path: str, body: str = "", *headers: str) -> bytes:
    head = [
        f"{method} {path} HTTP/1.1",
        "host: localhost",
        "connection: close",
        f"content-length: {len(body)}",
        *headers,
    ]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


FORM = "content-type: application/x-www-form-urlencoded"
OWN = "grant_type=client_credentials"


class Running:
    def __init__(self, home):
        self.home = home
        self.public, self.internal = bind("127.0.0.1", 0), bind("127.0.0.1", 0)
        self.public_port, self.internal_port = self.public.getsockname()[1], self.internal.getsockname()[1]
        settings = Settings(f"http://localhost:{self.public_port}", f"https://localhost:{self.internal_port}")
        self.authority = Authority.open(home, settings, synchronous="OFF")

    async def __aenter__(self):
        tls = server_context(check("authority"))
        self.server = Server(self.authority, self.home, public=self.public, internal=self.internal, internal_tls=tls)
        await self.server.start()
        return self

    async def __aexit__(self, *_):
        await self.server.stop()


@pytest.fixture
def home(tmp_path):
    return tmp_path / "h"


def test_a_service_gets_a_token_by_its_certificate(home):
    async def main():
        async with Running(home) as running:
            context = client_context(identity("orders"), check("orders"))
            return await exchange(running.internal_port, http("POST", "/token", OWN, FORM), context)

    answer = asyncio.run(main())
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"access_token" in answer


def test_without_a_certificate_there_is_no_handshake_and_on_the_public_listener_no_service(home):
    async def main():
        async with Running(home) as running:
            bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            bare.check_hostname, bare.verify_mode = False, ssl.CERT_NONE
            with pytest.raises((ssl.SSLError, ConnectionError)):
                assert await exchange(running.internal_port, http("GET", "/events?after=0"), bare) == b""
                raise ConnectionError  # some TLS stacks only close
            return await exchange(running.public_port, http("POST", "/token", OWN, FORM))

    assert asyncio.run(main()).startswith(b"HTTP/1.1 401")


def test_the_feed_over_mutual_tls_brings_a_revocation_at_once(home):
    async def main():
        async with Running(home) as running:
            context = client_context(identity("orders"), check("orders"))
            answer = await exchange(running.internal_port, http("GET", "/events/snapshot"), context)
            snapshot = Snapshot.decode(answer.partition(b"\r\n\r\n")[2])
            reader, writer = await asyncio.open_connection("127.0.0.1", running.internal_port, ssl=context)
            writer.write(http("GET", f"/events?after={snapshot.seq}"))
            await reader.readuntil(b"\r\n\r\n")
            operator_reader, operator_writer = await asyncio.open_unix_connection(str(home / "operator.sock"))
            began = time.monotonic()
            operator_writer.write(http("POST", "/revocations", '{"kind": "sub", "value": "ann"}'))
            feed = FeedReader(snapshot.seq)
            found = None
            while found is None:
                size = int(await reader.readline(), 16)
                piece = await reader.readexactly(size + 2)
                found = next((event for event in feed.receive(piece[:-2]) if isinstance(event, Revocation)), None)
            took = time.monotonic() - began
            assert (await operator_reader.read()).startswith(b"HTTP/1.1 201")
            operator_writer.close()
            writer.close()
            return found, took

    found, took = asyncio.run(main())
    assert (found.kind, found.value) == ("sub", "ann")
    assert took < 1.0


def test_a_guard_that_left_is_forgotten(home):
    async def main():
        async with Running(home) as running:
            feed = running.authority.feed
            context = client_context(identity("orders"), check("orders"))
            reader, writer = await asyncio.open_connection("127.0.0.1", running.internal_port, ssl=context)
            writer.write(http("GET", f"/events?after={feed.snapshot().seq}"))
            await reader.readuntil(b"event: beat")
            assert len(feed._followers) == 1
            writer.transport.abort()
            for _ in range(100):
                if not feed._followers:
                    return True
                await asyncio.sleep(0.05)
        return False

    assert asyncio.run(main())


def test_the_note_says_where_everything_is_and_is_for_the_owner(home):
    async def main():
        async with Running(home) as running:
            path = home / "authority.json"
            assert path.stat().st_mode & 0o077 == 0
            assert home.stat().st_mode & 0o077 == 0
            return json.loads(path.read_text()), running.authority.settings

    note, settings = asyncio.run(main())
    assert set(note) == {"issuer", "internal", "workload_socket", "operator_socket", "trust_domain", "pid"}
    assert (note["issuer"], note["internal"]) == (settings.issuer, settings.internal)
    # Services that start while the authority is down must know whose tokens they take.
    assert json.loads((home / "authority.json").read_text()) == note


def test_stop_lets_go_of_everything_while_streams_are_open(home):
    async def main():
        async with Running(home) as running:
            context = client_context(identity("orders"), check("orders"))
            reader, writer = await asyncio.open_connection("127.0.0.1", running.internal_port, ssl=context)
            seq = running.authority.feed.snapshot().seq
            writer.write(http("GET", f"/events?after={seq}"))
            await reader.readuntil(b"\r\n\r\n")
            began = time.monotonic()
        assert time.monotonic() - began < 2.0
        writer.close()
        bind("127.0.0.1", running.internal_port).close()
        Authority.open(home, running.authority.settings).close()

    asyncio.run(main())


def test_a_port_in_use_is_reported_or_replaced():
    first = bind("127.0.0.1", 0)
    port = first.getsockname()[1]
    with pytest.raises(Unavailable, match=f"port {port} of 127.0.0.1 is in use") as refused:
        bind("127.0.0.1", port)
    assert str(port) in refused.value.hint
    other = bind("127.0.0.1", port, another=True)
    assert other.getsockname()[1] not in (0, port)
    first.close()
    other.close()
