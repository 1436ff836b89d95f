"""Revocation at its source: the cut-offs in memory, and the ways to add one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ringwall.audit.event import Event
from ringwall.errors import Unavailable
from ringwall.store import families, revocations
from ringwall.store.contract import Store, Transaction
from ringwall.store.revocations import Cutoff, Kind

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority

_MARGIN = 60
"""Seconds that a cut-off outlives the last token that it refuses, for guards whose clock is behind."""


class Cutoffs:
    """Every cut-off that still matters. The effective one for a token is the maximum that applies to it."""

    def __init__(self, store: Store) -> None:
        self._latest: dict[tuple[str, str], int] = {}
        self._until: dict[tuple[str, str], int] = {}
        self._writing = threading.Lock()
        store.listen(self.take)
        self.take(store.read(revocations.since, 0))

    def take(self, news: Sequence[object]) -> None:
        """Take up what was announced."""
        with self._writing:
            for entry in news:
                if isinstance(entry, Cutoff):
                    key = (entry.kind, entry.value)
                    self._latest[key] = max(entry.cutoff, self._latest.get(key, 0))
                    self._until[key] = max(entry.exp, self._until.get(key, 0))

    def effective(self, *, sub: str = "", sid: str = "", client: str = "", key: str = "") -> int:
        """The second up to which tokens with these claims are refused; 0 for none."""
        latest = self._latest.get
        if not self._latest:
            return 0
        return max(
            latest(("all", ""), 0),
            latest(("sub", sub), 0) if sub else 0,
            latest(("sid", sid), 0) if sid else 0,
            latest(("client", client), 0) if client else 0,
            latest(("key", key), 0) if key else 0,
        )

    def forget(self, now: int) -> None:
        """Drop what no living token can meet."""
        with self._writing:
            for key in [key for key, exp in self._until.items() if exp < now]:
                del self._latest[key], self._until[key]

    def revoked(self, jti: str) -> bool:
        """Whether this one token was revoked by its id."""
        return ("jti", jti) in self._latest


async def revoke(authority: Authority, kind: Kind, value: str, *, actor: str, reason: str) -> Cutoff:
    """Refuse every token that carries ``value`` and was issued up to now. Returns when it is durable and announced."""
    access = authority.settings.lifetimes.access
    return await authority.store.write(
        write, kind, value, now=authority.clock.now(), actor=actor, reason=reason, access=access
    )


def write(tx: Transaction, kind: Kind, value: str, *, now: float, actor: str, reason: str, access: int) -> Cutoff:
    """The same inside a transaction that does more, such as a logout. ``access`` is the lifetime of access tokens."""
    exp = int(now) + access + _MARGIN
    # Who has stolen a key dates tokens as they like, so no date is late enough until verifiers have dropped the key.
    entry = revocations.revoke(tx, kind, value, cutoff=exp if kind == "key" else int(now), exp=exp)
    tx.record(Event("token.revoked", now, actor=actor, subject=value, detail={"kind": kind, "reason": reason}))
    return entry


def end_family(tx: Transaction, family: str, *, now: float, actor: str, reason: str) -> bool:
    """End a grant: its refresh tokens, and each of its access tokens that still lives. Whether it was alive."""
    living = families.end(tx, family, int(now))
    if living is None:
        return False
    for jti, expires in living:
        revocations.revoke(tx, "jti", jti, cutoff=int(now), exp=expires + _MARGIN)
    detail = {"reason": reason, "access_tokens": [jti for jti, _ in living]}
    tx.record(Event("family.revoked", now, actor=actor, subject=family, detail=detail))
    return True


def revoke_jti(tx: Transaction, jti: str, expires: int, *, now: float, actor: str, reason: str) -> None:
    """Refuse one access token."""
    revocations.revoke(tx, "jti", jti, cutoff=int(now), exp=expires + _MARGIN)
    tx.record(Event("token.revoked", now, actor=actor, subject=jti, detail={"kind": "jti", "reason": reason}))


async def issue_time(authority: Authority, *, sub: str, sid: str = "", client: str = "") -> int:
    """The ``iat`` for a new token: now, or the first second after every cut-off that applies to it.

    A cut-off of this very second is waited out, so that a person who was signed out a moment ago can log in again.
    Raises ``Unavailable`` for one that lies ahead, which only a clock that jumped back brings about.
    """
    now = authority.clock.now()
    cutoff = authority.cutoffs.effective(sub=sub, sid=sid, client=client, key=authority.keys.current().kid)
    if cutoff < int(now):
        return int(now)
    if cutoff > now:
        raise Unavailable(
            f"a revocation is dated {cutoff - now:.0f} s ahead", hint="check the machine's clock", retry_after=60
        )
    await asyncio.sleep(cutoff + 1 - now)
    return max(int(authority.clock.now()), cutoff + 1)
