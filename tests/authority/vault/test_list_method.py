"""``LIST`` on the wire: understood where a request begins, and nowhere else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ringwall.authority.listener import Listener, bind
from ringwall.authority.vault.list_method import ListMethodProtocol


async def told(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the method and the body that arrived."""
    body = b""
    while (message := await receive()).get("more_body"):
        body += message.get("body", b"")
    body += message.get("body", b"")
    content = scope["method"].encode() + b"|" + body
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(content))]})
    await send({"type": "http.response.body", "body": content})


async def spoken(*parts: bytes) -> bytes:
    """What the server says to these packets on one connection."""
    sock = bind("127.0.0.1", 0)
    listener = Listener(told, sock, protocol=ListMethodProtocol)
    await listener.start()
    try:
        reader, writer = await asyncio.open_connection(*sock.getsockname())
        heard = b""
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.05)
        writer.write_eof()
        async with asyncio.timeout(5):
            heard += await reader.read(65536)
        writer.close()
        return heard
    finally:
        await listener.stop()


@pytest.mark.parametrize(
    ("parts", "answers"),
    [
        ((b"LIST /a HTTP/1.1\r\nhost: x\r\n\r\n",), [b"LIST|"]),
        ((b"LIST /a HTTP/1.1\r\nhost: x\r\n\r\n", b"GET /a HTTP/1.1\r\nhost: x\r\n\r\n"), [b"LIST|", b"GET|"]),
        ((b"GET /a HTTP/1.1\r\nhost: x\r\n\r\n", b"LIST /a HTTP/1.1\r\nhost: x\r\n\r\n"), [b"GET|", b"LIST|"]),
        (
            (b"POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n", b"LIST /b HT"),
            [b"POST|LIST /b HT"],
        ),
        (
            (b"POST /a HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\n", b"LIST \r\n0\r\n\r\n"),
            [b"POST|LIST "],
        ),
    ],
)
def test_list(parts: tuple[bytes, ...], answers: list[bytes]) -> None:
    heard = asyncio.run(spoken(*parts))
    assert [part.rpartition(b"\r\n\r\n")[2] for part in heard.split(b"HTTP/1.1 200")[1:]] == answers
