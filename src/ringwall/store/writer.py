"""The one writer of a SQLite database: a thread that commits what has gathered, with one fsync for all of it."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from ringwall.errors import Unavailable
from ringwall.store import connection as connections
from ringwall.store.contract import Reader, Transaction
from ringwall.store.lock import FileLock
from ringwall.store.migrate import Migration, migrate
from ringwall.store.request import Request, settle
from ringwall.store.rows import Chain, SqliteReader, SqliteTransaction

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("ringwall.store")

GROUP = 512
"""The most transactions that share one commit: it bounds how long the first of them waits."""

GATHER = 0.001
"""Seconds for which a busy writer lets more transactions join its group. A commit costs the CPU time of ten of them."""

QUEUE = 16384
"""The most transactions that may wait. Beyond it the answer is ``Unavailable``, at once."""


class GroupWriter:
    """A :class:`~ringwall.store.contract.Store` on one SQLite file.

    ``steps`` are the migrations of its schema, which must have a table ``audit(seq, at, kind, body, hash)``; ``chain``
    turns the previous row's hash and an event into an audit row. Opening it takes the file's lock, migrates, and starts
    the thread. Raises ``Unavailable`` when another process has the file, or the file is newer, broken or unwritable.

    ``synchronous="OFF"`` is for tests that throw the file away: it survives a crash of the process, not of the machine.
    """

    def __init__(
        self,
        path: Path,
        steps: tuple[Migration, ...],
        *,
        chain: Chain,
        synchronous: connections.Synchronous = "FULL",
    ) -> None:
        self.path = path
        self._lock = FileLock(path.with_name(path.name + ".lock"))
        try:
            self._connection = connections.writing(path, synchronous)
            try:
                migrate(self._connection, path, steps)
                self._transaction = SqliteTransaction(self._connection, chain)
            except BaseException:
                self._connection.close()
                raise
        except sqlite3.Error as error:
            self._lock.release()
            raise connections.unavailable(error, path) from error
        except BaseException:
            self._lock.release()
            raise
        self._mine = threading.local()
        self._readers: list[SqliteReader] = []
        self._process = os.getpid()
        self._listeners: list[Callable[[Sequence[object]], None]] = []
        self._waiting: list[Request] = []
        self._gathered = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name=f"ringwall writer {path.name}", daemon=True)
        self._thread.start()

    def write(
        self, transaction: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[T]:
        """Run ``transaction`` in the next group. For coroutines; the future belongs to the running event loop."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._put(Request(transaction, args, kwargs, future))
        return future

    def submit(
        self, transaction: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """The same for threads."""
        future: Future[T] = Future()
        self._put(Request(transaction, args, kwargs, future))
        return future

    def read(self, query: Callable[Concatenate[Reader, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``query`` in this thread, on a connection that cannot write: about 10 µs for one indexed row."""
        try:
            reader = getattr(self._mine, "reader", None)
            if reader is None:
                reader = self._mine.reader = SqliteReader(connections.reading(self.path))
                self._readers.append(reader)
            return query(reader, *args, **kwargs)
        except sqlite3.Error as error:
            raise connections.unavailable(error, self.path) from error

    def listen(self, listener: Callable[[Sequence[object]], None]) -> None:
        self._listeners.append(listener)

    def close(self) -> None:
        with self._gathered:
            if self._closing:
                return
            self._closing = True
            self._gathered.notify()
        self._thread.join()
        for reader in self._readers:
            reader.close()
        self._connection.close()
        self._lock.release()

    def _put(self, request: Request) -> None:
        if os.getpid() != self._process:
            raise Unavailable(
                f"the store {self.path.name} belongs to process {self._process}, and this is a fork of it"
            )
        with self._gathered:
            if self._closing:
                raise Unavailable(f"the store {self.path.name} is closed")
            if len(self._waiting) >= QUEUE:
                raise Unavailable(f"the store {self.path.name} has {QUEUE} transactions waiting", retry_after=1.0)
            self._waiting.append(request)
            self._gathered.notify()

    def _work(self) -> None:
        crowded = False
        while True:
            with self._gathered:
                while not self._waiting:
                    if self._closing:
                        return
                    self._gathered.wait()
            # One that came alone is not kept waiting; where two met, more are on their way.
            if crowded:
                time.sleep(GATHER)
            with self._gathered:
                group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
            try:
                news = self._commit(group)
            except Exception as error:  # noqa: BLE001 - whatever failed, nothing of the group is durable, and all hear it
                for request in group:
                    request.fail(connections.unavailable(error, self.path))
            else:
                self._announce(news)
            settle(group)
            crowded = len(group) > 1

    def _announce(self, news: list[object]) -> None:
        for listener in self._listeners if news else ():
            try:
                listener(news)
            except Exception:
                # It is durable: whoever asked must hear so, and the others too.
                log.exception("a listener of the store %s failed", self.path.name)

    def _commit(self, group: list[Request]) -> list[object]:
        connection, transaction = self._connection, self._transaction
        transaction.begin()
        try:
            for request in group:
                mark = transaction.mark()
                try:
                    request.succeed(request.run(transaction))
                except Exception as error:
                    # SQLite rolls the whole transaction back by itself when the disk is full or fails.
                    if not connection.in_transaction:
                        raise
                    transaction.undo(mark)
                    request.fail(
                        connections.unavailable(error, self.path) if isinstance(error, sqlite3.Error) else error
                    )
                else:
                    transaction.keep()
            return transaction.commit()
        except BaseException:
            transaction.rollback()
            raise
