"""Passwords, hashed with argon2id (RFC 9106) at OWASP's cost: 19 MiB, two passes, one lane."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ringwall.errors import Unavailable

LONGEST = 1024
"""Characters. A longer password is refused before it costs anything."""

_WAITING, _KEPT = 96, 32
R = TypeVar("R")


class Passwords:
    """Hashes and verifies off the event loop, at most ``lanes`` at a time: a flood costs time, never memory."""

    def __init__(self, lanes: int | None = None) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
        self._pool = ThreadPoolExecutor(lanes or min(4, os.cpu_count() or 1), thread_name_prefix="ringwall argon2")
        self._waiting = 0
        # What an unknown name is checked against, so that it takes the time of a known one.
        self._nobody = self._hasher.hash(os.urandom(16).hex())

    async def hash(self, password: str) -> str:
        """The encoded hash to store."""
        return await self._run(self._hasher.hash, password)

    async def verify(self, encoded: str | None, password: str, *, known: bool = False) -> bool:
        """Whether ``password`` is the one behind ``encoded``; ``None`` is nobody's, and takes as long.

        ``known`` is who comes from a known device: strangers, however many, leave places for them. Raises
        ``Unavailable`` when too many wait already.
        """
        room = _WAITING if known else _WAITING - _KEPT
        matches = await self._run(self._matches, encoded or self._nobody, password[:LONGEST], room=room)
        return matches and encoded is not None and len(password) <= LONGEST

    def outdated(self, encoded: str) -> bool:
        """Whether ``encoded`` was made at another cost than today's."""
        return self._hasher.check_needs_rehash(encoded)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _matches(self, encoded: str, password: str) -> bool:
        try:
            return self._hasher.verify(encoded, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[..., R], *args: str, room: int = _WAITING) -> R:
        if self._waiting >= room:
            raise Unavailable("too many passwords wait to be checked", retry_after=2.0)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *args)
        finally:
            self._waiting -= 1
