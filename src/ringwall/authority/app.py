"""From a path to the function that answers it. The hot endpoints are reached by one dictionary lookup."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from ringwall.authority.http import ASGI, Answer, Receive, Request, Scope, Send, answer_json
from ringwall.authority.oauth.error import InvalidClient, InvalidToken, OAuthError
from ringwall.errors import Invalid, RingwallError, Unavailable

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

Endpoint: TypeAlias = "Callable[[Authority, Request], Awaitable[Answer | ASGI]]"
"""Answers a request: with a whole answer, or with an ASGI application that streams one."""

Routes: TypeAlias = Mapping[tuple[str, str], Endpoint]
"""Method and path → endpoint. Paths have no parameters; whatever needs them is mounted."""

log = logging.getLogger("ringwall.authority")

_UNSAID = re.compile(r"[^\x20\x21\x23-\x5b\x5d-\x7e]")
"""What an ``error_description`` may not hold (RFC 6749 section 5.2, RFC 6750 section 3)."""


class App:
    """The ASGI application of one listener. What an endpoint refuses is in the audit log before the answer leaves.

    ``routes`` are its own endpoints; ``mounts`` maps a path prefix (``/v1/``) to another ASGI application, and ``""``
    to the one that takes everything else.
    """

    def __init__(self, authority: Authority, routes: Routes, mounts: Mapping[str, ASGI] | None = None) -> None:
        self._authority = authority
        self._routes = dict(routes)
        self._methods: dict[str, list[str]] = {}
        for method, path in self._routes:
            self._methods.setdefault(path, []).append(method)
        self._mounts = sorted((mounts or {}).items(), key=lambda mount: -len(mount[0]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        endpoint = self._routes.get((scope["method"], scope["path"]))
        if endpoint is not None:
            answer = await self._answer(endpoint, Request(scope, receive))
            if isinstance(answer, Answer):
                await answer.send(send)
            else:
                await answer(scope, receive, send)
            return
        if (methods := self._methods.get(scope["path"])) is not None:
            allow = (b"allow", ", ".join(methods).encode())
            await problem(405, "invalid_request", f"use {' or '.join(methods)} here", allow).send(send)
            return
        for prefix, app in self._mounts:
            if scope["path"].startswith(prefix):
                await app(scope, receive, send)
                return
        await problem(404, "not_found", "there is nothing at this path").send(send)

    async def _answer(self, endpoint: Endpoint, request: Request) -> Answer | ASGI:
        try:
            try:
                return await endpoint(self._authority, request)
            except OAuthError as error:
                await record_refusal(self._authority, request, error)
                return refuse(error)
        except Exception as error:  # noqa: BLE001 - the last stop: whatever went wrong, the answer is a no
            return refuse(error)


async def record_refusal(authority: Authority, request: Request, error: OAuthError) -> None:
    """Write down what an endpoint refused, so bounded that nobody can fill the disk by it."""
    await authority.settle_refusals()
    if not authority.refusals.note(request.address, authority.clock.steady()):
        return
    await authority.record(
        "request.refused",
        actor=error.actor,
        subject=request.path,
        error=error.code,
        reason=error.description,
        address=request.address,
        **error.facts,
    )


def refuse(error: Exception) -> Answer:
    """The answer to a request that failed. Nothing of an unexpected error reaches the outside."""
    match error:
        case InvalidClient():
            return problem(401, error.code, error.description, (b"www-authenticate", b'Basic realm="ringwall"'))
        case InvalidToken():
            challenge = f'Bearer realm="ringwall", error="{error.code}", error_description="{_said(error.description)}"'
            return problem(401, error.code, error.description, (b"www-authenticate", challenge.encode()))
        case OAuthError():
            return problem(error.status, error.code, error.description)
        case Unavailable():
            log.warning("%s", error.render())
            retry = (b"retry-after", str(max(1, round(error.retry_after))).encode())
            return problem(503, "temporarily_unavailable", "the authority cannot answer now; try again", retry)
        case Invalid():
            return problem(error.status, "invalid_request", error.message)
        case RingwallError():
            log.error("%s", error.render())
        case _:
            log.error("an endpoint failed", exc_info=error)
    return problem(500, "server_error", "the authority failed; its log says why")


def problem(status: int, code: str, description: str, *headers: tuple[bytes, bytes]) -> Answer:
    """An error document of RFC 6749 section 5.2."""
    return answer_json({"error": code, "error_description": _said(description)}, status, *headers)


def _said(description: str) -> str:
    return _UNSAID.sub("'", description)
