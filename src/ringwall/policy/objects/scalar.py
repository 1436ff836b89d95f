"""The Python values that Cedar has too, and that both languages compare alike."""

from __future__ import annotations

from typing import Any

_LONGEST = 2**63


def is_scalar(value: Any) -> bool:
    """Whether it is a ``str``, a ``bool``, or an ``int`` of 64 bits: exactly, and of no subclass.

    So no Secret, no SQL expression and no other object with an equality of its own is ever asked.
    """
    kind = value.__class__
    return kind is str or kind is bool or (kind is int and -_LONGEST <= value < _LONGEST)
