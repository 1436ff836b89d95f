"""The limit of a body under ASGI, where Django spools all of it to disk before anybody is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Handle = Callable[..., Awaitable[None]]


def limited(handle: Handle) -> Handle:
    """``handle(handler, scope, receive, send)`` with a ``receive`` that ends just beyond the limit of the guard."""

    async def limiting(handler: Any, scope: Any, receive: Receive, send: Any) -> None:
        from ringwall.on.django.project import guard_of_project

        await handle(handler, scope, _Limited(receive, guard_of_project().settings.limits.body), send)

    return limiting


class _Limited:
    """Says that a body is complete once it is too large; the gate sees that it is and answers 413. What still comes is
    dropped, until the connection ends."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit
        self._done = False

    async def __call__(self) -> MutableMapping[str, Any]:
        message = await self._receive()
        while self._done and message["type"] == "http.request":
            message = await self._receive()
        if message["type"] == "http.request":
            body = message.get("body", b"")
            self._done = len(body) > self._left or not message.get("more_body", False)
            message = {"type": "http.request", "body": body[: self._left + 1], "more_body": not self._done}
            self._left -= len(body)
        return message
