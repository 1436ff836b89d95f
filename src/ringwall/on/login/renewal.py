"""Renewing a session with its refresh token: one thread of one process does it, all others wait for its result."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from urllib.parse import urlencode

from ringwall.caller import Caller
from ringwall.errors import Unauthenticated, Unavailable
from ringwall.login.refusal import LoginRefused
from ringwall.login.session import Present, Session
from ringwall.login.token_response import TokenResponse, read_token_response
from ringwall.on.login.channel import DEADLINE, AnswerLost, Channel
from ringwall.on.login.proof import renewed
from ringwall.on.login.records import Records
from ringwall.on.login.relying import OwnAuthority
from ringwall.store.sessions import Row
from ringwall.tokens.id_token import IdTokenRequirements, verify_id_token

log = logging.getLogger("ringwall.login")

_CLAIM = DEADLINE * 2 + 5.0
_LOOK_AGAIN = 0.05


class Renewer:
    """Renews sessions over ``channels``."""

    def __init__(self, records: Records, channels: Mapping[str, Channel]) -> None:
        self._records = records
        self._channels = channels

    async def renew(self, key: bytes) -> Present | None:
        """The session after its renewal; ``None`` when it is over. Raises ``Unavailable`` when nobody can say now."""
        found = await asyncio.to_thread(self._records.read, key)
        if found is None:
            return None
        row, session = found
        if self._records.now() < session.due:
            return self._records.present(session)
        if not session.refresh_token:
            return await self._delete(key)
        endpoint = (await self._channels[session.login].provider()).token_endpoint
        if await asyncio.to_thread(self._records.store.claim, key, row.version, self._records.now() + _CLAIM):
            return await self._refresh(key, row, session, endpoint)
        return await self._follow(key, row)

    async def _refresh(self, key: bytes, row: Row, session: Session, endpoint: str) -> Present | None:
        # From here on the refresh token counts as spent. Only when the provider surely took nothing in is the claim
        # given back. Otherwise it stays, and the session ends with its proof: a refresh token that comes twice looks
        # like a theft.
        try:
            after = await self._redeem(session, endpoint)
        except LoginRefused as error:
            if error.code == "replay":
                return await self._delete(key)
            if error.code == "provider":
                await asyncio.to_thread(self._records.store.release, key, row.version)
            raise Unavailable(error.message, retry_after=5.0) from error
        except AnswerLost:
            raise
        except Unavailable:
            await asyncio.to_thread(self._records.store.release, key, row.version)
            raise
        except Unauthenticated as error:
            log.warning("a session was not renewed, since its new token does not hold: %s", error)
            return await self._delete(key)
        if not await asyncio.to_thread(self._records.replace, key, row, after):
            return None
        return self._records.present(after)

    async def _redeem(self, session: Session, endpoint: str) -> Session:
        channel = self._channels[session.login]
        form = urlencode({"grant_type": "refresh_token", "refresh_token": session.refresh_token}).encode()
        asked = self._records.now()
        response = read_token_response(*await channel.post(endpoint, form), asked)
        try:
            caller = await self._named_anew(channel, response)
        except Unavailable as error:
            raise AnswerLost(error.message, retry_after=error.retry_after) from error
        if caller is not None and caller.id != session.person:
            raise Unauthenticated("the new token is another person's", code="invalid_token")
        return renewed(session, channel.relying, response, caller, asked)

    async def _named_anew(self, channel: Channel, response: TokenResponse) -> Caller | None:
        # Our own authority's access token is judged whenever the session is found. Another provider may send a new ID
        # token, and need not.
        relying = channel.relying
        if not response.id_token or isinstance(relying, OwnAuthority):
            return None
        requirements = IdTokenRequirements(relying.issuer(), relying.client.id)
        now, token, access_token = self._records.now(), response.id_token, response.access_token
        identity = await channel.judged(
            lambda keys: verify_id_token(token, keys, requirements, now, nonce=None, access_token=access_token)
        )
        return relying.caller(identity)

    async def _follow(self, key: bytes, claimed: Row) -> Present | None:
        while (found := await asyncio.to_thread(self._records.read, key)) is not None:
            row, session = found
            now = self._records.now()
            if row.version != claimed.version or now < session.expires:
                return self._records.present(session)
            if not row.claimed:
                raise Unavailable("the session could not be renewed just now", retry_after=1.0)
            if now >= row.claimed:
                return await self._delete(key)
            await asyncio.sleep(_LOOK_AGAIN)
        return None

    async def _delete(self, key: bytes) -> Present | None:
        await asyncio.to_thread(self._records.store.delete, key)
        return None
