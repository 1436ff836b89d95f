"""The decision point of ``[policy]``, and the client that asks it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import httpx2

from ringwall.errors import Misconfigured, Unavailable
from ringwall.keeper import Keeper
from ringwall.on.authzen.decisions import RemoteDecisions
from ringwall.on.composition.authority_client import Client
from ringwall.on.httpx.bounded import public_roots
from ringwall.settings import Settings

_LOCAL = ("localhost", "127.0.0.1", "::1")


def remote_decisions(
    settings: Settings, url: str, keeper: Keeper, authority: Client, bearer: Callable[[], str] | None = None
) -> RemoteDecisions:
    """Decisions by ``url``: our own authority knows us by certificate, anybody else by the token of ``bearer``.

    Raises ``Misconfigured`` for a URL that anybody on the way could answer for.
    """
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (settings.development and parts.scheme == "http" and parts.hostname in _LOCAL)
    if not safe or not parts.hostname or parts.query or parts.fragment:
        raise Misconfigured(
            f"decision_point is {url!r}, which is no https URL", hint='decision_point = "https://pdp.example"'
        )
    name = settings.service.name
    if url.rstrip("/") in _own(settings):
        return RemoteDecisions(settings.authority_address().internal, name, keeper, authority)
    made: list[httpx2.AsyncClient] = []

    def public() -> httpx2.AsyncClient:
        if not made:
            made.append(httpx2.AsyncClient(verify=public_roots(), trust_env=False, follow_redirects=False))
        return made[0]

    return RemoteDecisions(url, name, keeper, public, bearer)


def _own(settings: Settings) -> tuple[str, ...]:
    try:
        address = settings.authority_address()
    except Unavailable:  # none is known, so none is meant
        return ()
    return address.issuer, address.internal
