"""Finding a decision again in a guard's audit log."""

from __future__ import annotations

from ringwall.store.contract import Reader

_LATER = 60_000_000


def around(reader: Reader, at: int) -> list[bytes]:
    """The bodies of the rows written in the minute after ``at`` (microseconds since 1970), oldest first."""
    rows = reader.all("select body from audit where at between ? and ? order by seq", at - 1_000_000, at + _LATER)
    return [bytes(row[0]) for row in rows]
