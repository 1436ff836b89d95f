"""Browser sessions at the authority: what makes the second login of the day a redirect and nothing more."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING

from ringwall.audit.event import Event
from ringwall.authority import revocation
from ringwall.store import people as rows
from ringwall.store.contract import Transaction
from ringwall.store.people import SessionRow

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

IDLE, ABSOLUTE = 3600, 43200
_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")
_TOUCH = 60


async def open_session(authority: Authority, sub: str, *, address: str) -> tuple[str, SessionRow]:
    """A new session for a person who has just proved themselves: the cookie's value, and the session."""
    value, now = secrets.token_urlsafe(32), int(authority.clock.now())
    session = SessionRow(secrets.token_urlsafe(16), sub, auth_time=now, seen=now, expires=now + ABSOLUTE)
    await authority.store.write(_open, _digest(value), session, address)
    return value, session


async def session(authority: Authority, cookie: str | None) -> SessionRow | None:
    """The live session that this cookie stands for."""
    if cookie is None or not _SHAPE.fullmatch(cookie):
        return None
    now = int(authority.clock.now())
    found = authority.store.read(rows.session, _digest(cookie), now, IDLE)
    if found is not None and now - found.seen > _TOUCH:
        await authority.store.write(rows.touch_session, _digest(cookie), now)
    return found


def stands(authority: Authority, sid: str) -> bool:
    """Whether a session has not been ended."""
    return authority.store.read(rows.has_session, sid)


async def end(authority: Authority, sid: str, *, reason: str) -> None:
    """End a session and refuse every token that came of it, from now on and everywhere."""
    await authority.store.write(_end, sid, reason, authority.clock.now(), authority.settings.lifetimes.access)


def _open(tx: Transaction, digest: bytes, session: SessionRow, address: str) -> None:
    rows.open_session(tx, digest, session)
    detail = {"sid": session.sid, "address": address}
    tx.record(Event("login.succeeded", session.auth_time, actor=session.sub, subject=session.sub, detail=detail))


def _end(tx: Transaction, sid: str, reason: str, now: float, access: int) -> None:
    sub = rows.close_session(tx, sid) or ""
    revocation.write(tx, "sid", sid, now=now, actor=sub, reason=reason, access=access)


def _digest(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode()).digest()
