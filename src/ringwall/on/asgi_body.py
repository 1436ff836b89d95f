"""The body of an ASGI request, read within its limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ringwall.current import Visit
from ringwall.errors import Invalid
from ringwall.intake.json_text import may_be_json, parse
from ringwall.settings import Limits

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class GuardedBody:
    """A ``receive`` that ends the request (413) when the body grows too large, and looks at JSON before anybody parses
    it.

    Other bodies stream through. A JSON body is collected, checked, and handed on in one piece. Nothing is read before
    the application asks, so a refused request costs no body.
    """

    __slots__ = ("_begun", "_limits", "_receive", "_seen", "_type", "_visit")

    def __init__(self, receive: Receive, visit: Visit, limits: Limits, content_type: bytes) -> None:
        self._receive = receive
        self._visit = visit
        self._limits = limits
        self._type = content_type.decode("latin-1")
        self._seen = 0
        self._begun = False

    async def __call__(self) -> MutableMapping[str, Any]:
        message = await self._next()
        begun, self._begun = self._begun, self._seen > 0
        if begun or message["type"] != "http.request" or not may_be_json(self._type, message.get("body", b"")):
            return message
        parts = [message.get("body", b"")]
        while message.get("more_body"):
            message = await self._next()
            if message["type"] != "http.request":
                return message
            parts.append(message.get("body", b""))
        body = b"".join(parts)
        if body.strip() and may_be_json(self._type, body):
            try:
                parse(body, self._limits.depth)
            except Invalid as error:
                self._visit.guard.refuse(self._visit, error)
        return {"type": "http.request", "body": body, "more_body": False}

    async def _next(self) -> MutableMapping[str, Any]:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > self._limits.body:
            too_large = Invalid(f"the body is larger than {self._limits.body} bytes", status=413)
            self._visit.guard.refuse(self._visit, too_large)
        return message


async def read_all(receive: Receive, visit: Visit, limit: int) -> bytes:
    """The whole body, at most ``limit`` bytes."""
    body = GuardedBody(receive, visit, Limits(body=limit), b"application/x-www-form-urlencoded")
    parts = []
    while True:
        message = await body()
        if message["type"] != "http.request":
            return b""
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)
