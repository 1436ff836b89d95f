"""HTTP/1.1 on a connection, with bounds on everything a client can stretch: uvicorn's protocol class, hardened.

A request that does not arrive whole in time is answered 408, one with too many header bytes 431, one with too large a
body 413. Exactly one ``Host`` is required (RFC 9112 section 3.2), and a request that has both ``Content-Length`` and
``Transfer-Encoding`` is refused (section 6.1), because two readers would end it in two places. Trailers are refused:
they would come after the headers were judged, and join them (RFC 9110 section 6.5.1).

``scope["extensions"]`` gets ``tls`` (``client_cert``: the leaf that the handshake has verified, or ``None``) and on
a Unix socket ``unix`` (``pid``, ``uid``, ``gid`` of the other end, as the kernel says).
"""

from __future__ import annotations

import asyncio
import socket
import struct
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

REQUEST_SECONDS = 10.0
"""The time for a whole request to arrive, counted from its first byte or from the connection's start."""

CONNECTIONS = 6144
"""The most at one listener. The rest of the files that a process may open is for the others."""

STALL_SECONDS = 30.0
"""The time for which a client may refuse to read before the connection is cut."""

LINGER_SECONDS = 1.0
"""The time for which we still take bytes after a refusal. Closing at once would reset the answer away."""

HEADER_BYTES = 32 * 1024
BODY_BYTES = 1024 * 1024
SENT_BYTES = 2 * BODY_BYTES
"""The most that a body may take up on the wire, with what frames its chunks."""


class HardenedProtocol(HttpToolsProtocol):
    """One connection. A request that was refused is the last on it."""

    request_seconds = REQUEST_SECONDS
    stall_seconds = STALL_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._extensions: dict[str, Any] = {}
        self._refused = False
        self._in_headers = False
        self._in_body = False
        self._began = False
        self._header_bytes = 0
        self._body_bytes = 0
        self._sent_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
            return
        self._extensions = _who(transport)
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._began = False
        super().data_received(data)
        # Bytes are also counted as they come: the parser keeps an unfinished line of headers or trailers to itself.
        if self._in_headers and not self._began:
            self._header_bytes += len(data)
            if self._header_bytes > HEADER_BYTES:
                self._refuse(431)
        elif self._in_body and not self._began:
            self._sent_bytes += len(data)
            if self._sent_bytes > SENT_BYTES:
                self._refuse(413)

    def on_message_begin(self) -> None:
        if self._refused:
            return
        self._began = self._in_headers = True
        self._header_bytes = self._body_bytes = self._sent_bytes = 0
        self._arm()
        super().on_message_begin()
        self.scope["extensions"] = self._extensions

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._refused:
            return
        if self._in_body:
            self._refuse(400)
            return
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._refused:
            return
        self._in_headers = False
        if (status := _objection(self.headers)) is not None:
            self._refuse(status)
            return
        super().on_headers_complete()
        self._in_body = True

    def on_body(self, body: bytes) -> None:
        if self._refused:
            return
        self._body_bytes += len(body)
        if self._body_bytes > BODY_BYTES:
            self._refuse(413)
            return
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self._refused:
            return
        self._disarm()
        self._in_body = False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's signature
        self._refuse(400)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall = self.loop.call_later(self.stall_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
        super().resume_writing()

    def _arm(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.request_seconds, self._refuse, 408)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: int) -> None:
        self._refused = True
        self._disarm()
        if self.transport.is_closing():
            return
        may_answer = self._may_answer()
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not may_answer:
            self.transport.close()
            return
        phrase = HTTPStatus(status).phrase
        self.transport.write(
            f"HTTP/1.1 {status} {phrase}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode("ascii")
        )
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self._deadline = self.loop.call_later(LINGER_SECONDS, self.transport.abort)
        else:
            self.transport.close()

    def _may_answer(self) -> bool:
        # Ours must never be taken for the answer to an earlier request, nor follow an answer that has begun.
        if self._in_body:
            return not self.pipeline and not self.cycle.response_started
        return self.cycle is None or self.cycle.response_complete


def _objection(headers: list[tuple[bytes, bytes]]) -> int | None:
    hosts = lengths = encodings = size = 0
    for name, value in headers:
        size += len(name) + len(value)
        if name == b"host":
            hosts += 1
        elif name == b"content-length":
            lengths += 1
            if not value.isdigit() or lengths > 1:
                return 400
            if len(value) > 12 or int(value) > BODY_BYTES:
                return 413
        elif name == b"transfer-encoding":
            encodings += 1
            if value.lower() != b"chunked":
                return 400
    if size > HEADER_BYTES:
        return 431
    return 400 if hosts != 1 or encodings > 1 or (lengths and encodings) else None


def _who(transport: asyncio.Transport) -> dict[str, Any]:
    tls = transport.get_extra_info("ssl_object")
    if tls is not None:
        return {"tls": {"client_cert": tls.getpeercert(binary_form=True)}}
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family == socket.AF_UNIX:
        packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        pid, uid, gid = struct.unpack("3i", packed)
        return {"unix": {"pid": pid, "uid": uid, "gid": gid}}
    return {}
