"""A value that was set on an object and is not yet sealed."""

from __future__ import annotations

from typing import Any, NoReturn

from ringwall.known_values import MASK


class Unsealed:
    """What an object holds between the assignment and the flush: ``plain``, the encoded value.

    ``envelope`` is what the running flush sends to the database in its place, and ``None`` outside a flush. Shown as
    ``•••``; not to be pickled or copied.
    """

    __slots__ = ("envelope", "plain")

    def __init__(self, plain: bytes) -> None:
        self.plain = plain
        self.envelope: bytes | None = None

    def __repr__(self) -> str:
        return MASK

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("an object whose sealed attribute was just set is not pickled or copied; flush it first")
