"""A sealed value that nobody has opened."""

from __future__ import annotations

from typing import Any, NoReturn

from ringwall.known_values import MASK


class Sealed:
    """The stored bytes of one sealed cell, unopened: what ``select(Order.card)`` gives.

    It cannot open itself. The bytes are bound to their table, column and row, and a bare column does not say which row
    it came from; load the object (``select(Order)``) and read ``order.card``.

    ``str``, ``repr`` and ``format`` show ``•••``; pickling, copying, iterating and asking for a length are refused, so
    that ciphertext is never taken for text. Two are equal when their bytes are. ``envelope`` is what the database gave:
    bytes when nobody meddled.
    """

    __slots__ = ("envelope",)

    envelope: bytes

    def __init__(self, envelope: bytes) -> None:
        self.envelope = envelope

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and self.envelope == other.envelope

    def __hash__(self) -> int:
        return hash(self.envelope)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a sealed value is never pickled or copied; read the attribute of its object to open it")

    def __len__(self) -> NoReturn:
        raise TypeError("a sealed value does not tell its length; read the attribute of its object to open it")

    def __iter__(self) -> NoReturn:
        raise TypeError("a sealed value is not iterable; read the attribute of its object to open it")

    def __bool__(self) -> bool:
        return True
