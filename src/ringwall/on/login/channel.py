"""Our requests to one provider: deadlines, bounded answers, no redirects, no proxies from the environment."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import TypeVar

import httpx2

from ringwall.clock import SYSTEM, Clock
from ringwall.errors import Invalid, Unavailable
from ringwall.login.client import signed_form
from ringwall.login.provider import MAX_DOCUMENT, Provider, check_url, discovery_url, provider
from ringwall.login.token_response import MAX_RESPONSE
from ringwall.on.httpx.bounded import AS_IT_IS, public_roots, read_at_most
from ringwall.on.login.relying import OwnAuthority, Relying
from ringwall.tokens.keys import MAX_BYTES as MAX_KEYS
from ringwall.tokens.keys import KeySet, UnknownKey

R = TypeVar("R")

DEADLINE = 10.0
"""Seconds for one exchange, whole."""

_TIMEOUT = httpx2.Timeout(5.0, connect=3.0)
_KEEP = 3600.0
_REST = 1.0


class AnswerLost(Unavailable):
    """The request was sent and no answer came: nobody can say what it did."""


class Channel:
    """The way to one provider. It remembers what the provider publishes for an hour, and longer while it is down.

    Every method raises ``Unavailable`` when the provider cannot be reached, and at once for a second after that.
    """

    def __init__(
        self,
        relying: Relying,
        *,
        development: bool,
        clock: Clock = SYSTEM,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.relying = relying
        self._development = development
        self._clock = clock
        self._transport = transport
        self._provider: tuple[Provider, float] | None = None
        self._keys: tuple[KeySet, float] | None = None
        self._resting_until = float("-inf")

    async def provider(self) -> Provider:
        """The provider, by discovery."""
        held = self._provider
        issuer = self.relying.issuer()
        if held is not None and held[0].issuer == issuer and self._clock.steady() < held[1]:
            return held[0]
        try:
            check_url(issuer, "the issuer", development=self._development)
            document = await self._get(discovery_url(issuer), MAX_DOCUMENT)
            found = provider(
                document,
                issuer,
                development=self._development,
                by_certificate=self.relying.client.authentication == "certificate",
            )
        except Unavailable:
            if held is not None and held[0].issuer == issuer:
                return held[0]
            raise
        self._provider = found, self._clock.steady() + _KEEP
        return found

    async def judged(self, judge: Callable[[KeySet], R]) -> R:
        """``judge`` by the provider's keys; once more by fresh ones when a token names a key that is not among them."""
        held = self._keys
        fresh = held is None or self._clock.steady() >= held[1]
        keys = await self._fetch_keys() if held is None or fresh else held[0]
        try:
            return judge(keys)
        except UnknownKey:
            if fresh:
                raise
        return judge(await self._fetch_keys())

    async def post(self, url: str, form: bytes) -> tuple[int, bytes]:
        """Send ``form`` with our proof of who we are. Raises ``AnswerLost`` when it may have arrived."""
        secret = None if isinstance(self.relying, OwnAuthority) else self.relying.secret
        body, headers = signed_form(self.relying.client, form, None if secret is None else secret())
        return await self._send("POST", url, MAX_RESPONSE, body, headers)

    async def _fetch_keys(self) -> KeySet:
        document = await self._get((await self.provider()).jwks_uri, MAX_KEYS)
        try:
            keys = KeySet.parse(document)
        except Invalid as error:
            raise Unavailable(error.message, retry_after=30.0) from error
        self._keys = keys, self._clock.steady() + _KEEP
        return keys

    async def _get(self, url: str, limit: int) -> bytes:
        status, body = await self._send("GET", url, limit, None, {"accept": "application/json"})
        if status != 200:
            raise Unavailable(f"{url} answered {status}", retry_after=5.0)
        return body

    async def _send(
        self, method: str, url: str, limit: int, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        if self._clock.steady() < self._resting_until:
            raise Unavailable(f"{url} could not be reached a moment ago", retry_after=_REST)
        headers = {**headers, **AS_IT_IS}
        try:
            async with (
                asyncio.timeout(DEADLINE),
                httpx2.AsyncClient(
                    verify=self._context(method), transport=self._transport, timeout=_TIMEOUT, trust_env=False
                ) as client,
                client.stream(method, url, content=body, headers=headers) as response,
            ):
                return response.status_code, await read_at_most(response, limit)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, ssl.SSLError) as error:
            self._resting_until = self._clock.steady() + _REST
            raise Unavailable(f"{url} cannot be reached: {type(error).__name__}", retry_after=5.0) from error
        except (httpx2.HTTPError, TimeoutError, OSError) as error:
            self._resting_until = self._clock.steady() + _REST
            raise AnswerLost(f"{url} did not answer: {type(error).__name__}", retry_after=5.0) from error

    def _context(self, method: str) -> ssl.SSLContext:
        # Only what proves who we are goes to the internal listener; everything else is read from the public one.
        relying = self.relying
        if method == "POST" and isinstance(relying, OwnAuthority) and relying.tls is not None:
            return relying.tls()
        return public_roots()
