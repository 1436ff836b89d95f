"""Who sends a request: the part of every gate that knows neither ASGI nor WSGI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from ringwall.caller import Caller
from ringwall.current import Visit
from ringwall.decision import Decision
from ringwall.errors import Denied, Invalid, Unauthenticated, Unavailable
from ringwall.intake.csrf import SAFE, same_origin
from ringwall.on.credentials import bearer, cookies
from ringwall.parts import Admitted, Credentials, Wait

HEADERS, HEADER_BYTES = 100, 65_536
"""How many headers a request may have, and how large their values may be together."""

DEADLINE = 10.0
"""Seconds that one of the few waits of a request may take."""


def present(visit: Visit, authorization: Sequence[str], cookie: str, certificate: bytes | None) -> Wait | None:
    """Show the credentials to the guard. What it found is on the visit, or a :class:`Wait` is returned that finds it.

    Raises :class:`~ringwall.refusal.Refusal` only for credentials that cannot be read. A proof that does not hold is
    kept on the visit, and refuses where somebody is required.
    """
    try:
        token = bearer(authorization)
        known = cookies(cookie) if cookie and not authorization else {}
        found = visit.guard.admit(Credentials(token, known, certificate))
    except (Unauthenticated, Unavailable) as error:
        failed(visit, error)
        return None
    if isinstance(found, Wait):
        return found
    admitted(visit, found)
    return None


def admitted(visit: Visit, found: Admitted | None) -> None:
    """What the guard found goes onto the visit."""
    if found is not None:
        visit.caller, visit.bearer = found


def failed(visit: Visit, error: Unauthenticated | Unavailable) -> None:
    """A proof did not hold, or could not be checked."""
    if isinstance(error, Unauthenticated) and error.code == "invalid_request":
        visit.guard.refuse(visit, error)
    visit.caller, visit.failure = None, error


def must_prove_origin(visit: Visit, *, websocket: bool = False) -> bool:
    """Whether the caller is known by a cookie alone, on a request that may change something or opens a socket."""
    caller: Caller | None = visit.caller
    return caller is not None and caller.proof == "session" and (websocket or visit.method not in SAFE)


def check_origin(visit: Visit, *, fetch_site: str, origin: str, host: str, scheme: str) -> bool:
    """Without proof that a page of ours sent it, a cookie proves nobody: the request goes on as nobody's."""
    if same_origin(fetch_site=fetch_site, origin=origin, host=host, scheme=scheme):
        return True
    said = "the request does not come from a page of this site"
    decision = Decision(False, "same-origin", str(visit.caller or "nobody"), visit.path, said, said_outside=said)
    visit.caller, visit.failure = None, Denied(decision)
    return False


def refuse_headers(visit: Visit) -> NoReturn:
    """Raises :class:`~ringwall.refusal.Refusal` (431)."""
    visit.guard.refuse(visit, Invalid("the headers of the request are too large", status=431))
