"""How values stand in Python's sets and dictionaries, where ``True`` would be found as ``1``."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringwall.policy.values.value import Value

_TRUE, _FALSE = object(), object()


def member_key(value: Value) -> Hashable:
    """A key that is equal for equal values and for no others."""
    if value.__class__ is bool:
        return _TRUE if value else _FALSE
    return value
