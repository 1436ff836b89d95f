"""A clock that stands still until a test turns it."""

from __future__ import annotations

import time


class TurnableClock:
    """A :class:`~ringwall.clock.Clock`. It starts at the present, so that others' programs believe its dates."""

    def __init__(self) -> None:
        self._now, self._steady = time.time(), time.monotonic()

    def now(self) -> float:
        return self._now

    def steady(self) -> float:
        return self._steady

    def turn(self, seconds: float) -> None:
        """Let time pass. Less than zero: the wall clock jumps back, and the steady one stands still."""
        self._now += seconds
        self._steady += max(seconds, 0.0)
