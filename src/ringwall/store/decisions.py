"""Finding decisions again in a guard's audit log."""

from __future__ import annotations

from collections.abc import Iterator

from ringwall.store import ledger
from ringwall.store.contract import Reader

_LATER = 60_000_000


def around(reader: Reader, at: int) -> list[bytes]:
    """The bodies of the rows written in the minute after ``at`` (microseconds since 1970), oldest first."""
    rows = reader.all("select body from audit where at between ? and ? order by seq", at - 1_000_000, at + _LATER)
    return [bytes(row[0]) for row in rows]


def every(reader: Reader) -> Iterator[bytes]:
    """The bodies of all rows, oldest first, a thousand at a time."""
    after = 0
    while found := ledger.rows(reader, after=after):
        yield from (bytes(body) for _, body, _ in found)
        after = found[-1][0]
