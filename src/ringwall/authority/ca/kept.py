"""The CA of an authority: made on its first start, kept sealed in its store, each certificate in the ledger first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringwall.audit.event import Event
from ringwall.authority.ca.certificate_authority import CertificateAuthority, CertificateRecord
from ringwall.authority.ca.issuer import Issuer
from ringwall.store import certificates as rows
from ringwall.store.certificates import LedgerRow
from ringwall.store.contract import Transaction

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority


async def open_ca(authority: Authority) -> Issuer:
    """The issuer over the CA that the store holds, or over a new one. Raises ``Tampered``."""
    domain, now = authority.settings.trust_domain, authority.clock.now()
    sealed = authority.store.read(rows.load_ca, domain)
    if sealed is None:
        ca = CertificateAuthority.create(domain, now)
        await authority.store.write(_save, domain, ca.sealed(authority.seal.seal), ca.records(), now)
    else:
        ca = CertificateAuthority.opened(sealed, authority.seal.open)
    living = authority.store.read(rows.living, int(now))
    denied = {row.serial: float(row.withdrawn) for row in living if row.withdrawn is not None}

    async def save(renewed: CertificateAuthority, intermediate: CertificateRecord) -> None:
        state = renewed.sealed(authority.seal.seal)
        await authority.store.write(_save, domain, state, (intermediate,), authority.clock.now())

    async def ledger(leaf: CertificateRecord) -> None:
        await authority.store.write(_enter, leaf, authority.clock.now())

    return Issuer(ca, save=save, ledger=ledger, denied=denied, clock=authority.clock)


def _save(tx: Transaction, domain: str, sealed: bytes, records: tuple[CertificateRecord, ...], now: float) -> None:
    rows.save_ca(tx, domain, sealed)
    for record in records:
        _enter(tx, record, now)


def _enter(tx: Transaction, record: CertificateRecord, now: float) -> None:
    row = LedgerRow(record.serial, record.spiffe_id, record.purpose, int(record.not_before), int(record.not_after))
    rows.enter(tx, row)
    detail = {"serial": f"{record.serial:x}", "purpose": record.purpose, "not_after": row.not_after}
    tx.record(Event("certificate.issued", now, subject=record.spiffe_id, detail=detail))
