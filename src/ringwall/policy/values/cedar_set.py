"""A Cedar set: any values, in no order, none twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ringwall.policy.values.member import member_key

if TYPE_CHECKING:
    from ringwall.policy.values.value import Value


class CedarSet:
    """An immutable set. ``CedarSet([True, 1])`` has two members, and no other set of them is equal to it.

    ``members`` are in the order they came first.
    """

    __slots__ = ("_keys", "members")

    def __init__(self, values: Iterable[Value] = ()) -> None:
        by_key = {member_key(value): value for value in values}
        self._keys = frozenset(by_key)
        self.members = tuple(by_key.values())

    def __contains__(self, item: Value) -> bool:
        return member_key(item) in self._keys

    def __iter__(self) -> Iterator[Value]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def covers(self, other: CedarSet) -> bool:
        """Every member of ``other`` is a member of this set."""
        return self._keys >= other._keys

    def meets(self, other: CedarSet) -> bool:
        """Some member of ``other`` is a member of this set."""
        return not self._keys.isdisjoint(other._keys)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CedarSet) and self._keys == other._keys

    def __hash__(self) -> int:
        return hash(self._keys)

    def __repr__(self) -> str:
        return f"CedarSet({list(self.members)!r})"
