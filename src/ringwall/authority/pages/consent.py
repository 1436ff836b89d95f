"""``POST /consent``: the person's yes or no to what an application asks for."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from ringwall.audit.event import Event
from ringwall.authority.pages import authorize, cookies
from ringwall.authority.pages.page import Refused, authority_of
from ringwall.authority.people import sessions
from ringwall.store import people as rows
from ringwall.store.contract import Transaction


async def endpoint(request: Request) -> Response:
    """Remember the yes and hand over the code, or tell the application of the no. Both are written down."""
    authority = authority_of(request)
    asked, fields = await authorize.again(request)
    session = await sessions.session(authority, request.cookies.get(cookies.session_name(authority)))
    if session is None:
        raise Refused("your session has ended", status=401, hint="go back to the application and begin again")
    if fields.get("answer") != "allow":
        await authority.record("consent.denied", actor=session.sub, subject=asked.client.id, scope=asked.scope)
        return authorize.away(asked.answer(authority.settings.issuer, error="access_denied"))
    now = authority.clock.now()
    await authority.store.write(_consent, session.sub, asked.client.id, asked.scope, now)
    return await authorize.grant(authority, asked, session)


def _consent(tx: Transaction, sub: str, client: str, scope: str, now: float) -> None:
    rows.consent(tx, sub, client, scope, int(now))
    tx.record(Event("consent.given", now, actor=sub, subject=client, detail={"scope": scope}))
