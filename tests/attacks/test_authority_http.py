"""Attacks on the authority's listeners by somebody who can connect, and nothing more."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest

from ringwall.authority import protocol
from ringwall.authority.listener import Listener, bind
from ringwall.authority.protocol import BODY_BYTES, HEADER_BYTES

CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"


async def headers(scope, receive, send) -> None:
    """Answers with the names of the request's headers, looked at after its body."""
    while (await receive()).get("more_body"):
        pass
    body = b" ".join(name for name, _ in scope["headers"])
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    sock = bind("127.0.0.1", 0)
    ready, done = threading.Event(), []

    async def serve() -> None:
        listener, stop, loop = Listener(headers, sock), asyncio.Event(), asyncio.get_running_loop()
        done.append(lambda: loop.call_soon_threadsafe(stop.set))
        await listener.start()
        ready.set()
        await stop.wait()
        await listener.stop()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait(5)
    yield sock.getsockname()
    done[0]()
    thread.join(10)


def ask(address: tuple[str, int], *pieces: bytes) -> bytes:
    with socket.create_connection(address, timeout=5) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(65536)
        except (ConnectionResetError, BrokenPipeError):
            return b""


def test_attack_a_trailer_that_becomes_a_header(address) -> None:
    """RFC 9110 section 6.5.1: a proxy has judged the headers, and this would come after them."""
    answer = ask(address, CHUNKED + b"Authorization: Basic am9iOnMzY3JldA==\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("piece", [b"y" * 65536, b"X: y\r\n" * 1000], ids=["one line", "many lines"])
def test_attack_trailers_without_end(address, piece) -> None:
    """The parser keeps what it is sent of a trailer; nothing else would have bounded it."""
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(CHUNKED + b"X: ")
        for _ in range(4 * BODY_BYTES // len(piece)):
            connection.sendall(piece)
        assert connection.recv(12) in (b"HTTP/1.1 400", b"HTTP/1.1 413")


def test_attack_a_target_that_is_no_path(address, caplog) -> None:
    answer = ask(address, b"CONNECT evil.example:80 HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert not [record for record in caplog.records if record.exc_info], "no traceback for a stranger's line"


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\nc\r\nabc\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * HEADER_BYTES + b"\r\n\r\n",
    ],
    ids=["bare lf", "obs-fold", "space", "plus", "cl+te", "te+te", "chunk extension", "header bomb"],
)
def test_attack_a_request_that_two_readers_end_in_two_places(address, request_) -> None:
    assert ask(address, request_)[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 431")


def test_attack_connections_that_take_every_file(address, monkeypatch) -> None:
    monkeypatch.setattr(protocol, "CONNECTIONS", 8)
    idle = [socket.create_connection(address, timeout=5) for _ in range(40)]
    try:
        assert until_closed(idle[20:]) == 20, "what is beyond the limit is let go at once"
        idle[0].sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert idle[0].recv(100).startswith(b"HTTP/1.1 200 ")
    finally:
        for connection in idle:
            connection.close()


def until_closed(connections: list[socket.socket]) -> int:
    closed = 0
    for connection in connections:
        try:
            closed += connection.recv(1) == b""
        except ConnectionResetError:
            closed += 1
    return closed
