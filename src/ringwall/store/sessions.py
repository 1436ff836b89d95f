"""What a store of browser sessions does, and the one in memory, for a single process.

A store sees hashed ids and sealed records only. A failure is ``Unavailable``: then there is no session.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Row:
    """One session. ``version`` grows with every new record; ``ends`` is when it is over unless it is used before.

    ``claimed`` is 0, or the time by which whoever is renewing it should be done. Times are seconds since 1970.
    """

    sealed: bytes
    ends: float
    version: int = 1
    claimed: float = 0.0


class SessionStore(Protocol):
    """What a session store can do. ``key`` is the 32-byte hash of a session's id. All raise ``Unavailable``."""

    def insert(self, key: bytes, sealed: bytes, ends: float, now: float) -> None:
        """Keep a new session, and forget those that are over at ``now``."""
        ...

    def read(self, key: bytes) -> Row | None: ...

    def touch(self, key: bytes, ends: float) -> None:
        """It was used, so it now ends later (never earlier)."""
        ...

    def delete(self, key: bytes) -> bool:
        """Forget it. Whether it was there."""
        ...

    def claim(self, key: bytes, version: int, until: float) -> bool:
        """Take the right to renew ``version``: true for one caller only, over all processes.

        ``until`` is when the others stop waiting. The claim does not end then: the refresh token may be spent.
        """
        ...

    def replace(self, key: bytes, version: int, sealed: bytes) -> bool:
        """Put a new record in the place of ``version`` and end the claim. False when it is no longer there."""
        ...

    def release(self, key: bytes, version: int) -> None:
        """Give the claim on ``version`` back: nothing was spent."""
        ...

    def spend(self, mark: bytes, now: float, until: float) -> bool:
        """True the first time that ``mark`` is spent, false ever after. It is forgotten at ``until``."""
        ...


class MemorySessions:
    """Sessions of one process. They end with it."""

    def __init__(self) -> None:
        self._rows: dict[bytes, Row] = {}
        self._spent: dict[bytes, float] = {}
        self._lock = threading.Lock()

    def insert(self, key: bytes, sealed: bytes, ends: float, now: float) -> None:
        with self._lock:
            for old in [old for old, row in self._rows.items() if row.ends <= now]:
                del self._rows[old]
            self._rows[key] = Row(sealed, ends)

    def read(self, key: bytes) -> Row | None:
        return self._rows.get(key)

    def touch(self, key: bytes, ends: float) -> None:
        with self._lock:
            if (row := self._rows.get(key)) is not None and row.ends < ends:
                self._rows[key] = replace(row, ends=ends)

    def delete(self, key: bytes) -> bool:
        with self._lock:
            return self._rows.pop(key, None) is not None

    def claim(self, key: bytes, version: int, until: float) -> bool:
        with self._lock:
            row = self._rows.get(key)
            if row is None or row.version != version or row.claimed:
                return False
            self._rows[key] = replace(row, claimed=until)
            return True

    def replace(self, key: bytes, version: int, sealed: bytes) -> bool:
        with self._lock:
            row = self._rows.get(key)
            if row is None or row.version != version:
                return False
            self._rows[key] = Row(sealed, row.ends, version + 1)
            return True

    def release(self, key: bytes, version: int) -> None:
        with self._lock:
            if (row := self._rows.get(key)) is not None and row.version == version:
                self._rows[key] = replace(row, claimed=0.0)

    def spend(self, mark: bytes, now: float, until: float) -> bool:
        with self._lock:
            self._spent = {old: end for old, end in self._spent.items() if end > now}
            if mark in self._spent:
                return False
            self._spent[mark] = until
            return True
