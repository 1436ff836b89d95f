"""The CA's own state, and the ledger of every certificate that it has issued."""

from __future__ import annotations

from dataclasses import dataclass

from ringwall.store.contract import Reader, Transaction


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One certificate. Times are whole seconds since 1970; ``withdrawn`` is ``None`` while it stands."""

    serial: int
    spiffe_id: str
    purpose: str
    not_before: int
    not_after: int
    withdrawn: int | None = None


def load_ca(reader: Reader, trust_domain: str) -> bytes | None:
    """The sealed CA of a trust domain."""
    row = reader.one("select sealed from ca where trust_domain = ?", trust_domain)
    return None if row is None else bytes(row[0])


def save_ca(tx: Transaction, trust_domain: str, sealed: bytes) -> None:
    """Store the sealed CA in place of what was there."""
    tx.run(
        "insert into ca (trust_domain, sealed) values (?, ?)"
        " on conflict (trust_domain) do update set sealed = excluded.sealed",
        *(trust_domain, sealed),
    )


def enter(tx: Transaction, row: LedgerRow) -> None:
    """Add a certificate to the ledger."""
    tx.run(
        "insert into certificate (serial, spiffe_id, purpose, not_before, not_after) values (?, ?, ?, ?, ?)"
        " on conflict (serial) do nothing",
        *(str(row.serial), row.spiffe_id, row.purpose, row.not_before, row.not_after),
    )


def living(reader: Reader, now: int) -> list[LedgerRow]:
    """The certificates that have not expired, by identity, the newest first."""
    rows = reader.all(
        "select serial, spiffe_id, purpose, not_before, not_after, withdrawn from certificate where not_after > ?"
        " order by spiffe_id, not_before desc",
        now,
    )
    return [LedgerRow(int(serial), *rest) for serial, *rest in rows]
