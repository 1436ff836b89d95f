"""The authority's own certificate for its internal listener, renewed at half of its life."""

from __future__ import annotations

import asyncio
import logging

from ringwall.authority.ca.issuer import Issuer
from ringwall.authority.ca.profile import LeafIdentity
from ringwall.clock import SYSTEM, Clock
from ringwall.peers.x509_context import X509Context

log = logging.getLogger("ringwall.authority")

_RETRY = 5.0


class OwnIdentity:
    """Issues to itself. :meth:`current` is the identity source of the listener's check."""

    def __init__(self, issuer: Issuer, identity: LeafIdentity, clock: Clock = SYSTEM) -> None:
        self._issuer = issuer
        self._identity = identity
        self._clock = clock
        self._held: X509Context | None = None

    def current(self) -> X509Context:
        assert self._held is not None
        return self._held

    async def begin(self) -> None:
        """Get the first certificate."""
        self._held = await self._issuer.issue(self._identity)

    async def renew(self) -> None:
        """Renew for ever; run it as a task. A failure is logged, and tried again while the old one still holds."""
        while True:
            held = self.current()
            await asyncio.sleep(max(_RETRY, (held.not_after - self._clock.now()) / 2))
            try:
                await self.begin()
            except Exception:
                log.exception("the authority could not renew its own certificate; it is tried again")
                await asyncio.sleep(_RETRY)
