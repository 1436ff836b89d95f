"""What a token response proves: whose session it is, what the session keeps of it, and for how long."""

from __future__ import annotations

from dataclasses import replace

from ringwall.caller import Caller
from ringwall.errors import Unauthenticated, Unavailable
from ringwall.login.session import Identity, Session
from ringwall.login.token_response import TokenResponse
from ringwall.on.login.relying import OwnAuthority, Relying
from ringwall.tokens.id_token import VerifiedIdToken
from ringwall.tokens.keys import UnknownKey

MARGIN = 60.0
"""A session is renewed this many seconds before its proof ends, or in the last fifth of a shorter one."""


def whose(relying: Relying, response: TokenResponse, identity: VerifiedIdToken) -> Caller:
    """The caller who logged in: by the access token of our own authority, by another provider's ID token.

    Raises ``Unauthenticated`` when the proof does not hold, ``Unavailable`` when we cannot know yet.
    """
    if not isinstance(relying, OwnAuthority):
        return relying.caller(identity)
    try:
        caller = relying.caller(response.access_token)
    except UnknownKey as error:
        raise Unavailable(error.message, retry_after=1.0) from error
    if identity.sub != caller.id:
        raise Unauthenticated("the ID token and the access token name two people", code="invalid_token")
    return caller


def begun(relying: Relying, response: TokenResponse, caller: Caller, now: float) -> Session:
    """A session that starts ``now`` (seconds since 1970)."""
    empty = Session(
        login=relying.name,
        person=caller.id,
        created=now,
        due=now,
        expires=now,
        access_token="",
        refresh_token="",
        id_token="",
    )
    return renewed(empty, relying, response, caller, now)


def renewed(session: Session, relying: Relying, response: TokenResponse, caller: Caller | None, now: float) -> Session:
    """``session`` with what ``response`` brought. A token that did not come again stays as it was.

    ``caller`` is ``None`` when another provider said nothing new about its person. Such a session ends with its proof
    only when it can be renewed; else it lives as long as sessions do.
    """
    refresh_token = response.refresh_token or session.refresh_token
    ours = isinstance(relying, OwnAuthority)
    expires = response.expires if ours or refresh_token else float("inf")
    return replace(
        session,
        due=expires - min(MARGIN, (expires - now) / 5),
        expires=expires,
        access_token=response.access_token if ours else "",
        refresh_token=refresh_token,
        id_token=response.id_token or session.id_token,
        identity=session.identity if ours or caller is None else Identity.of(caller),
    )
