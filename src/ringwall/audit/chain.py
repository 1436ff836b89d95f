"""The hash chain over audit rows: each row's hash covers the row and the hash before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from ringwall.audit.event import Event
from ringwall.errors import Tampered

START = bytes(32)
"""What stands before the first row."""

_CONTEXT = b"ringwall audit row 1\x00"


def link(previous: bytes, row: bytes) -> bytes:
    """The 32-byte hash of ``row`` standing after a row whose hash is ``previous``."""
    return hashlib.sha256(_CONTEXT + previous + row).digest()


def entry(previous: bytes, event: Event) -> tuple[int, str, bytes, bytes]:
    """``event`` as the store keeps it: microseconds, kind, canonical body, and the hash that chains it."""
    body = event.canonical()
    return event.microseconds, event.kind, body, link(previous, body)


def verify(rows: Iterable[tuple[int, bytes, bytes]], *, after: int = 0, previous: bytes = START) -> tuple[int, bytes]:
    """Check ``(seq, body, hash)`` rows that follow row ``after``; return the last sequence number and hash.

    Raises ``Tampered`` at the first row that is missing, moved or changed.
    """
    for seq, body, digest in rows:
        if seq != after + 1:
            raise Tampered(f"audit row {after + 1} is missing", hint="compare with the latest backup")
        if link(previous, body) != digest:
            raise Tampered(f"audit row {seq} was changed after it was written", hint="compare with the latest backup")
        after, previous = seq, digest
    return after, previous
