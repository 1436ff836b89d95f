"""The authority's signing keys through their life: published, signing, published only, gone."""

from __future__ import annotations

from dataclasses import dataclass

from ringwall.store.contract import Reader, Transaction


@dataclass(frozen=True, slots=True)
class SigningKeyRow:
    """A key: it signs from ``starts`` to ``stops``, and is published from ``created`` to ``retires`` (seconds)."""

    kid: str
    public: str
    sealed: bytes
    created: int
    starts: int
    stops: int
    retires: int


def add(tx: Transaction, key: SigningKeyRow) -> None:
    """Store a new key."""
    tx.run(
        "insert into signing_key (kid, public, sealed, created, starts, stops, retires) values (?, ?, ?, ?, ?, ?, ?)",
        *(key.kid, key.public, key.sealed, key.created, key.starts, key.stops, key.retires),
    )


def every(reader: Reader) -> list[SigningKeyRow]:
    """Every key, the one that starts first first."""
    rows = reader.all(
        "select kid, public, sealed, created, starts, stops, retires from signing_key order by starts, kid"
    )
    return [SigningKeyRow(*row) for row in rows]


def forget(tx: Transaction, now: int) -> int:
    """Drop the keys whose last token has expired; how many they were."""
    return tx.run("delete from signing_key where retires < ?", now)


def cut(tx: Transaction, kid: str, now: int) -> bool:
    """Stop signing with a key at once, because it is no longer trusted; whether it was there."""
    return tx.run("update signing_key set stops = ?, retires = ? where kid = ?", now, now, kid) == 1
