"""``/me``: what this service knows about the one who asks, where the application has no such route of its own."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from ringwall.caller import Caller
from ringwall.current import Visit
from ringwall.errors import RingwallError


async def me(visit: Visit, send: Callable[[Any], Awaitable[None]]) -> None:
    """Answer over ASGI. Raises :class:`~ringwall.refusal.Refusal` when nobody is signed in."""
    body = json_of(caller(visit))
    visit.decided = True
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if visit.method == "HEAD" else body})


def caller(visit: Visit) -> Caller:
    """Who asks. Raises :class:`~ringwall.refusal.Refusal` when nobody is signed in."""
    try:
        return visit.proven()
    except RingwallError as error:
        visit.guard.refuse(visit, error)


def json_of(caller: Caller) -> bytes:
    """Id, name, roles and mapped claims, as JSON."""
    known = {"id": caller.id, "name": caller.name, "roles": sorted(caller.roles), "claims": dict(caller.attributes)}
    return json.dumps(known).encode()
