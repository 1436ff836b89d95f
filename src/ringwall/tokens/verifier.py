"""The way of a bearer token on every request: nothing here waits, and nothing stale becomes a yes."""

from __future__ import annotations

import math
from collections.abc import Callable
from threading import Lock

from ringwall.caller import Caller
from ringwall.clock import SYSTEM, Clock
from ringwall.errors import Misconfigured, Unavailable
from ringwall.tokens.access_token import Requirements, VerifiedToken, verify
from ringwall.tokens.cache import Entry, TokenCache, cache_key
from ringwall.tokens.keys import KeySet, UnknownKey
from ringwall.tokens.principal import Naming
from ringwall.tokens.revocation import Cutoffs
from ringwall.tokens.signed import refuse

REFETCH_EVERY = 5.0
"""Seconds between two calls of ``on_unknown_kid``, however many tokens name unknown keys."""


class Verifier:
    """Verifies the access tokens of one issuer for one audience.

    ``keys`` and ``cutoffs`` return the present snapshots. ``cutoffs`` is ``None`` for an issuer that has no revocation
    feed: its tokens live until ``exp``. ``max_staleness`` is in seconds. ``on_unknown_kid`` is told, at most every five
    seconds and from any thread, that a token named a key that we do not hold; it must return at once.
    """

    def __init__(
        self,
        requirements: Requirements,
        naming: Naming,
        keys: Callable[[], KeySet],
        cutoffs: Callable[[], Cutoffs] | None,
        *,
        cache: TokenCache | None = None,
        clock: Clock = SYSTEM,
        max_staleness: float = 600.0,
        on_unknown_kid: Callable[[str], None] | None = None,
    ) -> None:
        if not 0 < max_staleness < math.inf:
            raise Misconfigured("the revocation feed's max_staleness must be a positive number of seconds")
        self._requirements = requirements
        self._fingerprint = requirements.fingerprint() + naming.fingerprint()
        self._naming = naming
        self._keys = keys
        self._cutoffs = cutoffs
        self._cache = TokenCache() if cache is None else cache
        self._now, self._steady = clock.now, clock.steady
        self._max_staleness = max_staleness
        self._on_unknown_kid = on_unknown_kid
        self._told = -math.inf
        self._telling = Lock()

    def verify(self, token: str, *, fresh: float = math.inf) -> VerifiedToken:
        """The token, verified and not revoked. ``fresh`` narrows the allowed staleness of the feed, in seconds.

        Raises :class:`~ringwall.errors.Unauthenticated` when it does not hold (:class:`UnknownKey` when a newer key set
        might change that), and :class:`Unavailable` when we cannot know: no keys yet, or a feed that is too stale.
        """
        return self._admit(token, fresh).token

    def caller(self, token: str, *, fresh: float = math.inf) -> Caller:
        """The caller that the token proves, made once for as long as it is remembered. Raises as :meth:`verify`."""
        return self._admit(token, fresh).caller

    def _admit(self, token: str, fresh: float) -> Entry:
        if len(token) > self._requirements.max_bytes:
            refuse(f"the token is larger than {self._requirements.max_bytes} bytes")
        now, steady = self._now(), self._steady()
        keys = self._keys()
        cutoffs = self._cutoffs() if self._cutoffs is not None else None
        if cutoffs is not None:
            stale = cutoffs.staleness(now, steady)
            if stale > self._max_staleness or stale > fresh:
                raise _too_stale(stale, min(fresh, self._max_staleness))
            # The later of the two clocks: when ours jumped back, the authority's still knows what has expired.
            if (theirs := cutoffs.authority_time(steady)) > now:
                now = theirs
        try:
            key = cache_key(token, self._fingerprint)
        except UnicodeEncodeError:
            refuse("the token is not ASCII")
        entry = self._cache.get(key, keys)
        if entry is None:
            entry = self._first_sight(token, keys, now, steady)
            self._cache.put(key, entry)
        elif entry.past(now, steady):
            refuse(f"the token expired (jti {entry.token.jti!r})")
        if cutoffs is not None and (reason := cutoffs.is_revoked(entry.token)) is not None:
            refuse(reason)
        return entry

    def _first_sight(self, token: str, keys: KeySet, now: float, steady: float) -> Entry:
        if not keys:
            raise Unavailable(
                f"the keys of {self._requirements.issuer!r} have not been loaded yet",
                hint="see that the issuer can be reached; its keys are fetched in the background",
            )
        try:
            verified = verify(token, keys, self._requirements, now)
        except UnknownKey as error:
            if error.kid is not None:
                self._tell(error.kid, steady)
            raise
        until = verified.expires + self._requirements.leeway
        return Entry(verified, self._naming.caller(verified), until, steady + (until - now))

    def _tell(self, kid: str, steady: float) -> None:
        if self._on_unknown_kid is None:
            return
        with self._telling:
            if steady - self._told < REFETCH_EVERY:
                return
            self._told = steady
        self._on_unknown_kid(kid)


def _too_stale(stale: float, budget: float) -> Unavailable:
    since = "never been heard" if math.isinf(stale) else f"not been heard for {stale:.1f} s, allowed are {budget:g} s"
    return Unavailable(
        f"the revocation feed has {since}", hint="see that the authority runs and that this service can reach it"
    )
