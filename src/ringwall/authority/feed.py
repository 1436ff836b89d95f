"""The revocation feed: every cut-off, in order, to every guard, as soon as it is durable.

The stream is the one that ``tokens.feed`` describes. Its sequence numbers start at the second in which the log began,
so a guard that followed another log, which was lost, stands before this one's start and is told to begin again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence

from ringwall.clock import Clock
from ringwall.store import revocations
from ringwall.store.contract import Store
from ringwall.store.revocations import Cutoff
from ringwall.tokens.feed import Reset, encode
from ringwall.tokens.revocation import Beat, Revocation
from ringwall.tokens.snapshot import Snapshot

BEAT = 0.5
"""Seconds between two heartbeats."""

BACKLOG = 4096
"""The most events that wait for one guard. One that reads more slowly is cut off, and catches up when it returns."""


class Feed:
    """The log, and everybody who follows it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._followers: set[Follower] = set()
        store.listen(self._spread)

    async def begin(self) -> None:
        """Open the log, if it is new."""
        await self._store.write(revocations.begin, int(self._clock.now()))

    def snapshot(self) -> Snapshot:
        """Everything that still matters, and the sequence number to follow on from."""
        # The number first: what is revoked in between then comes twice, never not at all.
        _, seq = self._store.read(revocations.span)
        time = self._clock.now()
        return Snapshot(seq, time, tuple(map(_revocation, self._store.read(revocations.since, 0))))

    async def follow(self, after: int) -> AsyncGenerator[bytes, None]:
        """The events after sequence number ``after``, until :meth:`stop` or a reset."""
        follower = Follower(asyncio.get_running_loop())
        # Before the log is read, so that nothing falls between; what comes twice is left out by its number.
        self._followers.add(follower)
        try:
            floor, last = self._store.read(revocations.span)
            if not floor <= after <= last:
                yield encode(Reset(f"the log reaches from {floor} to {last}"))
                return
            for entry in self._store.read(revocations.since, after):
                after = entry.seq
                yield encode(_revocation(entry))
            due = self._clock.steady()
            while not follower.lost:
                if (wait := due - self._clock.steady()) <= 0:
                    yield encode(Beat(after, self._clock.now()))
                    due, wait = self._clock.steady() + BEAT, BEAT
                fresh = [entry for entry in await follower.next(wait) if entry.seq > after]
                if fresh:
                    after = fresh[-1].seq
                    yield b"".join(encode(_revocation(entry)) for entry in fresh)
        finally:
            self._followers.discard(follower)

    def stop(self) -> None:
        """End every stream."""
        for follower in list(self._followers):
            follower.lose()

    def _spread(self, news: Sequence[object]) -> None:
        entries = [entry for entry in news if isinstance(entry, Cutoff)]
        if entries:
            for follower in list(self._followers):
                follower.put(entries)


class Follower:
    """One open stream. :meth:`put` is called on the writer's thread, the rest on the stream's event loop."""

    __slots__ = ("_entries", "_loop", "_wake", "lost")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._entries: list[Cutoff] = []
        self._wake = asyncio.Event()
        self.lost = False

    def put(self, entries: Sequence[Cutoff]) -> None:
        # A loop that has closed has nobody left to tell.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._take, entries)

    def lose(self) -> None:
        self.lost = True
        self._wake.set()

    async def next(self, timeout: float) -> list[Cutoff]:
        """What has come, or nothing when ``timeout`` seconds went by."""
        try:
            async with asyncio.timeout(timeout):
                await self._wake.wait()
        except TimeoutError:
            return []
        self._wake.clear()
        entries, self._entries = self._entries, []
        return entries

    def _take(self, entries: Sequence[Cutoff]) -> None:
        self._entries.extend(entries)
        if len(self._entries) > BACKLOG:
            self.lost = True
        self._wake.set()


def _revocation(entry: Cutoff) -> Revocation:
    return Revocation(entry.seq, entry.kind, entry.value, entry.cutoff, entry.exp)
