"""The audit rows, read back."""

from __future__ import annotations

from ringwall.store.contract import Reader, Transaction


def record(tx: Transaction, event: object) -> None:
    """Write down something that happened and changed nothing else, such as a refusal."""
    tx.record(event)


def rows(reader: Reader, *, after: int = 0, limit: int = 1000) -> list[tuple[int, bytes, bytes]]:
    """``(seq, body, hash)`` of the rows that follow ``after``, at most ``limit``."""
    return reader.all("select seq, body, hash from audit where seq > ? order by seq limit ?", after, limit)


def last(reader: Reader) -> int:
    """The sequence number of the last row, or 0."""
    row = reader.one("select max(seq) from audit")
    return (row[0] or 0) if row else 0
