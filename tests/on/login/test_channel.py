"""The way to a provider over real sockets: our certificate, its deadlines, its silence."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import json
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ringwall.errors import RingwallError, Unavailable
from ringwall.login.client import Client
from ringwall.on.login import OwnAuthority
from ringwall.on.login import channel as channels
from ringwall.on.login.channel import AnswerLost, Channel

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def own(issuer: str, tls: Any = None) -> OwnAuthority:
    return OwnAuthority(issuer=lambda: issuer, client=Client("shop", ("openid",), "certificate"), caller=None, tls=tls)


def serve(handler: Handler, work: Callable[[int], Awaitable[Any]], context: ssl.SSLContext | None = None) -> Any:
    async def run() -> Any:
        async with await asyncio.start_server(handler, "127.0.0.1", 0, ssl=context) as server:
            return await work(server.sockets[0].getsockname()[1])

    return asyncio.run(run())


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b" % (len(body), body))
    await writer.drain()
    writer.close()


def certificate(directory: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = directory / f"{name}.pem"
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_our_certificate_goes_to_the_internal_listener(tmp_path):
    mine, theirs = certificate(tmp_path, "shop"), certificate(tmp_path, "authority")
    listening = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(mine))
    listening.load_cert_chain(theirs)
    listening.verify_mode = ssl.CERT_REQUIRED
    asked = []

    def tls() -> ssl.SSLContext:
        asked.append(True)
        context = ssl.create_default_context(cafile=str(theirs))
        context.load_cert_chain(mine)
        return context

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        subject = dict(part[0] for part in writer.get_extra_info("peercert")["subject"])
        await answer(reader, writer, json.dumps(subject).encode())

    async def work(port: int) -> Any:
        channel = Channel(own("http://localhost", tls), development=True)
        return [await channel.post(f"https://localhost:{port}/token", b"grant_type=x") for _ in range(2)]

    assert serve(handler, work, listening) == [(200, b'{"commonName": "shop"}')] * 2
    assert len(asked) == 2

    async def without(port: int) -> Any:
        channel = Channel(own("http://localhost"), development=True)
        return await channel.post(f"https://localhost:{port}/token", b"grant_type=x")

    with pytest.raises(Unavailable):
        serve(handler, without, listening)


def post(port: int) -> Awaitable[Any]:
    return Channel(own("http://localhost"), development=True).post(f"http://127.0.0.1:{port}/token", b"x=y")


def test_nobody_listens_nothing_was_sent():
    async def closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async def after(port: int) -> int:
        return port

    port = serve(closed, after)
    with pytest.raises(Unavailable) as caught:
        asyncio.run(post(port))
    assert not isinstance(caught.value, AnswerLost)


def flood(chunk: bytes, pause: float) -> Any:
    """Ask a server that starts an answer and goes on with ``chunk`` after ``chunk``, for as long as we listen."""
    closed = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while not writer.is_closing():
                writer.write(chunk)
                await writer.drain()
                await asyncio.sleep(pause)
        writer.close()
        closed.set()

    async def work(port: int) -> Any:
        try:
            return await post(port)
        finally:
            await closed.wait()

    return serve(handler, work)


def test_an_answer_that_drips_is_lost_at_the_deadline(monkeypatch):
    monkeypatch.setattr(channels, "DEADLINE", 0.2)
    with pytest.raises(AnswerLost):
        flood(b"x", 0.02)


def test_an_answer_without_end_is_read_to_its_bound_and_no_further(monkeypatch):
    monkeypatch.setattr(channels, "DEADLINE", 2.0)
    status, body = flood(b"x" * 10_000, 0.001)
    assert (status, len(body)) == (200, channels.MAX_RESPONSE + 1)


def test_a_connection_that_breaks_after_the_request_is_lost():
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    with pytest.raises(AnswerLost):
        serve(hang_up, post)


@pytest.mark.parametrize("issuer", ["ftp://localhost", "http://evil.example", "", "localhost"])
def test_an_issuer_that_is_no_url_is_not_asked(issuer):
    with pytest.raises(RingwallError):
        asyncio.run(Channel(own(issuer), development=True).provider())
