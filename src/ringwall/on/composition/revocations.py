"""The revocation feed, followed for as long as it lasts, and taken up again where it broke off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx2

from ringwall.clock import SYSTEM, Clock
from ringwall.errors import Unavailable
from ringwall.on.composition.authority_client import Client
from ringwall.on.composition.issuer import get
from ringwall.tokens.feed import FeedReader, Reset
from ringwall.tokens.revocation import Cutoffs
from ringwall.tokens.snapshot import MAX_BYTES, Snapshot

_SILENCE = 5.0
"""Seconds without a beat (two are due each second) after which the connection counts as dead."""


class RevocationsSource:
    """Cut-offs in memory. The same object is yielded at each beat: it is kept up to date in place."""

    name = "revocations"

    @property
    def revision(self) -> int:
        return 0 if self._cutoffs is None else self._cutoffs.seq

    def __init__(self, client: Client, clock: Clock = SYSTEM) -> None:
        self._client = client
        self._clock = clock
        self._cutoffs: Cutoffs | None = None

    async def updates(self) -> AsyncIterator[Cutoffs]:
        client = self._client()
        if self._cutoffs is None:
            self._cutoffs = await self._begin(client)
        cutoffs = self._cutoffs
        reader = FeedReader(cutoffs.seq)
        try:
            url, silence = f"/events?after={cutoffs.seq}", httpx2.Timeout(_SILENCE)
            async with client.stream("GET", url, timeout=silence) as stream:
                if stream.status_code != 200:
                    raise Unavailable(f"the revocation feed answered {stream.status_code}")
                async for piece in stream.aiter_raw():
                    for event in reader.receive(piece):
                        if isinstance(event, Reset):
                            self._cutoffs = None
                            return
                        cutoffs.take(event, self._clock.now(), self._clock.steady())
                    yield cutoffs
        except (httpx2.HTTPError, OSError) as error:
            raise Unavailable(f"the revocation feed broke off: {type(error).__name__}") from error

    def encode(self, value: Cutoffs) -> bytes:
        return Snapshot.of(value).encode()

    def decode(self, data: bytes) -> Cutoffs:
        self._cutoffs = Cutoffs.restored(Snapshot.decode(data), self._clock.now(), self._clock.steady())
        return self._cutoffs

    async def _begin(self, client: httpx2.AsyncClient) -> Cutoffs:
        data = await get(client, "/events/snapshot", MAX_BYTES)
        now, steady = self._clock.now(), self._clock.steady()
        return await asyncio.to_thread(lambda: Cutoffs.restored(Snapshot.decode(data), now, steady))
