"""The one background worker of a process: it keeps every snapshot fresh, so that nothing on the request path waits.

A *source* knows how to get a value (keys, revocations, a certificate, secrets). The keeper runs each source on
one event loop in one daemon thread, swaps every new value in whole, by one reference, and writes it to disk, encrypted
and authenticated, so that a service can start while its authority is down.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import os
import random
import threading
import weakref
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from ringwall.clock import SYSTEM, Clock
from ringwall.errors import RingwallError, Unavailable
from ringwall.snapshot_file import SnapshotFile

T = TypeVar("T")
R = TypeVar("R")
log = logging.getLogger("ringwall.keeper")

FIRST_RETRY, LAST_RETRY = 0.1, 5.0
_REST = 1.0

# A generator of its own: the global one belongs to the program, which may have seeded it.
_jitter = random.SystemRandom()


class Source(Protocol[T]):
    """Where one snapshot comes from.

    ``updates`` yields a value each time there is a new one, for as long as it can; when it returns or raises, the
    keeper calls it again after a pause that doubles up to five seconds, with jitter. It also yields to say "still the
    same, and fresh": then it yields the same object. ``revision`` changes when a value that is kept up to date in place
    has changed. ``encode`` and ``decode`` are the form on disk, ``None`` for a value that is not kept there; ``decode``
    raises any ``RingwallError`` or ``ValueError`` for bytes that it cannot use.
    """

    @property
    def name(self) -> str: ...
    @property
    def revision(self) -> int: ...
    def updates(self) -> AsyncIterator[T]: ...
    def encode(self, value: T) -> bytes | None: ...
    def decode(self, data: bytes) -> T: ...


@dataclass(frozen=True, slots=True)
class _Held(Generic[T]):
    value: T
    confirmed: float
    revision: int = -1


class Snapshot(Generic[T]):
    """The current value of one source. Reading it takes two attributes, never a lock, never a wait."""

    def __init__(self, keeper: Keeper, source: Source[T], max_age: float) -> None:
        self._keeper = keeper
        self._source = source
        self.max_age = max_age
        self._held: _Held[T] | None = None
        self._saved: _Held[T] | None = None
        self._arrived = threading.Event()
        self._trouble = ""
        self._hint = ""

    def current(self) -> T:
        """The value. Raises ``Unavailable`` when there is none, or when it is older than ``max_age`` seconds."""
        held = self._held
        if held is None or self._keeper.idle:
            # Also where a value is there, given as the first or come along through a fork: nothing else keeps it fresh.
            self._keeper.start()
            held = self._held
        if held is None:
            raise Unavailable(
                f"{self._source.name} has not been loaded yet{self._because()}", retry_after=1.0, hint=self._hint
            )
        if self._age(held) > self.max_age:
            raise Unavailable(
                f"{self._source.name} is {self._age(held):.0f} s old, more than the {self.max_age:.0f} s allowed"
                + self._because(),
                retry_after=LAST_RETRY,
                hint=self._hint,
            )
        return held.value

    @property
    def age(self) -> float:
        """Seconds since the source last confirmed the value; infinite when there is none."""
        held = self._held
        return float("inf") if held is None else self._age(held)

    def wait(self, timeout: float) -> bool:
        """Block until a first value is there, at most ``timeout`` seconds. For start-up, never for a request."""
        self._keeper.start()
        return self._arrived.wait(timeout)

    def _age(self, held: _Held[T]) -> float:
        # Wall time, because the value may come from a file of an earlier process. A clock that was set back makes the
        # age negative: count that as infinitely old, so that turning the clock never makes a snapshot fresh.
        age = self._keeper.clock.now() - held.confirmed
        return age if age > -2.0 else float("inf")

    def _because(self) -> str:
        return f" ({self._trouble})" if self._trouble else ""

    async def _keep(self) -> None:
        pause = FIRST_RETRY
        while True:
            try:
                async with contextlib.aclosing(self._source.updates()) as updates:  # type: ignore[type-var]
                    async for value in updates:
                        pause = FIRST_RETRY
                        self._swap(value)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a source raises, the old value stays and ages
                ours = error if isinstance(error, RingwallError) else None
                self._trouble = ours.message if ours else f"{type(error).__name__}: {error}"
                self._hint = ours.hint if ours else ""
                log.info("%s could not be refreshed: %s", self._source.name, self._trouble)
            await asyncio.sleep(pause * _jitter.uniform(0.5, 1.0))
            pause = min(pause * 2, LAST_RETRY)

    def _swap(self, value: T) -> None:
        self._held = held = _Held(value, self._keeper.clock.now(), self._source.revision)
        self._trouble = self._hint = ""
        self._arrived.set()
        if self._must_save(held):
            self._save(held)

    def _must_save(self, held: _Held[T]) -> bool:
        if (saved := self._saved) is None or saved.value is not held.value:
            return True
        # What is confirmed twice a second is not written as often.
        since = abs(held.confirmed - saved.confirmed)
        return since > self.max_age / 10 or (held.revision != saved.revision and since >= _REST)

    def _save(self, held: _Held[T]) -> None:
        self._saved = held
        if (file := self._keeper.file(self._source.name)) is None:
            return
        try:
            if (data := self._source.encode(held.value)) is not None:
                file.write(data, held.confirmed)
        except OSError as error:
            log.warning("%s could not be saved for the next start: %s", self._source.name, error)

    def _restore(self) -> None:
        if self._held is not None or (file := self._keeper.file(self._source.name)) is None:
            return
        try:
            if (saved := file.read()) is not None:
                data, confirmed = saved
                self._held = _Held(self._source.decode(data), confirmed)
                self._arrived.set()
        except (RingwallError, ValueError, OSError) as error:
            log.warning("the saved %s is of no use and was left aside: %s", self._source.name, error)


class Keeper:
    """Runs sources. Created idle; starts on first use in each process, and again by itself after a fork.

    ``directory`` is where snapshots are saved (``None``: nowhere). ``clock`` dates them.
    """

    def __init__(self, directory: Path | None = None, *, clock: Clock = SYSTEM) -> None:
        self.clock = clock
        self._directory = directory
        self._snapshots: list[Snapshot[Any]] = []
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._starting = self._stopped = False
        _KEEPERS.add(self)

    def watch(self, source: Source[T], *, max_age: float, first: T | None = None) -> Snapshot[T]:
        """Keep ``source`` fresh from now on; its answers are refused when older than ``max_age`` seconds.

        ``first`` is a value that is there already.
        """
        snapshot = Snapshot(self, source, max_age)
        if first is not None:
            snapshot._swap(first)
        with self._lock:
            self._snapshots.append(snapshot)
            loop = self._loop
        if loop is not None:
            snapshot._restore()
            asyncio.run_coroutine_threadsafe(snapshot._keep(), loop)
        return snapshot

    @property
    def idle(self) -> bool:
        """Whether no worker runs in this process, nor is about to."""
        return self._loop is None and not self._starting

    def start(self) -> None:
        """Start the worker unless it runs. Saved snapshots are there when this returns; fresh ones come later."""
        if self._loop is not None or self._stopped:
            return
        with self._lock:
            if self._loop is not None or self._stopped:
                return
            self._starting = True  # what is restored may read what was restored before it
            try:
                for snapshot in self._snapshots:
                    snapshot._restore()
            finally:
                self._starting = False
            self._loop = loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._run, args=(loop,), name="ringwall-keeper", daemon=True)
            self._thread.start()

    def submit(self, work: Coroutine[Any, Any, R]) -> concurrent.futures.Future[R]:
        """Run ``work`` on the keeper's loop: the one place in a process where our own network calls are made."""
        self.start()
        if self._loop is None:
            work.close()
            raise Unavailable("the keeper has been stopped")
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def stop(self) -> None:
        """Stop the worker and wait for it. A stopped keeper stays stopped; its snapshots keep ageing."""
        with self._lock:
            self._stopped = True
            loop, thread, self._loop = self._loop, self._thread, None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            if thread is not threading.current_thread():
                thread.join(5)

    def file(self, name: str) -> SnapshotFile | None:
        """Where the snapshot called ``name`` is saved, or ``None``."""
        return None if self._directory is None else SnapshotFile(self._directory, name)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        for snapshot in self._snapshots:
            loop.create_task(snapshot._keep(), name=snapshot._source.name)
        try:
            loop.run_forever()
        finally:
            tasks = asyncio.all_tasks(loop)
            for task in tasks:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    def _forked(self) -> None:
        # The thread did not come along into the child; what it held did. The child's first use starts its own.
        self._lock = threading.Lock()
        self._loop = self._thread = None
        self._starting = False


_KEEPERS: weakref.WeakSet[Keeper] = weakref.WeakSet()


def _after_fork() -> None:
    for keeper in list(_KEEPERS):
        keeper._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
