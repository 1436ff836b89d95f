"""A secret that is always its current version."""

from __future__ import annotations

from collections.abc import Callable

from ringwall.secret import Secret


class LiveSecret(Secret[str]):
    """``reveal()`` asks ``current`` each time: from memory, never by a call. It raises ``Unavailable`` for no value.

    Hold the secret, not what it reveals: then a rotation needs no restart.
    """

    __slots__ = ()

    def __init__(self, current: Callable[[], str]) -> None:
        object.__setattr__(self, "_held", current)
