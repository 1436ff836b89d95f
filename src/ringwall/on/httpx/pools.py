"""Connection pools that follow our certificate: a new identity takes a new pool, the old one ends when it is idle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ringwall.peers.check import PeerCheck
from ringwall.peers.context import IdentityContext, client_context
from ringwall.peers.x509_context import X509Context

T = TypeVar("T")


@dataclass(eq=False)
class Pool(Generic[T]):
    """One transport, and how many requests are on it."""

    transport: T
    identity: X509Context
    context: IdentityContext
    in_flight: int = 0
    retired: bool = False


class Pools(Generic[T]):
    """The current pool of one client, and those that are still draining. Safe for threads; never waits for a peer."""

    def __init__(self, check: PeerCheck, make: Callable[[IdentityContext], T]) -> None:
        self._check = check
        self._make = make
        self._lock = threading.Lock()
        self._pool: Pool[T] | None = None
        self._draining: set[Pool[T]] = set()

    def lease(self) -> tuple[Pool[T], T | None]:
        """The pool for one request, and a transport to close now, if the swap left one idle.

        Raises :class:`Unavailable` when we have no identity to call with.
        """
        identity = self._check.identity()
        with self._lock:
            pool, idle = self._pool, None
            if pool is None or self._outdated(pool, identity):
                context = client_context(identity, self._check)
                self._pool = Pool(self._make(context), identity, context)
                if pool is not None:
                    idle = self._retire(pool)
                pool = self._pool
            pool.in_flight += 1
            return pool, idle

    def release(self, pool: Pool[T]) -> T | None:
        """The request is over. Returns the transport to close when it was the last one on a retired pool."""
        with self._lock:
            pool.in_flight -= 1
            if pool.retired and pool.in_flight == 0:
                self._draining.discard(pool)
                return pool.transport
            return None

    def drop(self) -> list[T]:
        """Forget everything, and return all transports, to be closed."""
        with self._lock:
            pools = [*self._draining, *([self._pool] if self._pool else [])]
            self._draining.clear()
            self._pool = None
            return [pool.transport for pool in pools]

    def _outdated(self, pool: Pool[T], identity: X509Context) -> bool:
        if pool.identity is not identity:
            if not pool.identity.same_credentials(identity):
                return True
            pool.identity = identity
        return self._check.now() >= pool.context.stale_at

    def _retire(self, pool: Pool[T]) -> T | None:
        pool.retired = True
        if pool.in_flight == 0:
            return pool.transport
        self._draining.add(pool)
        return None
