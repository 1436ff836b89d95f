"""A service that is crashed while its authority is away, so that it may forget what it knew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from ringwall.keeper import Keeper


class Turned:
    def __init__(self) -> None:
        self.time = 1_000_000.0

    def now(self) -> float:
        return self.time

    def steady(self) -> float:
        return self.time


class Feed:
    """One list that is kept up to date in place, and confirmed each time that ``beat`` is called."""

    name = "feed"

    def __init__(self) -> None:
        self.entries: list[str] = []
        self._beats: asyncio.Queue[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked = self._heard = 0

    @property
    def revision(self) -> int:
        return len(self.entries)

    async def updates(self) -> AsyncIterator[list[str]]:
        self._beats, self._loop = asyncio.Queue(), asyncio.get_running_loop()
        while True:
            yield self.entries
            self._heard += 1
            await self._beats.get()

    def beat(self) -> None:
        assert self._loop is not None
        assert self._beats is not None
        self._loop.call_soon_threadsafe(self._beats.put_nowait, None)
        self._asked += 1
        while self._heard <= self._asked:
            time.sleep(0.001)

    def encode(self, value: list[str]) -> bytes:
        return ",".join(value).encode()

    def decode(self, data: bytes) -> list[str]:
        return data.decode().split(",")


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[], tuple[bytes, float]]:
    def read() -> tuple[bytes, float]:
        found = Keeper(tmp_path).file("feed")
        assert found is not None
        kept = found.read()
        assert kept is not None
        return kept

    return read


def test_a_revocation_outlives_the_service_that_learned_it(
    tmp_path: Path, saved: Callable[[], tuple[bytes, float]]
) -> None:
    clock, feed = Turned(), Feed()
    keeper = Keeper(tmp_path, clock=clock)
    snapshot = keeper.watch(feed, max_age=600)
    assert snapshot.wait(5)
    clock.time += 2
    feed.entries.append("ann")
    feed.beat()
    assert saved()[0] == b"ann"
    keeper.stop()


def test_a_snapshot_stays_fresh_on_disk_though_each_beat_comes_soon_after_the_last(
    tmp_path: Path, saved: Callable[[], tuple[bytes, float]]
) -> None:
    clock, feed = Turned(), Feed()
    keeper = Keeper(tmp_path, clock=clock)
    assert keeper.watch(feed, max_age=600).wait(5)
    for _ in range(100):
        clock.time += 30
        feed.beat()
    assert clock.time - saved()[1] <= 90
    keeper.stop()
