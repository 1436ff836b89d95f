"""The running CA: renews itself, writes the ledger before anything leaves, and remembers what was withdrawn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ringwall.authority.ca.certificate_authority import CertificateAuthority, CertificateRecord
from ringwall.authority.ca.profile import LEAF_LIFE, LeafIdentity
from ringwall.clock import SYSTEM, Clock
from ringwall.peers.x509_context import X509Context

Save = Callable[[CertificateAuthority, CertificateRecord], Awaitable[None]]
"""Makes a renewed authority and its intermediate's row durable, in one transaction."""
Ledger = Callable[[CertificateRecord], Awaitable[None]]
"""Makes the row of a leaf durable. When it raises, the leaf is never handed out."""


class Issuer:
    """Issues identities on one event loop. ``denied`` maps the serial numbers withdrawn so far to when they were."""

    def __init__(
        self,
        authority: CertificateAuthority,
        *,
        save: Save,
        ledger: Ledger,
        denied: dict[int, float] | None = None,
        life: float = LEAF_LIFE,
        clock: Clock = SYSTEM,
    ) -> None:
        self._authority = authority
        self._save = save
        self._ledger = ledger
        self._denied = dict(denied or {})
        self._crl: tuple[CertificateAuthority, bytes] | None = None
        self._life = life
        self._clock = clock
        self._renewing = asyncio.Lock()

    async def issue(self, identity: LeafIdentity) -> X509Context:
        """A fresh key and leaf for ``identity``, as the context that its workload will hold.

        Raises :class:`Invalid` or :class:`Unavailable` when there can be none, and what the ledger raises.
        """
        authority = await self._current()
        key = ec.generate_private_key(ec.SECP256R1())
        issued = authority.issue(key.public_key(), identity, self._clock.now(), life=self._life)
        await self._ledger(issued.record)
        return X509Context.assemble(
            issued.chain,
            key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
            authority.bundle,
            self.crls_for(issued.chain),
        )

    def withdraw(self, serials: Iterable[int]) -> None:
        """Put certificates on the deny-list; tell the workload server to :meth:`~WorkloadServer.notify` after it."""
        now = self._clock.now()
        # What was withdrawn two lives of a leaf ago has expired by itself, whatever a peer's clock says.
        self._denied = {serial: when for serial, when in self._denied.items() if now - when < 2 * self._life}
        for serial in serials:
            self._denied.setdefault(serial, now)
        self._crl = None

    def crls_for(self, chain: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """The deny-list for the holder of ``chain``; empty when nothing is withdrawn, or another CA must sign it."""
        if not self._denied or not self.signed(chain):
            return ()
        if self._crl is None or self._crl[0] is not self._authority:
            self._crl = self._authority, self._authority.crl(self._denied, self._clock.now())
        return (self._crl[1],)

    def signed(self, chain: tuple[bytes, ...]) -> bool:
        """Whether the current intermediate stands in ``chain``."""
        return self._authority.intermediate.certificate.public_bytes(Encoding.DER) in chain

    @property
    def trust_domain(self) -> str:
        return self._authority.trust_domain

    @property
    def bundle(self) -> tuple[bytes, ...]:
        """The roots that peers must trust, DER."""
        return self._authority.bundle

    async def _current(self) -> CertificateAuthority:
        async with self._renewing:
            renewed = self._authority.renewed(self._clock.now())
            if renewed is not self._authority:
                await self._save(renewed, renewed.records()[1])
                self._authority = renewed
            return self._authority
