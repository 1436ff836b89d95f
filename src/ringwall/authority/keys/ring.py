"""The signing keys of an authority through time.

A key is published ``overlap`` seconds before it signs, signs for ``period`` seconds, and stays published until the last
token that it signed has expired. Verifiers that refresh their key set once in ``overlap`` never meet an unknown key.
"""

from __future__ import annotations

import json
from typing import Any

from ringwall.audit.event import Event
from ringwall.authority.keys.signing import SigningKey
from ringwall.authority.seal import Seal
from ringwall.authority.settings import Lifetimes
from ringwall.clock import Clock
from ringwall.errors import Unavailable
from ringwall.store import signing_keys as rows
from ringwall.store.contract import Store, Transaction
from ringwall.store.signing_keys import SigningKeyRow
from ringwall.tokens.keys import NO_KEYS, KeySet

_MARGIN = 60


class KeyRing:
    """The keys in memory, one immutable snapshot that :meth:`tend` replaces whole."""

    def __init__(self, store: Store, seal: Seal, clock: Clock, lifetimes: Lifetimes) -> None:
        self._store, self._seal, self._clock = store, seal, clock
        self._period, self._overlap = lifetimes.signing_key, lifetimes.key_overlap
        self._longest = max(lifetimes.access, lifetimes.id_token) + _MARGIN
        self._keys: tuple[tuple[SigningKeyRow, SigningKey], ...] = ()
        self._current: tuple[int, int, SigningKey] | None = None
        self._verifying: tuple[bytes, KeySet] = (b"", NO_KEYS)

    def current(self) -> SigningKey:
        """The key that signs now. Raises ``Unavailable`` when there is none, which only a wrong clock brings about."""
        now = int(self._clock.now())
        if self._current is None or not self._current[0] <= now < self._current[1]:
            # The newest that has started: an overlap of two signing keys is none, and a cut key hands over at once.
            ready = [(row, key) for row, key in self._keys if row.starts <= now < row.stops]
            if not ready:
                raise Unavailable("no signing key is valid now", hint="check the machine's clock", retry_after=60)
            row, key = ready[-1]
            later = [other.starts for other, _ in self._keys if other.starts > now]
            self._current = (row.starts, min([row.stops, *later]), key)
        return self._current[2]

    def public(self) -> list[dict[str, Any]]:
        """The published keys as JWKs."""
        now = int(self._clock.now())
        return [json.loads(row.public) for row, _ in self._keys if row.created <= now < row.retires]

    def jwks(self) -> bytes:
        """The JWK Set (RFC 7517 section 5), serialised."""
        return json.dumps({"keys": self.public()}, separators=(",", ":")).encode()

    def verifying(self) -> KeySet:
        """The published keys as our own endpoints verify with them. Raises ``Unavailable`` when there are none."""
        document = self.jwks()
        if not self.public():
            raise Unavailable("no signing key is valid now", hint="check the machine's clock", retry_after=60)
        if document != self._verifying[0]:
            self._verifying = (document, KeySet.parse(document))
        return self._verifying[1]

    async def tend(self) -> None:
        """Make the keys that are due, forget those that are over, and take up the new state. Call it often."""
        now = int(self._clock.now())
        due = self._due(self._store.read(rows.every), now)
        await self._store.write(_tend, due, now)
        self._load()

    async def cut(self, kid: str) -> None:
        """Stop trusting a key at once; a fresh one signs from now."""
        now = int(self._clock.now())
        await self._store.write(_replace, kid, self._make(now, now), now)
        self._load()

    def _due(self, keys: list[SigningKeyRow], now: int) -> list[SigningKeyRow]:
        alive = [row for row in keys if row.stops > now]
        if not any(row.starts <= now for row in alive):
            return [self._make(now, now)]
        last = max(row.stops for row in alive)
        return [self._make(now, last)] if last - now <= self._overlap else []

    def _make(self, now: int, starts: int) -> SigningKeyRow:
        key = SigningKey.generate()
        stops = starts + self._period
        return SigningKeyRow(
            kid=key.kid,
            public=json.dumps(key.public, separators=(",", ":")),
            sealed=self._seal.seal(key.pkcs8(), _purpose(key.kid)),
            created=now,
            starts=starts,
            stops=stops,
            retires=stops + self._longest,
        )

    def _load(self) -> None:
        known = {row.kid: key for row, key in self._keys}
        self._keys = tuple(
            (row, known.get(row.kid) or SigningKey.load(self._seal.open(row.sealed, _purpose(row.kid))))
            for row in self._store.read(rows.every)
        )
        self._current = None


def _purpose(kid: str) -> str:
    return f"signing key {kid}"


def _tend(tx: Transaction, due: list[SigningKeyRow], now: int) -> None:
    for row in due:
        rows.add(tx, row)
        tx.record(Event("key.created", now, subject=row.kid, detail={"starts": row.starts, "stops": row.stops}))
    rows.forget(tx, now)


def _replace(tx: Transaction, kid: str, fresh: SigningKeyRow, now: int) -> None:
    rows.cut(tx, kid, now)
    rows.add(tx, fresh)
    tx.record(Event("key.cut", now, subject=kid, detail={"successor": fresh.kid}))
