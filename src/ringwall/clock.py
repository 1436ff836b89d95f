"""The clock that every core is given, so that a test can turn it."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Two readings of time, both in seconds."""

    def now(self) -> float:
        """Wall time: seconds since 1970-01-01 UTC. It may jump in both directions; never measure a span with it."""
        ...

    def steady(self) -> float:
        """A reading that only grows, for measuring spans. Its zero means nothing."""
        ...


class SystemClock:
    """The machine's own clock."""

    now = staticmethod(time.time)
    steady = staticmethod(time.monotonic)


SYSTEM: Clock = SystemClock()
