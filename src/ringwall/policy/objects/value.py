"""Cedar's comparisons between Python values. Each comes as a pair: surely true, and surely false; neither is an error.

Values are ``str``, ``int`` (64 bits) and ``bool``, exactly: no subclass, so no Secret, no SQL expression and no other
object with an equality of its own is ever asked. Cedar calls ``1 == true`` false and Python calls it true; where the
two languages differ the answer here is neither, so nothing is permitted by it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_LONGEST = 2**63
_SETS = (list, tuple, set, frozenset)


def is_scalar(value: Any) -> bool:
    """Whether the value is one that Cedar has: a string, a bool, or an integer of 64 bits."""
    kind = value.__class__
    return kind is str or kind is bool or (kind is int and -_LONGEST <= value < _LONGEST)


def same(a: object, b: object) -> bool:
    """``a == b`` is true."""
    return a.__class__ is b.__class__ and is_scalar(a) and a == b


def differ(a: object, b: object) -> bool:
    """``a == b`` is false."""
    if not (is_scalar(a) and is_scalar(b)):
        return False
    kinds = {a.__class__, b.__class__}
    return a != b if len(kinds) == 1 else kinds != {bool, int}


def below(a: Any, b: Any) -> bool:
    """``a < b`` is true; ``b <= a`` is false."""
    return a.__class__ is int and b.__class__ is int and is_scalar(a) and is_scalar(b) and a < b


def not_above(a: Any, b: Any) -> bool:
    """``a <= b`` is true; ``b < a`` is false."""
    return a.__class__ is int and b.__class__ is int and is_scalar(a) and is_scalar(b) and a <= b


def holds(among: object, item: object) -> bool:
    """``among.contains(item)`` is true."""
    return _comparable(among, item) and _any(same, among, item)


def lacks(among: object, item: object) -> bool:
    """``among.contains(item)`` is false."""
    return _comparable(among, item) and not _any(same, among, item)


def _comparable(among: Any, item: object) -> bool:
    if among.__class__ not in _SETS or not is_scalar(item):
        return False
    return all(same(member, item) or differ(member, item) for member in among)


def _any(test: Callable[[object, object], bool], among: Any, item: object) -> bool:
    return any(test(member, item) for member in among)
