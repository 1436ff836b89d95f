"""``/logout``: the end of a session and of every token that came of it (OpenID Connect RP-Initiated Logout 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ringwall.authority.clients import redirect
from ringwall.authority.http import parameters
from ringwall.authority.oauth.error import OAuthError
from ringwall.authority.pages import cookies, form
from ringwall.authority.pages.page import Refused, authority_of, show
from ringwall.authority.people import sessions

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

_LONGEST = 8192


async def endpoint(request: Request) -> Response:
    """End the session: at once when the ID token of this very session came along, else after asking the person.

    Without a session in this browser, the one that the ID token names is ended.
    """
    authority = authority_of(request)
    asked = await _parameters(request)
    hint = _hint(authority, asked.get("id_token_hint", ""))
    target = _target(authority, asked, hint)
    session = await sessions.session(authority, request.cookies.get(cookies.session_name(authority)))
    if session is None and hint is not None:
        # A form that the application's site sends comes without our cookie (SameSite), and a session that has expired
        # here may live on in tokens: the ID token says which one is meant.
        return await _end(authority, str(hint["sid"]), target)
    if session is None:
        return _gone(authority, target)
    if hint is not None and hint.get("sid") == session.sid:
        return await _end(authority, session.sid, target)
    if request.method == "POST" and (await form.read(request)).get("confirmed") == "yes":
        return await _end(authority, session.sid, target)
    again = urlencode(
        {name: asked[name] for name in ("client_id", "post_logout_redirect_uri", "state") if name in asked}
    )
    return show("logout.html", lead_to=target, sub=session.sub, request=again)


async def _parameters(request: Request) -> Mapping[str, str]:
    try:
        encoded = request.scope["query_string"] if request.method == "GET" else await request.body()
        found = dict(parameters(encoded))
        return {**found, **parameters(found.pop("request", "").encode())}
    except OAuthError as error:
        raise Refused(error.description) from None


def _hint(authority: Authority, token: str) -> dict[str, Any] | None:
    """The claims of an ID token that we issued, however long ago; ``None`` for anything else."""
    if not token or len(token) > _LONGEST:
        return None
    try:
        keys = KeySet.import_key_set({"keys": authority.keys.public()})
        decoded = jwt.decode(token, keys, algorithms=["ES256"])
    except (JoseError, ValueError):
        return None
    claims = decoded.claims
    ours = claims.get("iss") == authority.settings.issuer and decoded.header.get("typ") == "JWT" and "sid" in claims
    return claims if ours else None


def _target(authority: Authority, asked: Mapping[str, str], hint: Mapping[str, Any] | None) -> str:
    """Where to go afterwards: exactly an address that the client registered for this, or nowhere."""
    wanted = asked.get("post_logout_redirect_uri", "")
    if not wanted:
        return ""
    named = asked.get("client_id") or (hint or {}).get("aud")
    client = authority.clients.get(named) if isinstance(named, str) else None
    if client is None or not redirect.may_go_on_to(client, wanted):
        raise Refused("the application asked to go on to an address that is not its own")
    state = asked.get("state", "")
    return f"{wanted}{'&' if '?' in wanted else '?'}{urlencode({'state': state})}" if state else wanted


async def _end(authority: Authority, sid: str, target: str) -> Response:
    await sessions.end(authority, sid, reason="logout")
    response = _gone(authority, target)
    cookies.drop_session(authority, response)
    return response


def _gone(_authority: Authority, target: str) -> Response:
    return RedirectResponse(target, 303, {"cache-control": "no-store"}) if target else show("gone.html")
