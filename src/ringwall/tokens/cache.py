"""Tokens that were verified already, so that the next request with the same one need not pay for a signature."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from ringwall.caller import Caller
from ringwall.tokens.access_token import VerifiedToken
from ringwall.tokens.keys import KeySet


@dataclass(frozen=True, slots=True)
class Entry:
    """A verified token with its caller, good before ``until`` (wall clock) *and* ``until_steady`` (steady clock).

    In seconds. The wall clock alone would bring an expired token back to life when it jumps back. So an entry that is
    past stays: it is the memory that this token is over.
    """

    token: VerifiedToken
    caller: Caller
    until: float
    until_steady: float

    def past(self, now: float, steady: float) -> bool:
        """Whether the token has expired by either clock."""
        return now >= self.until or steady >= self.until_steady


class TokenCache:
    """At most ``capacity`` entries (two or more) by :func:`cache_key`; the least used half goes first.

    Any number of threads may use it freely. It holds two generations: what is used moves to the young one; when that is
    full it becomes the old one, and the old one is gone. Reading takes no lock.
    """

    def __init__(self, capacity: int = 4096) -> None:
        self._half = max(1, capacity // 2)
        self._young: dict[bytes, Entry] = {}
        self._old: dict[bytes, Entry] = {}
        self._writing = Lock()

    def get(self, key: bytes, keys: KeySet) -> Entry | None:
        """The entry, unless the key that signed it has left ``keys``. Whether it is past is for the caller to ask."""
        entry = self._young.get(key)
        if entry is None:
            entry = self._old.get(key)
            if entry is None:
                return None
            self.put(key, entry)
        return entry if keys.holds(entry.token.key) else None

    def put(self, key: bytes, entry: Entry) -> None:
        """Keep ``entry``; another under the same key is replaced."""
        with self._writing:
            if len(self._young) >= self._half and key not in self._young:
                self._old, self._young = self._young, {}
            self._young[key] = entry

    def __len__(self) -> int:
        with self._writing:
            return len(self._young.keys() | self._old.keys())


def cache_key(token: str, requirements: bytes) -> bytes:
    """SHA-256 over the fingerprint of the requirements and the token: what one guard admits says nothing to another.

    Raises ``UnicodeEncodeError`` when the token is not ASCII.
    """
    return sha256(requirements + token.encode("ascii")).digest()
