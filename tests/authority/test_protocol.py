"""Hostile HTTP, over real sockets, on both event loops: what is answered, and that it is answered at all."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest
import uvloop

from ringwall.authority.listener import Listener, bind, bind_unix
from ringwall.authority.protocol import BODY_BYTES, HEADER_BYTES, HardenedProtocol


class Impatient(HardenedProtocol):
    request_seconds = 0.3
    stall_seconds = 0.3


async def echo(scope, receive, send):
    """Answers with the path and the length of the body; ``/big`` with more than a socket holds."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    if scope["path"] == "/slow":
        await asyncio.sleep(0.5)
    body = b"x" * 50_000_000 if scope["path"] == "/big" else f"{scope['path']} {length}".encode()
    if scope["path"] == "/who":
        body = str(scope["extensions"]["unix"]["uid"]).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(body)).encode())]}
    )
    await send({"type": "http.response.body", "body": body})


class Serving:
    """A listener in a thread of its own."""

    def __init__(self, sock: socket.socket, loop_factory) -> None:
        self.address = sock.getsockname()
        self.family = sock.family
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(sock, loop_factory))
        self._thread.start()
        self._ready.wait(5)

    def _run(self, sock, loop_factory) -> None:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            self._loop = runner.get_loop()
            self._stop = asyncio.Event()
            self.listener = Listener(echo, sock, protocol=Impatient)
            runner.run(self._serve())

    async def _serve(self) -> None:
        await self.listener.start()
        self._ready.set()
        await self._stop.wait()
        await self.listener.stop()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def connect(self) -> socket.socket:
        connection = socket.socket(self.family, socket.SOCK_STREAM)
        connection.settimeout(5)
        connection.connect(self.address)
        return connection

    def send(self, data: bytes, *, then: bytes = b"") -> bytes:
        """Everything that comes back until the connection closes."""
        with self.connect() as connection:
            connection.sendall(data)
            if then:
                threading.Event().wait(0.05)
                connection.sendall(then)
            return drain(connection)


def drain(connection: socket.socket) -> bytes:
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def serving(request) -> Iterator[Serving]:
    serving = Serving(bind("127.0.0.1", 0), request.param)
    yield serving
    serving.stop()


CLOSE = b"host: a\r\nconnection: close\r\n"


def test_ordinary_requests_are_served(serving):
    assert serving.send(b"GET /a HTTP/1.1\r\n" + CLOSE + b"\r\n").endswith(b"/a 0")
    body = b"POST /b HTTP/1.1\r\n" + CLOSE + b"content-length: 5\r\n\r\n"
    assert serving.send(body, then=b"12345").endswith(b"/b 5")
    chunked = b"POST /c HTTP/1.1\r\n" + CLOSE + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    assert serving.send(chunked).endswith(b"/c 3")


def test_a_body_of_the_largest_size_is_served_on_one_connection_twice(serving):
    head = b"POST /b HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n" % BODY_BYTES
    first = head + b"\r\n" + bytes(BODY_BYTES)
    last = head + b"connection: close\r\n\r\n" + bytes(BODY_BYTES)
    answer = serving.send(first + last)
    assert answer.count(f"/b {BODY_BYTES}".encode()) == 2


SMUGGLING = {
    "content-length and transfer-encoding": b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "transfer-encoding and content-length": b"transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n",
    "two content-lengths": b"content-length: 5\r\ncontent-length: 6\r\n\r\n12345",
    "the same content-length twice": b"content-length: 5\r\ncontent-length: 5\r\n\r\n12345",
    "content-length in a list": b"content-length: 5, 5\r\n\r\n12345",
    "content-length with a plus": b"content-length: +5\r\n\r\n12345",
    "content-length negative": b"content-length: -5\r\n\r\n12345",
    "content-length in hex": b"content-length: 0x5\r\n\r\n12345",
    "two transfer-encodings": b"transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "transfer-encoding in a list": b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "transfer-encoding identity": b"transfer-encoding: identity\r\n\r\n",
    "transfer-encoding with a tab": b"transfer-encoding:\tx\r\n\r\n",
    "space before the colon": b"content-length : 5\r\n\r\n12345",
    "folded header": b"x: a\r\n b\r\n\r\n",
    "header without a colon": b"nonsense\r\n\r\n",
    "header with a NUL": b"x: a\x00b\r\n\r\n",
    "bare carriage return": b"x: a\rtransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunk size with a sign": b"transfer-encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n",
    "chunk size too large": b"transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n",
    "chunk without an end": b"transfer-encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("rest", SMUGGLING.values(), ids=SMUGGLING)
def test_attack_request_smuggling(serving, rest):
    """RFC 9112 section 11.2. The connection ends, and what came after is never read as a request."""
    answer = serving.send(b"POST /a HTTP/1.1\r\nhost: a\r\n" + rest + b"GET /smuggled HTTP/1.1\r\n" + CLOSE + b"\r\n")
    assert answer == b"" or status(answer) == 400
    assert b"smuggled" not in answer
    assert answer.count(b"HTTP/1.1 ") <= 1


HOSTS = {"no host": b"", "two hosts": b"host: a\r\nhost: b\r\n", "the same host twice": b"host: a\r\nhost: a\r\n"}


@pytest.mark.parametrize("hosts", HOSTS.values(), ids=HOSTS)
def test_attack_exactly_one_host(serving, hosts):
    assert status(serving.send(b"GET /a HTTP/1.1\r\n" + hosts + b"\r\n")) == 400


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"\x00" * 100, b"PRI * HTTP/2.0\r\n\r\n"]
)
def test_attack_other_protocols(serving, garbage):
    answer = serving.send(garbage + b"\r\n\r\n")
    assert answer == b"" or status(answer) == 400


