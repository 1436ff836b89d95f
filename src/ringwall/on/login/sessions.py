"""The sessions of one service's browsers: found, begun, ended. Renewing one has a file of its own."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from hashlib import sha256

from ringwall.errors import RingwallError
from ringwall.login.attempt import Tokens
from ringwall.login.cookie import Cookies
from ringwall.login.pending import LIFETIME, Pending
from ringwall.login.session import Present, Renewal, Session, key_of, new_id
from ringwall.on.login.channel import Channel
from ringwall.on.login.proof import begun, whose
from ringwall.on.login.records import Keeping, Records
from ringwall.on.login.renewal import Renewer

log = logging.getLogger("ringwall.login")


class BrowserSessions:
    """Every method raises ``Unavailable`` when the store cannot answer."""

    def __init__(self, keeping: Keeping, cookies: Cookies, channels: Mapping[str, Channel]) -> None:
        self._records = Records(keeping, {name: channel.relying for name, channel in channels.items()})
        self._renewer = Renewer(self._records, channels)
        self._background = keeping.background
        self._cookies = cookies
        self._channels = channels

    def find(self, cookies: Mapping[str, str]) -> Present | Renewal | None:
        """The session that a request's cookies name, from memory or one file; never by a network call."""
        key = self._key(cookies)
        if key is None or (found := self._records.read(key)) is None:
            return None
        row, session = found
        self._records.touch(key, row, session)
        now = self._records.now()
        if now >= session.expires:
            return Renewal(key)
        if now >= session.due and session.refresh_token and not row.claimed:
            self._background(self._renew_early(Renewal(key)))
        return self._records.present(session)

    async def renew(self, renewal: Renewal) -> Present | None:
        """The session after its renewal; ``None`` when it is over. Raises ``Unavailable`` when nobody can say now."""
        return await self._renewer.renew(renewal.key)

    def begin(self, tokens: Tokens) -> tuple[str, str]:
        """Keep a new session. Its id, for the cookie, and its person's. Raises ``Unauthenticated`` when it has none."""
        relying = self._channels[tokens.pending.login].relying
        caller = whose(relying, tokens.response, tokens.identity)
        session = begun(relying, tokens.response, caller, self._records.now())
        session_id = new_id()
        key = key_of(session_id)
        assert key is not None
        self._records.insert(key, session)
        return session_id, caller.id

    def end(self, cookies: Mapping[str, str]) -> Session | None:
        """Forget the session, here and in every process at once. What it held, if it was not over already."""
        key = self._key(cookies)
        if key is None:
            return None
        found = self._records.read(key)
        self._records.store.delete(key)
        return None if found is None else found[1]

    def spend(self, pending: Pending) -> bool:
        """Whether this is the first answer to an attempt, over all processes."""
        mark = sha256(pending.state.encode()).digest()
        return self._records.store.spend(mark, self._records.now(), pending.started + LIFETIME)

    def _key(self, cookies: Mapping[str, str]) -> bytes | None:
        return key_of(cookies.get(self._cookies.session))

    async def _renew_early(self, renewal: Renewal) -> None:
        # Nobody waits for this. When it fails, the session lives on until its proof ends, and then somebody asks again.
        try:
            await self.renew(renewal)
        except RingwallError as error:
            log.info("a session could not be renewed early: %s", error)
