"""Refusals in an audit log, so bounded that nobody can fill the disk with them.

The first sixty of a minute from one address are written down each for itself. The rest of that minute are counted, and
the count is one row once the minute is over: that they came, whence and how many is never lost, only their words.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

FULL = 60
MINUTE = 60.0
_ADDRESSES = 8192
_OTHERS = "other addresses"


@dataclass(slots=True)
class _Minute:
    since: float
    refused: int = 0


class Refusals:
    """Counts by address. ``now`` is a steady clock's reading, in seconds."""

    def __init__(self) -> None:
        self._minutes: OrderedDict[str, _Minute] = OrderedDict()

    def note(self, address: str, now: float) -> bool:
        """Take note of a refusal; whether it is to be written down in full."""
        if address not in self._minutes and len(self._minutes) >= _ADDRESSES:
            address = _OTHERS
        minute = self._minutes.setdefault(address, _Minute(now))
        minute.refused += 1
        return minute.refused <= FULL

    def over(self, now: float) -> list[tuple[str, int]]:
        """The addresses whose minute is over, with how many of their refusals were only counted, if any."""
        told = []
        while self._minutes:
            address, minute = next(iter(self._minutes.items()))
            if now - minute.since < MINUTE:
                break
            del self._minutes[address]
            if minute.refused > FULL:
                told.append((address, minute.refused - FULL))
        return told
