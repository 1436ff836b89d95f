"""Cut-offs: an append-only log whose sequence numbers every guard follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ringwall.store.contract import Reader, Transaction

Kind = Literal["jti", "sid", "sub", "client", "key", "all"]


@dataclass(frozen=True, slots=True)
class Cutoff:
    """Tokens with this ``value`` of ``kind`` and ``iat <= cutoff`` are refused (for ``jti``: any ``iat``).

    ``cutoff`` and ``exp`` are whole seconds; after ``exp`` no such token can be valid and the entry may be forgotten.
    ``value`` is empty for ``all``. ``seq`` is given by the log.
    """

    kind: Kind
    value: str
    cutoff: int
    exp: int
    seq: int = 0


def revoke(tx: Transaction, kind: Kind, value: str, *, cutoff: int, exp: int) -> Cutoff:
    """Append a cut-off and announce it; end the refresh families and browser sessions that it covers."""
    row = tx.one("update feed set last = last + 1 returning last")
    assert row is not None
    entry = Cutoff(kind, value, cutoff, exp, row[0])
    tx.run(
        "insert into revocation (seq, kind, value, cutoff, exp) values (?, ?, ?, ?, ?)", *row, kind, value, cutoff, exp
    )
    whose = (value,) if kind != "all" else ()
    if (families := _FAMILIES.get(kind)) is not None:
        tx.run(families, cutoff, *whose, cutoff)
    if (sessions := _SESSIONS.get(kind)) is not None:
        tx.run(sessions, *whose, cutoff)
    tx.announce(entry)
    return entry


_FAMILIES = {
    "sid": "update family set revoked = ? where sid = ? and revoked is null and created <= ?",
    "sub": "update family set revoked = ? where sub = ? and revoked is null and created <= ?",
    "client": "update family set revoked = ? where client = ? and revoked is null and created <= ?",
    "all": "update family set revoked = ? where revoked is null and created <= ?",
}

# A browser session that stayed would give new tokens at the next click.
_SESSIONS = {
    "sid": "delete from session where sid = ? and auth_time <= ?",
    "sub": "delete from session where sub = ? and auth_time <= ?",
    "all": "delete from session where auth_time <= ?",
}


def since(reader: Reader, after: int) -> list[Cutoff]:
    """The cut-offs whose sequence number is greater than ``after``, in order."""
    rows = reader.all("select kind, value, cutoff, exp, seq from revocation where seq > ? order by seq", after)
    return [Cutoff(*row) for row in rows]


def span(reader: Reader) -> tuple[int, int]:
    """The highest sequence number that was forgotten, and the last one given."""
    row = reader.one("select floor, last from feed")
    return (row[0], row[1]) if row else (0, 0)


def begin(tx: Transaction, start: int) -> None:
    """Open the log, once. ``start`` is greater than any number of a log that stood here before, such as the time."""
    tx.run("insert into feed (last, floor) select ?, ? where not exists (select 1 from feed)", start, start)


def forget(tx: Transaction, now: int) -> int:
    """Drop the cut-offs that no longer matter; how many they were."""
    row = tx.one("select max(seq) from revocation where exp < ?", now)
    if row is None or row[0] is None:
        return 0
    tx.run("update feed set floor = ? where floor < ?", row[0], row[0])
    return tx.run("delete from revocation where exp < ?", now)
