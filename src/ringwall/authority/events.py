"""``/events`` and ``/events/snapshot`` on the internal listener: the revocation feed for guards."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from ringwall.authority.http import ASGI, JSON, NO_STORE, Answer, Receive, Request, Scope, Send
from ringwall.authority.oauth.error import OAuthError
from ringwall.authority.services import require_service

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority


async def events(authority: Authority, request: Request) -> ASGI:
    """The cut-offs after ``after`` as ``text/event-stream``, without end."""
    await require_service(authority, request)
    digits = request.query().get("after", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        raise OAuthError(
            "invalid_request", "after is the sequence number to follow on from; take /events/snapshot first"
        )
    after = int(digits)

    async def stream(_scope: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(_gone(receive))
        headers = [(b"content-type", b"text/event-stream"), *NO_STORE]
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            async with aclosing(authority.feed.follow(after)) as pieces:
                async for piece in pieces:
                    # Sending to nobody is no error here, so whether the guard has left must be asked.
                    if gone.done():
                        return
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()

    return stream


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def snapshot(authority: Authority, request: Request) -> Answer:
    """Every cut-off that still matters, with the sequence number to follow on from."""
    await require_service(authority, request)
    return Answer(200, authority.feed.snapshot().encode(), (JSON, *NO_STORE))
