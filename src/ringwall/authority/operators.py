"""What operators may ask for over the authority's Unix socket. Who they are, the kernel says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ringwall.authority import revocation
from ringwall.authority.app import App, Routes, problem
from ringwall.authority.http import ASGI, Answer, Receive, Request, Scope, Send, answer_json
from ringwall.authority.oauth.error import OAuthError
from ringwall.store import ledger
from ringwall.tokens.revocation import KINDS

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

PAGE = 1000
"""The most audit rows in one answer."""


class OperatorsOnly:
    """Lets through to ``app`` who runs the authority, root, and the operators of its configuration."""

    def __init__(self, authority: Authority, app: ASGI) -> None:
        self._app = app
        self._allowed = {0, os.getuid(), *authority.settings.operators}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if Request(scope, receive).user not in self._allowed:
            await problem(403, "access_denied", "this user id is no operator of this authority").send(send)
            return
        await self._app(scope, receive, send)


def operator_app(authority: Authority, routes: Routes | None = None, mounts: Mapping[str, ASGI] | None = None) -> ASGI:
    """The operators' application, with what other rooms add to it."""
    return OperatorsOnly(authority, App(authority, {**ROUTES, **(routes or {})}, mounts))


async def health(authority: Authority, _request: Request) -> Answer:
    """``GET /health``: that the authority runs, and where its log stands."""
    return answer_json({"issuer": authority.settings.issuer, "audit": authority.store.read(ledger.last)})


async def revoke(authority: Authority, request: Request) -> Answer:
    """``POST /revocations`` ``{"kind", "value", "reason"}``: refuse every such token that was issued up to now."""
    asked = await request.json()
    kind, value, reason = _revocation(asked)
    actor = f"operator:{request.user}"
    if kind == "key":
        await authority.keys.cut(value)
    entry = await revocation.revoke(authority, kind, value, actor=actor, reason=reason)
    return answer_json({"seq": entry.seq, "kind": kind, "value": value, "cutoff": entry.cutoff}, 201)


async def audit(authority: Authority, request: Request) -> Answer:
    """``GET /audit?after=SEQ``: the next audit rows, ``{"seq", "body", "hash"}`` each, at most a thousand.

    ``body`` is text, to the byte what the hash covers, so that the operator's side can verify it.
    """
    after = request.query().get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) <= 18):
        raise OAuthError("invalid_request", "after is a sequence number")
    rows = authority.store.read(ledger.rows, after=int(after), limit=PAGE)
    return answer_json([{"seq": seq, "body": bytes(body).decode(), "hash": digest.hex()} for seq, body, digest in rows])


def _revocation(asked: Any) -> tuple[Any, str, str]:
    if not isinstance(asked, dict) or not all(isinstance(value, str) for value in asked.values()):
        raise OAuthError("invalid_request", "send a JSON object of strings: kind, value, reason")
    kind, value = asked.get("kind"), asked.get("value", "")
    if kind not in KINDS:
        raise OAuthError("invalid_request", f"kind is one of: {', '.join(KINDS)}")
    if (kind == "all") == bool(value):
        raise OAuthError("invalid_request", "value is missing" if kind != "all" else "kind all has no value")
    return kind, value, asked.get("reason", "")


ROUTES: Routes = {("GET", "/health"): health, ("POST", "/revocations"): revoke, ("GET", "/audit"): audit}
