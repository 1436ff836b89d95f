"""``POST /login``: a name and a password, for the authorization request that brought the person here."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ringwall.authority.directory import Person
from ringwall.authority.pages import authorize, cookies
from ringwall.authority.pages.page import Refused, authority_of, directory_of, show
from ringwall.authority.people import sessions

_LONGEST_NAME = 64


async def endpoint(request: Request) -> Response:
    """Prove the person and go on with their request, or show the form again, not saying which of the two was wrong."""
    authority = authority_of(request)
    asked, fields = await authorize.again(request)
    name, password = fields.get("name", "").strip()[:_LONGEST_NAME], fields.get("password", "")
    address = request.client.host if request.client else ""
    known = cookies.device(authority, request, name)
    person = await _while_there(request, directory_of(request).prove(name, password, address=address, device=known))
    if person is None:
        problem = "The name or the password is wrong."
        return show("login.html", 401, lead_to=asked.redirect_uri, asked=asked, name=name, problem=problem)
    before = await sessions.session(authority, request.cookies.get(cookies.session_name(authority)))
    if before is not None:
        # A new login is a new session, also in the same browser: what the old one gave is over (session fixation).
        await sessions.end(authority, before.sid, reason="replaced")
    value, session = await sessions.open_session(authority, person.sub, address=address)
    response = await authorize.proceed(authority, asked, session)
    cookies.put_session(authority, response, value)
    cookies.put_device(authority, response, person.sub)
    return response


async def _while_there(request: Request, proof: Coroutine[Any, Any, Person | None]) -> Person | None:
    """The outcome of ``proof``, unless its browser leaves before: who has gone must not stand in the owner's way."""
    proving, gone = asyncio.create_task(proof), asyncio.ensure_future(request.receive())
    try:
        await asyncio.wait((proving, gone), return_when=asyncio.FIRST_COMPLETED)
        if not proving.done():
            raise Refused("the request was cut off")
        return proving.result()
    finally:
        gone.cancel()
        proving.cancel()
