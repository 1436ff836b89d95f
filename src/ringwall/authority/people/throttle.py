"""Guessing is slow, and the owner is not locked out of a browser that they have used before.

Every attempt reserves its place before it is checked, so a thousand guesses in parallel are a thousand in a row. An
attempt over budget *waits*; it is not refused, and a right password is right however many wrong ones came before it.
Attempts are counted per name and network, per network, and per name; a browser in which this person has logged in
before has a count of its own, which a stranger's guesses do not touch. In a new browser the owner waits in one line
with those who guess from many networks at once: nothing tells them apart.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network

from ringwall.clock import Clock
from ringwall.errors import Unavailable

_KEYS = 16384
_WAITING = 256


@dataclass(frozen=True, slots=True)
class Budget:
    """``free`` failures cost nothing; each further one doubles the wait, from ``first`` up to ``most`` seconds.

    A failure is forgotten every ``forget`` seconds.
    """

    free: int
    first: float
    most: float
    forget: float


PAIR = Budget(free=5, first=0.5, most=15.0, forget=60.0)
NETWORK = Budget(free=30, first=0.25, most=10.0, forget=10.0)
NAME = Budget(free=50, first=0.25, most=3.0, forget=10.0)
DEVICE = Budget(free=10, first=0.25, most=5.0, forget=60.0)


@dataclass(slots=True)
class _Count:
    failures: float = 0.0
    at: float = 0.0
    waiting: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Attempt:
    """One attempt that has its place. Say :meth:`succeeded`, or it counts as a failure."""

    def __init__(self) -> None:
        self.right = False

    def succeeded(self) -> None:
        self.right = True


class Throttle:
    """The counts, in memory and bounded: the ones used longest ago are forgotten first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    @asynccontextmanager
    async def attempt(self, name: str, address: str, device: str | None) -> AsyncIterator[Attempt]:
        """Wait for this attempt's place, then run it. ``device`` is a proven known device of ``name``, or ``None``.

        Raises ``Unavailable`` when too many wait for the same place already.
        """
        if device is not None:
            places = [(f"device {device}", DEVICE)]
        else:
            network = _network(address)
            places = [(f"pair {name} {network}", PAIR), (f"network {network}", NETWORK), (f"name {name}", NAME)]
        attempt = Attempt()
        async with AsyncExitStack() as stack:
            counts = [await stack.enter_async_context(self._place(key, budget)) for key, budget in places]
            try:
                yield attempt
            finally:
                for count in counts:
                    count.failures = max(0.0, count.failures - 1.0) if attempt.right else count.failures

    @asynccontextmanager
    async def _place(self, key: str, budget: Budget) -> AsyncIterator[_Count]:
        count = self._count(key)
        if count.waiting >= _WAITING:
            raise Unavailable("too many attempts wait for the same place", retry_after=budget.most)
        count.waiting += 1
        try:
            # Only attempts that must wait go one by one: below the budget nobody stands in anybody's way.
            if self._decayed(count, budget) < budget.free:
                count.failures += 1.0
                yield count
                return
            async with count.turn:
                over = self._decayed(count, budget) - budget.free
                await asyncio.sleep(min(budget.most, budget.first * 2.0 ** min(over, 16.0)))
                count.failures += 1.0
            yield count
        finally:
            count.waiting -= 1

    def _count(self, key: str) -> _Count:
        count = self._counts.get(key)
        if count is None:
            count = self._counts[key] = _Count(at=self._clock.steady())
            while len(self._counts) > _KEYS:
                idle = next((old for old, kept in self._counts.items() if not kept.waiting), None)
                if idle is None:
                    break
                del self._counts[idle]
        self._counts.move_to_end(key)
        return count

    def _decayed(self, count: _Count, budget: Budget) -> float:
        now = self._clock.steady()
        count.failures = max(0.0, count.failures - (now - count.at) / budget.forget)
        count.at = now
        return count.failures


def _network(address: str) -> str:
    """An IPv4 address as it is, an IPv6 one as its /64: what one household or host can choose from."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        # On a listener for both, IPv4 comes dressed as IPv6, and all of it would be one /64.
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)
