"""The sessions of one service in their store: opened, judged by the clock and the revocations, sealed again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from ringwall.caller import Caller
from ringwall.clock import SYSTEM, Clock
from ringwall.errors import Tampered, Unauthenticated, Unavailable
from ringwall.login.session import Present, Session, open_session, seal_session
from ringwall.on.login.relying import OwnAuthority, Relying
from ringwall.settings import Sessions
from ringwall.store.sessions import Row, SessionStore
from ringwall.tokens.keys import UnknownKey

log = logging.getLogger("ringwall.login")

TOUCH = 60.0
"""The use of a session is written down when its last note is this many seconds old."""

_SKEW = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What sessions are kept with: a store, the 32-byte key that seals their records, and their lifetimes.

    ``is_revoked(caller, issued)`` is asked whenever a session is found; ``issued`` is when its person logged in, in
    seconds. ``background`` runs a coroutine on the keeper's loop, and waits for nothing.
    """

    store: SessionStore
    key: bytes
    lifetimes: Sessions
    is_revoked: Callable[[Caller, float], bool]
    background: Callable[[Coroutine[Any, Any, Any]], object]
    clock: Clock = SYSTEM


class Records:
    """Sessions by their key. Raises ``Unavailable`` when the store fails: then there is no session."""

    def __init__(self, keeping: Keeping, relying: dict[str, Relying]) -> None:
        self._keeping = keeping
        self._relying = relying
        self.store = keeping.store
        self.now = keeping.clock.now

    def read(self, key: bytes) -> tuple[Row, Session] | None:
        """The session under ``key``, if it is not over. One that is over is forgotten."""
        if (row := self.store.read(key)) is None:
            return None
        try:
            session = open_session(row.sealed, self._keeping.key, key)
        except Tampered as error:
            log.error("%s", error)
            return None
        now, oldest = self.now(), self._keeping.lifetimes.absolute
        # A clock that was set back must not make a session younger than it is.
        if now >= row.ends or not -_SKEW <= now - session.created < oldest or session.login not in self._relying:
            self.store.delete(key)
            return None
        return row, session

    def insert(self, key: bytes, session: Session) -> None:
        self.store.insert(key, self._seal(key, session), self._ends(session), self.now())

    def replace(self, key: bytes, row: Row, session: Session) -> bool:
        """Put ``session`` in the place of the one that ``row`` held. False when that is no longer there."""
        return self.store.replace(key, row.version, self._seal(key, session))

    def touch(self, key: bytes, row: Row, session: Session) -> None:
        """Note that the session was used, about once a minute."""
        if (ends := self._ends(session)) - row.ends >= min(TOUCH, self._keeping.lifetimes.idle / 10):
            self.store.touch(key, ends)

    def present(self, session: Session) -> Present | None:
        """Who a session's person is now, or ``None`` when its proof no longer holds."""
        relying = self._relying[session.login]
        if isinstance(relying, OwnAuthority):
            caller = _from_token(relying, session)
        else:
            caller = None if session.identity is None else session.identity.caller(session.person)
        if caller is None or caller.id != session.person or self._keeping.is_revoked(caller, session.created):
            return None
        return Present(caller, session.access_token)

    def _seal(self, key: bytes, session: Session) -> bytes:
        return seal_session(session, self._keeping.key, key)

    def _ends(self, session: Session) -> float:
        lifetimes = self._keeping.lifetimes
        return min(self.now() + lifetimes.idle, session.created + lifetimes.absolute)


def _from_token(relying: OwnAuthority, session: Session) -> Caller | None:
    try:
        caller = relying.caller(session.access_token)
    except UnknownKey as error:
        # The keys at hand are too old or too new to say; that is no reason to end the session.
        raise Unavailable(error.message, retry_after=1.0) from error
    except Unauthenticated as error:
        log.info("a session's token no longer holds: %s", error)
        return None
    return replace(caller, proof="session")
