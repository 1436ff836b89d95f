"""``/authorize``: who is there, do they agree, and then one code for the client that asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ringwall.authority import codes
from ringwall.authority.http import parameters
from ringwall.authority.oauth.error import OAuthError
from ringwall.authority.pages import authorization, cookies, form
from ringwall.authority.pages.authorization import Authorization, AuthorizationRefused
from ringwall.authority.pages.page import Refused, authority_of, show
from ringwall.authority.people import sessions
from ringwall.store import people as rows
from ringwall.store.people import SessionRow

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority


async def endpoint(request: Request) -> Response:
    """Answer an authorization request: a redirect, a login page, or a consent page."""
    authority = authority_of(request)
    try:
        asked = read(authority, request.scope["query_string"] if request.method == "GET" else await request.body())
    except AuthorizationRefused as error:
        return refuse(authority, error)
    session = await sessions.session(authority, request.cookies.get(cookies.session_name(authority)))
    if session is None or not _recent(authority, asked, session):
        if "none" in asked.prompt:
            return away(asked.answer(authority.settings.issuer, error="login_required"))
        return show("login.html", lead_to=asked.redirect_uri, asked=asked, name=asked.login_hint, problem="")
    return await proceed(authority, asked, session)


async def proceed(authority: Authority, asked: Authorization, session: SessionRow) -> Response:
    """Continue with a person who is logged in: ask for consent where it is owed, else hand over the code."""
    if not _agreed(authority, asked, session):
        if "none" in asked.prompt:
            return away(asked.answer(authority.settings.issuer, error="consent_required"))
        return show(
            "consent.html", lead_to=asked.redirect_uri, asked=asked, sub=session.sub, scopes=asked.scope.split()
        )
    return await grant(authority, asked, session)


async def grant(authority: Authority, asked: Authorization, session: SessionRow) -> Response:
    """Hand over the code. Whoever calls this has checked the person's session and consent."""
    code = await codes.create(
        authority,
        client_id=asked.client.id,
        redirect_uri=asked.redirect_uri,
        challenge=asked.challenge,
        sub=session.sub,
        sid=session.sid,
        auth_time=session.auth_time,
        scope=asked.scope,
        audience=asked.client.audiences[0] if asked.client.audiences else asked.client.id,
        nonce=asked.nonce,
    )
    # A logout that came in between did not end this grant, which was not there yet: its code must not leave.
    if not sessions.stands(authority, session.sid):
        raise Refused("your session has ended", status=401, hint="go back to the application and begin again")
    return away(asked.answer(authority.settings.issuer, code=code))


async def again(request: Request) -> tuple[Authorization, dict[str, str]]:
    """The authorization request that one of our own pages sends along, checked anew, and the form it came in."""
    fields = dict(await form.read(request))
    try:
        return read(authority_of(request), fields.get("request", "").encode()), fields
    except AuthorizationRefused as error:
        raise Refused(error.message) from None


def read(authority: Authority, encoded: bytes) -> Authorization:
    """Read a request from its encoded parameters."""
    try:
        return authorization.read(parameters(encoded), authority.clients)
    except OAuthError as error:
        raise Refused(error.description) from None


def refuse(authority: Authority, error: AuthorizationRefused) -> Response:
    """Tell the client by redirect what is wrong with its request."""
    told = {"error": error.code, "error_description": error.message}
    return away(authorization.answer(error.redirect_uri, error.state, authority.settings.issuer, **told))


def away(location: str) -> RedirectResponse:
    """303, so that a form's POST never reaches the client (RFC 9700 section 4.12)."""
    return RedirectResponse(location, 303, {"cache-control": "no-store", "referrer-policy": "no-referrer"})


def _recent(authority: Authority, asked: Authorization, session: SessionRow) -> bool:
    if "login" in asked.prompt:
        return False
    return asked.max_age is None or authority.clock.now() - session.auth_time <= asked.max_age


def _agreed(authority: Authority, asked: Authorization, session: SessionRow) -> bool:
    if asked.client.kind == "service":
        # The services of this installation are not third parties: whoever runs them runs this authority.
        return True
    if "consent" in asked.prompt or asked.client.kind == "native":
        # Any program on this machine can say that it is a native client, so the person is asked each time (RFC 8252
        # section 8.6).
        return False
    return set(asked.scope.split()) <= authority.store.read(rows.consented, session.sub, asked.client.id)