@pytest.mark.parametrize("times", [1, 30], ids=["in one read", "in many"])
def test_attack_header_bomb(serving, times):
    bomb = b"".join(b"x%d: %s\r\n" % (number, b"y" * 1000) for number in range(2 * HEADER_BYTES // 1000))
    assert status(serving.send(b"GET /a HTTP/1.1\r\nhost: a\r\n" + bomb * times + b"\r\n")) == 431


def test_attack_one_header_without_end(serving):
    """A line that never ends is counted as it comes."""
    assert status(serving.send(b"GET /a HTTP/1.1\r\nhost: a\r\nx: " + b"y" * 600_000)) == 431


def test_attack_body_too_large_said_beforehand(serving):
    for length in (BODY_BYTES + 1, 10**11):
        answer = serving.send(b"POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n" % length)
        assert status(answer) == 413


def test_attack_body_too_large_in_chunks(serving):
    chunks = (b"10000\r\n" + bytes(0x10000) + b"\r\n") * 40
    head = b"POST /a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
    assert status(serving.send(head + chunks)) == 413


SLOW = {
    "nothing at all": b"",
    "half a request line": b"GET /a",
    "headers without an end": b"GET /a HTTP/1.1\r\nhost: a\r\n",
    "half a body": b"POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n12345",
}


@pytest.mark.parametrize("part", SLOW.values(), ids=SLOW)
def test_attack_slow_loris(serving, part):
    """A request that does not arrive is answered 408 and its connection ends. Each byte in time does not help."""
    with serving.connect() as connection:
        connection.sendall(part)
        for _ in range(3):
            threading.Event().wait(0.08)
            if part and not part.endswith(b"\n"):
                connection.sendall(b"a")
        assert status(drain(connection)) == 408


def test_attack_a_client_that_does_not_read(serving):
    with serving.connect() as connection:
        connection.sendall(b"GET /big HTTP/1.1\r\nhost: a\r\n\r\n")
        threading.Event().wait(1.0)
        assert len(drain(connection)) < 50_000_000
    assert serving.send(b"GET /a HTTP/1.1\r\n" + CLOSE + b"\r\n").endswith(b"/a 0")


def test_a_refused_request_is_never_taken_for_the_answer_to_the_one_before(serving):
    answer = serving.send(b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n", then=b"GET /a HTTP/1.1\r\n\r\n")
    assert b" 400 " not in answer.split(b"\r\n")[0]


def test_pipelined_requests_are_answered_in_order(serving):
    answer = serving.send(b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\nGET /b HTTP/1.1\r\n" + CLOSE + b"\r\n")
    assert answer.index(b"/slow 0") < answer.index(b"/b 0")


def test_the_kernel_says_who_is_at_a_unix_socket(tmp_path):
    serving = Serving(bind_unix(tmp_path / "s.sock"), asyncio.new_event_loop)
    try:
        import os

        answer = serving.send(b"GET /who HTTP/1.1\r\n" + CLOSE + b"\r\n")
        assert answer.endswith(str(os.getuid()).encode())
    finally:
        serving.stop()


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_attack_identity_bleed_between_pipelined_requests(loop):
    """A context variable that one request sets is not there in the next (cpython#140947)."""
    import contextvars

    who: contextvars.ContextVar[str] = contextvars.ContextVar("who", default="nobody")

    async def app(scope, receive, send):
        body = who.get().encode()
        if scope["path"] == "/alice":
            who.set("alice")
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    original = echo
    globals()["echo"] = app
    try:
        serving = Serving(bind("127.0.0.1", 0), loop)
    finally:
        globals()["echo"] = original
    try:
        one = b"GET /alice HTTP/1.1\r\nhost: a\r\n\r\n"
        answer = serving.send(one * 5 + b"GET /anonymous HTTP/1.1\r\n" + CLOSE + b"\r\n")
        assert answer.count(b"nobody") == 6
        assert b"alice" not in answer
    finally:
        serving.stop()
