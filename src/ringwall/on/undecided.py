"""Answers of an application about which nobody decided: which are harmless, and what replaces the others."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import unquote, urlsplit

from ringwall.current import Visit
from ringwall.errors import Invalid, RingwallError
from ringwall.intake.problem import phrase
from ringwall.refusal import Refusal

Header = tuple[bytes, bytes]

_OPEN = (b"access-control-", b"vary")


class Broken(RingwallError):
    """The application failed before anybody could decide. An answer of 500."""


def harmless(visit: Visit, message: MutableMapping[str, Any], *, mounted_at: str = "") -> list[Header] | None:
    """The headers under which an undecided answer may leave, or ``None``.

    Two kinds say nothing about data and come from no handler: the answer of a CORS middleware to a preflight (Fetch
    standard), and a router's redirect to the same path with or without its last slash. ``mounted_at`` is what stands
    before the path of the visit in addresses.
    """
    headers = [(name.lower(), value) for name, value in message.get("headers", ())]
    status = message["status"]
    if visit.method == "OPTIONS" and any(name == b"access-control-allow-methods" for name, _ in headers):
        kept = [header for header in headers if header[0].startswith(_OPEN)]
        message["status"] = 204 if status < 300 else status
        return kept
    if status in (301, 307, 308):
        location = next((value for name, value in headers if name == b"location"), b"")
        path = unquote(urlsplit(location.decode("latin-1")).path).removeprefix(mounted_at)
        if path.rstrip("/") == visit.path.rstrip("/"):
            return [(b"location", location), (b"content-length", b"0")]
    return None


def undecided(visit: Visit, message: MutableMapping[str, Any], *, stop: bool) -> None:
    """Note what we answer in place of the application. With ``stop``, end the request here: raises :class:`Refusal`."""
    status = message["status"]
    if visit.waiting is not None and status == 404:
        visit.guard.not_found(visit, visit.waiting, LookupError("the loader answered 404"))
    if status < 400:
        visit.guard.knock(visit, None)
    if status >= 500:
        cause: RingwallError = Broken("the application failed before anything was decided")
    else:
        cause = Invalid("there is nothing at this address" if status == 404 else phrase(status).lower(), status=status)
    allow = next(
        (value.decode("latin-1") for name, value in message.get("headers", ()) if name.lower() == b"allow"), ""
    )
    visit.refusal = Refusal(cause, allow=allow)
    if stop:
        raise visit.refusal
