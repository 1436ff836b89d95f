"""Which tokens no longer count: cut-offs in memory, asked on every request."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from ringwall.errors import Invalid

if TYPE_CHECKING:
    from ringwall.tokens.access_token import VerifiedToken
    from ringwall.tokens.snapshot import Snapshot

KINDS = ("jti", "sid", "sub", "client", "key", "all")
MAX_VALUE = 2048
FORGET_AFTER = 120.0
"""Seconds for which an entry outlives its ``exp``, since a guard's leeway lets a token do the same."""
CLOCK_SKEW = 5.0
"""Seconds by which a snapshot may seem to come from the future before it is not believed to be fresh."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """One line of the authority's log: tokens of ``kind`` = ``value`` with ``iat <= cutoff`` are refused.

    ``kind`` is one of :data:`KINDS`; for ``jti`` the token is refused whatever its ``iat``, and for ``all`` the value
    is empty. ``exp`` says when every token it can meet has expired. ``cutoff`` and ``exp`` are seconds since 1970.
    """

    seq: int
    kind: str
    value: str
    cutoff: float
    exp: float

    @classmethod
    def read(cls, seq: Any, members: Mapping[str, Any]) -> Revocation:
        """Check untrusted members. Raises :class:`Invalid`."""
        kind, value = members.get("kind"), members.get("value")
        if kind not in KINDS:
            raise Invalid("the revocation is of a kind that this version does not know")
        if not (isinstance(value, str) and len(value) <= MAX_VALUE and (value != "") == (kind != "all")):
            raise Invalid(f"the revocation's value does not fit its kind {kind!r}")
        return cls(sequence(seq), kind, value, seconds(members.get("cutoff")), seconds(members.get("exp")))


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life: the log stood at ``seq`` when the authority's clock read ``time``."""

    seq: int
    time: float


class Cutoffs:
    """Every cut-off that can still meet a living token, the place in the log, and when the authority was last heard.

    One thread writes (the keeper, through :meth:`take`); any number read without a lock. Entries are forgotten when
    both the authority's clock and our own say that their tokens are gone, so a clock that jumps revives nobody.
    """

    def __init__(self) -> None:
        self.seq = 0
        self._by_kind: dict[str, dict[str, Revocation]] = {kind: {} for kind in KINDS}
        self._jti, self._sid, self._sub, self._client, self._key, self._all = (self._by_kind[kind] for kind in KINDS)
        self._expiring: list[tuple[float, str, str]] = []
        self._writing = Lock()
        # Our two clocks when the authority was last heard, and what its own clock read then.
        self._heard = (-math.inf, -math.inf, 0.0)

    @classmethod
    def restored(cls, snapshot: Snapshot, now: float, steady: float) -> Cutoffs:
        """The cut-offs of ``snapshot``, as stale as it is old; one from the future is stale until a beat comes."""
        cutoffs = cls()
        for entry in snapshot.entries:
            cutoffs._apply(entry)
        cutoffs.seq = snapshot.seq
        age = now - snapshot.time
        cutoffs._heard = (snapshot.time, steady - (max(age, 0.0) if age >= -CLOCK_SKEW else math.inf), snapshot.time)
        return cutoffs

    def take(self, event: Revocation | Beat, now: float, steady: float) -> None:
        """Apply the next event of the feed, heard when our clocks read ``now`` and ``steady``."""
        with self._writing:
            if isinstance(event, Revocation):
                self._apply(event)
                self.seq = max(self.seq, event.seq)
            else:
                self._heard = (now, steady, event.time)
                self._forget(min(now, event.time) - FORGET_AFTER)

    def is_revoked(self, token: VerifiedToken) -> str | None:
        """Why ``token`` no longer counts, for the operator; ``None`` when it does.

        A token falls when any cut-off that applies reaches its ``iat``, which is to say the maximum of them.
        """
        if token.jti in self._jti:
            return f"revoked: jti {token.jti!r}"
        issued = token.issued
        if (cut := self._sub.get(token.sub)) is not None and issued <= cut.cutoff:
            return f"revoked: every token of sub {token.sub!r} up to {cut.cutoff:.0f}"
        if (cut := self._sid.get(token.sid)) is not None and issued <= cut.cutoff:
            return f"revoked: every token of sid {token.sid!r} up to {cut.cutoff:.0f}"
        if (cut := self._client.get(token.client_id)) is not None and issued <= cut.cutoff:
            return f"revoked: every token of client {token.client_id!r} up to {cut.cutoff:.0f}"
        if (cut := self._key.get(token.key.kid)) is not None and issued <= cut.cutoff:
            return f"revoked: every token of key {token.key.kid!r} up to {cut.cutoff:.0f}"
        if (cut := self._all.get("")) is not None and issued <= cut.cutoff:
            return f"revoked: every token up to {cut.cutoff:.0f}"
        return None

    def is_over(self, sub: str, sid: str, since: float) -> bool:
        """Whether a session of ``sub`` that began at ``since`` (seconds since 1970) has been ended."""
        cuts = (self._sub.get(sub), self._sid.get(sid) if sid else None, self._all.get(""))
        return any(cut is not None and since <= cut.cutoff for cut in cuts)

    def staleness(self, now: float, steady: float) -> float:
        """Seconds since the authority was last heard; infinite before the first beat.

        The longer of two measures: the steady clock stands still while a machine sleeps, the wall clock may jump back.
        """
        heard_now, heard_steady, _ = self._heard
        by_wall, by_steady = now - heard_now, steady - heard_steady
        return by_wall if by_wall > by_steady else by_steady

    def authority_time(self, steady: float) -> float:
        """What the authority's clock reads by now, at least: its last word plus the time since."""
        _, heard_steady, time = self._heard
        return time + (steady - heard_steady)

    def entries(self) -> tuple[Revocation, ...]:
        """Every entry, in the order of the log, for a snapshot."""
        with self._writing:
            held = [entry for values in self._by_kind.values() for entry in values.values()]
        return tuple(sorted(held, key=lambda entry: (entry.seq, entry.kind, entry.value)))

    def heard_at(self) -> float:
        """The authority's clock at its last beat, in seconds since 1970."""
        return self._heard[2]

    def __len__(self) -> int:
        return sum(map(len, self._by_kind.values()))

    def _apply(self, entry: Revocation) -> None:
        values = self._by_kind[entry.kind]
        held = values.get(entry.value)
        if held is not None:
            # Never less than either said: the later cut-off, for the longer time.
            cutoff, exp = max(held.cutoff, entry.cutoff), max(held.exp, entry.exp)
            entry = Revocation(max(held.seq, entry.seq), entry.kind, entry.value, cutoff, exp)
        values[entry.value] = entry
        if held is None or entry.exp > held.exp:
            heapq.heappush(self._expiring, (entry.exp, entry.kind, entry.value))

    def _forget(self, horizon: float) -> None:
        while self._expiring and self._expiring[0][0] < horizon:
            _, kind, value = heapq.heappop(self._expiring)
            held = self._by_kind[kind].get(value)
            if held is not None and held.exp < horizon:
                del self._by_kind[kind][value]


def sequence(value: Any) -> int:
    """A place in the log: a whole number, 0 or more. Raises :class:`Invalid`."""
    if not (type(value) is int and 0 <= value < 2**63):
        raise Invalid("the feed's sequence number is not a whole number")
    return value


def seconds(value: Any) -> float:
    """A point in time. Raises :class:`Invalid`."""
    if not (type(value) in (int, float) and 0 <= value <= 2**53):
        raise Invalid("a time in the feed is not a number of seconds")
    return float(value)
