"""A Cedar record: values by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ringwall.policy.values.member import member_key

if TYPE_CHECKING:
    from ringwall.policy.values.value import Value


class Record(Mapping[str, "Value"]):
    """An immutable record. Two are equal that have the same names and, for each, equal values: ``1`` is not ``True``.

    ``fields`` is the same mapping without our methods, for whoever reads often; nobody changes it.
    """

    __slots__ = ("_hash", "fields")

    def __init__(self, fields: Mapping[str, Value] = MappingProxyType({})) -> None:
        self.fields: Mapping[str, Value] = dict(fields)
        self._hash: int | None = None

    def __getitem__(self, name: str) -> Value:
        return self.fields[name]

    def __contains__(self, name: object) -> bool:
        return name in self.fields

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Record)
            and self.fields.keys() == other.fields.keys()
            and all(member_key(value) == member_key(other.fields[name]) for name, value in self.fields.items())
        )

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset((name, member_key(value)) for name, value in self.fields.items()))
        return self._hash

    def __repr__(self) -> str:
        return f"Record({dict(self.fields)!r})"
