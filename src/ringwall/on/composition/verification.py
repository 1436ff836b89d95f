"""Access tokens of our own authority, judged with the keys and revocations that the keeper holds."""

from __future__ import annotations

import math

from ringwall.caller import Caller
from ringwall.clock import SYSTEM, Clock
from ringwall.keeper import Snapshot
from ringwall.on.composition.issuer import KeysSource, PublishedKeys
from ringwall.settings import AuthorityAddress, Settings
from ringwall.tokens.access_token import Requirements
from ringwall.tokens.keys import KeySet
from ringwall.tokens.principal import Naming
from ringwall.tokens.revocation import Cutoffs
from ringwall.tokens.verifier import Verifier


class Verification:
    """The verifier for the authority that this service belongs to; another one when the authority moves."""

    def __init__(
        self,
        settings: Settings,
        keys: Snapshot[PublishedKeys],
        source: KeysSource,
        cutoffs: Snapshot[Cutoffs],
        clock: Clock = SYSTEM,
    ) -> None:
        self.settings = settings
        self._keys = keys
        self._source = source
        self._cutoffs = cutoffs
        self._clock = clock
        self._held: tuple[AuthorityAddress, Verifier] | None = None
        self._looked = -math.inf

    def caller(self, token: str) -> Caller:
        """The caller that ``token`` proves. Raises ``Unauthenticated``, and ``Unavailable`` when we cannot know."""
        return self._verifier().caller(token)

    def _verifier(self) -> Verifier:
        # Where the authority is stands in a file in development: it is read again at most once a second.
        now = self._clock.steady()
        if self._held is not None and now - self._looked < 1.0:
            return self._held[1]
        address = self.settings.authority_address()
        self._looked = now
        if self._held is None or self._held[0] != address:
            self._held = (address, self._make(address))
        return self._held[1]

    def _make(self, address: AuthorityAddress) -> Verifier:
        return Verifier(
            Requirements(address.issuer, self.settings.service.name),
            Naming(address.trust_domain, attributes=self.settings.claims),
            self._current_keys,
            self._cutoffs.current,
            clock=self._clock,
            max_staleness=self.settings.outage,
            on_unknown_kid=self._source.refetch,
        )

    def _current_keys(self) -> KeySet:
        return self._keys.current().keys
