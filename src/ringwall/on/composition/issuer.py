"""What the authority publishes to everybody: its metadata and its keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2

from ringwall.errors import Unavailable
from ringwall.login.provider import discovery_url, provider
from ringwall.on.httpx.bounded import AS_IT_IS, public_roots, read_at_most
from ringwall.settings import Settings
from ringwall.tokens.keys import MAX_BYTES, KeySet

_EVERY = 300.0
_TIMEOUT = httpx2.Timeout(5.0, connect=3.0)


@dataclass(frozen=True, slots=True)
class PublishedKeys:
    """A JWK Set as it was published, and parsed."""

    document: bytes
    keys: KeySet


class KeysSource:
    """The authority's keys: every five minutes, and at once when somebody asks."""

    name = "keys"
    revision = 0

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._asked: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    def refetch(self, _kid: str | None) -> None:
        """A token named a key that we do not have: look again soon. Returns at once, from any thread."""
        if self._asked is not None:
            loop, event = self._asked
            loop.call_soon_threadsafe(event.set)

    async def updates(self) -> AsyncIterator[PublishedKeys]:
        asked = asyncio.Event()
        self._asked = (asyncio.get_running_loop(), asked)
        held: PublishedKeys | None = None
        while True:
            document = await self._fetch()
            if held is None or held.document != document:
                held = PublishedKeys(document, KeySet.parse(document))
            yield held
            try:
                async with asyncio.timeout(_EVERY):
                    await asked.wait()
            except TimeoutError:
                pass
            asked.clear()

    def encode(self, value: PublishedKeys) -> bytes:
        return value.document

    def decode(self, data: bytes) -> PublishedKeys:
        return PublishedKeys(data, KeySet.parse(data))

    async def _fetch(self) -> bytes:
        issuer, development = self._settings.authority_address().issuer, self._settings.development
        async with httpx2.AsyncClient(verify=public_roots(), timeout=_TIMEOUT, trust_env=False) as client:
            found = provider(
                await get(client, discovery_url(issuer), MAX_BYTES),
                issuer,
                development=development,
                by_certificate=False,
            )
            return await get(client, found.jwks_uri, MAX_BYTES)


async def get(client: httpx2.AsyncClient, url: str, limit: int) -> bytes:
    """The body at ``url``, at most ``limit`` bytes. Raises ``Unavailable`` for anything but a whole 200."""
    try:
        async with client.stream("GET", url, headers=AS_IT_IS) as response:
            body = await read_at_most(response, limit)
    except (httpx2.HTTPError, OSError) as error:
        raise Unavailable(f"{url} cannot be reached: {type(error).__name__}") from error
    if len(body) > limit:
        raise Unavailable(f"{url} answered with more than {limit} bytes")
    if response.status_code != 200:
        raise Unavailable(f"{url} answered {response.status_code}")
    return body
