"""The last line: nothing leaves an ASGI application before somebody has decided that it may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ringwall.current import Visit
from ringwall.intake.headers import SecureHeaders
from ringwall.on.answer import Answer
from ringwall.on.undecided import harmless, undecided

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Exit:
    """A ``send`` that adds secure headers, and lets no response start that nobody has decided about."""

    __slots__ = ("_dropping", "_emptied", "_headers", "_send", "_visit", "started")

    def __init__(self, send: Send, visit: Visit, headers: SecureHeaders) -> None:
        self._send = send
        self._visit = visit
        self._headers = headers
        self._dropping = self._emptied = False
        self.started = False

    def __call__(self, message: MutableMapping[str, Any]) -> Awaitable[None]:
        # Not a coroutine itself: every message of every response comes through here.
        kind = message["type"]
        if kind == "http.response.start" or kind == "websocket.http.response.start":
            if not self._visit.decided and not self._may_pass(message):
                return _nothing()
            private = self._visit.caller is not None
            message["headers"] = self._headers.complete(message.get("headers", ()), private=private)
            self.started = True
        elif self._emptied and kind == "http.response.body":
            return self._send({"type": kind, "body": b"", "more_body": message.get("more_body", False)})
        elif self._dropping:
            return _nothing()
        elif kind == "websocket.accept":
            if not self._visit.decided:
                self._visit.guard.knock(self._visit, None)
            self.started = True
        return self._send(message)

    def _may_pass(self, message: MutableMapping[str, Any]) -> bool:
        """Whether an answer that nobody decided about says nothing. Raises :class:`Refusal` when it may not go out;
        false when ours will take its place once the application's own error has gone up to the server's log."""
        if self._visit.refusal is not None:
            raise self._visit.refusal
        if (strained := harmless(self._visit, message)) is not None:
            message["headers"] = strained
            self._emptied = True
            return True
        if message["status"] >= 500:
            self._dropping = True
        undecided(self._visit, message, stop=not self._dropping)
        return False

    async def answer(self, reply: Answer, *, head: bool) -> None:
        """Send one complete response of our own."""
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
        headers.append((b"content-length", str(len(reply.body)).encode()))
        self.started = True
        complete = self._headers.complete(headers, private=self._visit.caller is not None)
        await self._send({"type": "http.response.start", "status": reply.status, "headers": complete})
        await self._send({"type": "http.response.body", "body": b"" if head else reply.body})

    async def refuse_websocket(self, reply: Answer, *, in_http: bool) -> None:
        """Turn down a handshake: by an HTTP response where the server can, else by closing before accepting."""
        if not in_http:
            await self._send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
        await self._send({"type": "websocket.http.response.start", "status": reply.status, "headers": headers})
        await self._send({"type": "websocket.http.response.body", "body": reply.body})


async def _nothing() -> None:
    return None
